//! The Stripe adapter against the sandbox, over HTTP: each promise of the trait, and what the faults of a network make
//! of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use domain::billed::HowPaid;
use domain::ids::OrgId;
use domain::plan::{Part, PriceSpec};
use domain::quote::Counts;
use domain::subscription::{
    ProviderCheckoutId, ProviderCustomerId, ProviderItemId, ProviderSubscriptionId, SubscriptionStatus,
};
use domain::{Currency, Interval, Money, Subscription, Timestamp};
use payments::provider::{
    Change, ChangedLine, Changes, Checkout, CheckoutLine, CheckoutStatus, Fetched, IdempotencyKey, NewCheckout,
    NewCustomer, SeatChange, SeatLine, Shop as _,
};
use payments::{PaymentError, PaymentProvider, SecretKey, Stripe, StripeConfig};
use sandbox::{Clock, Fault, Sandbox, SandboxConfig};
use stripe_checkout::checkout_session::RetrieveCheckoutSession;
use stripe_client_core::StripeRequest;
use testkit::browser::Browser;

const BACK: &str = "http://usher.test/app/acme/billing?checkout=";

struct Desk {
    sandbox: Sandbox,
    stripe: Stripe,
    browser: Browser,
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey(text.to_owned())
}

fn org() -> OrgId {
    "org_0190f5fe7c2a7d4c8a6e1b2c3d4e5f60".parse().unwrap()
}

fn spec(part: Part, minor: i64) -> PriceSpec {
    PriceSpec {
        plan: "all_access".parse().unwrap(),
        plan_name: "All Access".into(),
        version: "00112233aabbccdd".into(),
        part,
        interval: Interval::Year,
        unit: Money::new(minor, Currency::USD),
        meter: None,
    }
}

/// So many seats from now on, and no money.
fn seats_of(item: &ProviderItemId, seats: u32) -> SeatChange {
    SeatChange { lines: vec![(SeatLine::Item(item.clone()), seats)], paid: HowPaid::Nothing, monthly: false }
}

/// The sandbox goes by the machine's time, and so do its pages' ends.
#[expect(clippy::disallowed_methods, reason = "the sandbox has no clock to be moved by hand")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn refusal_of<T: std::fmt::Debug>(result: Result<T, PaymentError>) -> String {
    match result.unwrap_err() {
        PaymentError::Refused { code, .. } => code,
        PaymentError::TooOften(text) | PaymentError::Unknown(text) => panic!("not known: {text}"),
    }
}

impl Desk {
    async fn open() -> Self {
        let addr = ([127, 0, 0, 1], 0).into();
        let clock = Clock::wall();
        let record = sandbox::record_folder();
        let config = SandboxConfig { addr, state: None, webhook_url: None, fast: true, clock, record };
        let sandbox = Sandbox::start(config).await.unwrap();
        let stripe = Stripe::new(StripeConfig {
            secret_key: SecretKey::new("sk_test_payments"),
            api_base: sandbox.api_base(),
            timeout: Duration::from_secs(20),
        })
        .unwrap();
        Self { sandbox, stripe, browser: Browser::new().unwrap() }
    }

    async fn customer(&self) -> ProviderCustomerId {
        let new = NewCustomer { org: org(), name: "Acme".into(), email: "owner@acme.test".parse().unwrap() };
        self.stripe.create_customer(&key("customer-1"), &new).await.unwrap()
    }

    async fn page(&self, customer: &ProviderCustomerId, row: &str, seats: u32, trial_days: u32) -> Checkout {
        let price = self.stripe.ensure_price(&spec(Part::PerSeat, 499_900)).await.unwrap();
        let new = NewCheckout {
            org: org(),
            customer: customer.clone(),
            lines: vec![CheckoutLine { price, quantity: seats }],
            metered: Vec::new(),
            trial_days,
            success_url: format!("{BACK}{{CHECKOUT_SESSION_ID}}"),
            cancel_url: format!("{BACK}cancelled"),
            expires_at: now().plus(Duration::from_hours(1)),
        };
        self.stripe.open_checkout(&key(row), &new).await.unwrap()
    }

    /// Pays on the page as a person would; what stands there afterwards, or where it leads.
    async fn pay(&self, page: &Checkout, card: &str) -> Result<String, String> {
        let opened = self.browser.open(page.url.as_ref().unwrap()).await.unwrap();
        let fields = [("Card number", card), ("Expiry", "12 / 40"), ("CVC", "123")];
        let button = if opened.text().contains("Start trial") { "Start trial" } else { "Pay" };
        let after = self.browser.press(&opened, button, &fields).await.unwrap();
        after.location.clone().map(String::from).ok_or_else(|| after.text())
    }

    async fn subscription(&self, page: &Checkout) -> Fetched {
        let page = self.stripe.checkout(&page.id).await.unwrap();
        assert_eq!(page.status, CheckoutStatus::Complete);
        self.stripe.subscription(&page.subscription.unwrap(), now()).await.unwrap()
    }

    /// A subscription with so many seats, bought by a customer of its own.
    async fn bought(&self, seats: u32) -> Fetched {
        let customer = self.customer().await;
        let page = self.page(&customer, "row-1", seats, 0).await;
        self.pay(&page, "4242 4242 4242 4242").await.unwrap();
        self.subscription(&page).await
    }

    fn seats_at_the_sandbox(&self, id: &ProviderSubscriptionId) -> u64 {
        let object = self.sandbox.control().subscription(id.as_str()).unwrap();
        object["items"]["data"][0]["quantity"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn the_same_key_makes_one_customer() {
    let desk = Desk::open().await;
    let first = desk.customer().await;
    assert_eq!(desk.customer().await, first);
    let new = NewCustomer { org: org(), name: "Acme".into(), email: "owner@acme.test".parse().unwrap() };
    assert_ne!(desk.stripe.create_customer(&key("customer-2"), &new).await.unwrap(), first);
    let other = NewCustomer { name: "Other".into(), ..new };
    assert_eq!(refusal_of(desk.stripe.create_customer(&key("customer-1"), &other).await), "idempotency_error");
    let object = desk.sandbox.control().object(first.as_str()).unwrap();
    assert_eq!(object["metadata"]["usher_org"], org().to_string());
}

#[tokio::test]
async fn a_price_is_made_once_and_found_again_by_everybody() {
    let desk = Desk::open().await;
    let per_seat = desk.stripe.ensure_price(&spec(Part::PerSeat, 499_900)).await.unwrap();
    let base = desk.stripe.ensure_price(&spec(Part::Base, 10_000)).await.unwrap();
    assert_ne!(per_seat, base);
    assert_eq!(desk.stripe.ensure_price(&spec(Part::PerSeat, 499_900)).await.unwrap(), per_seat);
    // Another process remembers nothing.
    let other = Stripe::new(StripeConfig {
        secret_key: SecretKey::new("sk_test_other"),
        api_base: desk.sandbox.api_base(),
        timeout: Duration::from_secs(20),
    })
    .unwrap();
    assert_eq!(other.ensure_price(&spec(Part::PerSeat, 499_900)).await.unwrap(), per_seat);
    let object = desk.sandbox.control().object(per_seat.0.as_str()).unwrap();
    assert_eq!(object["product"], "usher_all_access");
    assert_eq!(object["unit_amount"], 499_900);
    assert_eq!(object["recurring"]["interval"], "year");
    assert_eq!(object["metadata"]["usher_part"], "per_seat");
    // A changed amount is another price.
    assert_ne!(other.ensure_price(&spec(Part::PerSeat, 500_000)).await.unwrap(), per_seat);
}

#[tokio::test]
async fn twenty_at_once_make_one_price() {
    let desk = std::sync::Arc::new(Desk::open().await);
    let asks = (0..20).map(|_| {
        let desk = desk.clone();
        tokio::spawn(async move { desk.stripe.ensure_price(&spec(Part::PerSeat, 499_900)).await.unwrap() })
    });
    let mut made = std::collections::HashSet::new();
    for ask in asks.collect::<Vec<_>>() {
        made.insert(ask.await.unwrap().0);
    }
    assert_eq!(made.len(), 1);
}

#[tokio::test]
async fn a_page_is_opened_once_for_a_row_read_again_and_expired() {
    let desk = Desk::open().await;
    let customer = desk.customer().await;
    let page = desk.page(&customer, "row-1", 3, 0).await;
    assert_eq!((page.status, page.org), (CheckoutStatus::Open, Some(org())));
    assert_eq!((page.customer.as_ref(), page.subscription.as_ref()), (Some(&customer), None));
    assert!(page.url.as_ref().unwrap().starts_with(&desk.sandbox.api_base()));
    assert_eq!(desk.stripe.checkout(&page.id).await.unwrap(), page);

    let expired = desk.stripe.expire_checkout(&page.id).await.unwrap();
    assert_eq!((expired.status, expired.url), (CheckoutStatus::Expired, None));
    assert_eq!(desk.stripe.expire_checkout(&page.id).await.unwrap().status, CheckoutStatus::Expired);
    let nobody = ProviderCheckoutId("cs_test_nobody".into());
    assert_eq!(refusal_of(desk.stripe.checkout(&nobody).await), "resource_missing");
    assert_eq!(refusal_of(desk.stripe.expire_checkout(&nobody).await), "resource_missing");
}

#[tokio::test]
async fn paying_brings_a_subscription_with_seats_period_and_card() {
    let desk = Desk::open().await;
    let customer = desk.customer().await;
    let page = desk.page(&customer, "row-1", 3, 0).await;
    let back = desk.pay(&page, "4242 4242 4242 4242").await.unwrap();
    assert_eq!(back, format!("{BACK}{}", page.id));

    let got = desk.subscription(&page).await;
    assert_eq!(got.org, Some(org()));
    let sub = got.subscription;
    assert_eq!(sub.customer, customer);
    assert_eq!(sub.plan, Some("all_access".parse().unwrap()));
    assert_eq!(sub.interval, Some(Interval::Year));
    assert_eq!((sub.status, sub.quantity, sub.currency), (SubscriptionStatus::Active, 3, Currency::USD));
    assert!(sub.seat_item.is_some());
    assert_eq!(sub.card.as_deref(), Some("Visa 4242"));
    assert_eq!((sub.ends_at, sub.trial_ends_at, sub.ended_at), (None, None, None));
    let days = sub.period.until.since(sub.period.from).as_secs() / 86_400;
    assert!((365..=366).contains(&days), "{days} days");

    assert_eq!(desk.stripe.expire_checkout(&page.id).await.unwrap().status, CheckoutStatus::Complete);
    let all = desk.stripe.subscriptions_of(&customer, sub.fetched_at).await.unwrap();
    assert_eq!(all, [Fetched { subscription: sub, org: Some(org()) }]);
}

#[tokio::test]
async fn a_declined_card_leaves_nothing_behind() {
    let desk = Desk::open().await;
    let customer = desk.customer().await;
    let page = desk.page(&customer, "row-1", 1, 0).await;
    let said = desk.pay(&page, "4000 0000 0000 0002").await.unwrap_err();
    assert!(said.contains("declined"), "{said}");
    assert_eq!(desk.stripe.checkout(&page.id).await.unwrap().status, CheckoutStatus::Open);
    assert_eq!(desk.stripe.subscriptions_of(&customer, now()).await.unwrap(), []);
}

#[tokio::test]
async fn a_trial_begins_without_a_payment() {
    let desk = Desk::open().await;
    let customer = desk.customer().await;
    let page = desk.page(&customer, "row-1", 1, 14).await;
    desk.pay(&page, "4242 4242 4242 4242").await.unwrap();
    let sub = desk.subscription(&page).await.subscription;
    assert_eq!(sub.status, SubscriptionStatus::Trialing);
    assert_eq!(sub.trial_ends_at, Some(sub.period.until));
}

#[tokio::test]
async fn seats_are_set_absolutely_and_once_for_a_key() {
    let desk = Desk::open().await;
    let sub = desk.bought(1).await.subscription;
    let item = sub.seat_item.unwrap();
    for (name, seats) in [("out-1", 5), ("out-2", 5), ("out-3", 2)] {
        let set = desk.stripe.set_seats(&key(name), &sub.id, &seats_of(&item, seats), now()).await.unwrap();
        assert_eq!(set.subscription.quantity, seats);
        assert_eq!(set.subscription.card.as_deref(), Some("Visa 4242"));
        assert_eq!(desk.seats_at_the_sandbox(&sub.id), u64::from(seats));
    }
    // A key of before gives its answer of before, and changes nothing.
    let set = desk.stripe.set_seats(&key("out-1"), &sub.id, &seats_of(&item, 5), now()).await.unwrap();
    assert_eq!(set.subscription.quantity, 5);
    assert_eq!(desk.seats_at_the_sandbox(&sub.id), 2);
    assert_eq!(
        refusal_of(desk.stripe.set_seats(&key("out-1"), &sub.id, &seats_of(&item, 6), now()).await),
        "idempotency_error"
    );
}

#[tokio::test]
async fn what_a_period_bills_is_on_the_invoice_that_it_began_with() {
    let desk = Desk::open().await;
    let before = desk.bought(3).await.subscription;
    let item = before.seat_item.clone().unwrap();
    let billed = async |of: &Subscription| desk.stripe.billed(&of.id, of.period.from).await.unwrap();
    let of_year = billed(&before).await.unwrap();
    assert_eq!(of_year.lines, [(before.lines[0].price.clone(), 3)]);
    // Corrections within the period are none of it.
    let more = desk.stripe.set_seats(&key("out-1"), &before.id, &seats_of(&item, 5), now()).await.unwrap();
    assert_eq!(billed(&more.subscription).await.unwrap(), of_year);

    desk.sandbox.control().advance(50 * 3_600).await.unwrap();
    let monthly = PriceSpec { interval: Interval::Month, ..spec(Part::PerSeat, 49_900) };
    let price = desk.stripe.ensure_price(&monthly).await.unwrap();
    let at = Timestamp::from_secs(now().secs()).plus(Duration::from_hours(50));
    let change = Change {
        subscription: before.id.clone(),
        customer: before.customer.clone(),
        lines: vec![ChangedLine { item: Some(item), price: price.clone(), quantity: 2 }],
        dropped: Vec::new(),
        counts: Counts::Afresh(at),
    };
    let after = Changes::change(&desk.stripe, &key("change-1"), &change, at).await.unwrap().fetched.subscription;
    assert!(after.period.from > before.period.from);
    let of_month = billed(&after).await.unwrap();
    assert_eq!((of_month.lines, of_month.reason.as_deref()), (vec![(price, 2)], Some("subscription_update")));
    assert_eq!(billed(&before).await.unwrap(), of_year);
}

#[tokio::test]
async fn what_was_done_behind_an_error_is_not_done_again() {
    for fault in [Fault::ErrorBefore, Fault::ErrorAfter, Fault::BusyBefore, Fault::BusyAfter] {
        let desk = Desk::open().await;
        let sub = desk.bought(1).await.subscription;
        let before = desk.sandbox.control().events().len();
        desk.sandbox.control().fail_next(1, fault);
        let set = desk.stripe.set_seats(&key("out-1"), &sub.id, &seats_of(&sub.seat_item.unwrap(), 4), now()).await;
        // A stored failure is repeated to whoever asks with the key, so the answer may stay unknown; the effect is one.
        assert!(
            set.as_ref().map_or_else(PaymentError::is_retryable, |got| got.subscription.quantity == 4),
            "{fault:?}"
        );
        assert_eq!(desk.seats_at_the_sandbox(&sub.id), 4, "{fault:?}");
        let events = desk.sandbox.control().events();
        let changes = events[before..].iter().filter(|event| event.kind == "customer.subscription.updated").count();
        assert_eq!(changes, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_customer_made_behind_an_error_is_the_one_that_is_found() {
    let desk = Desk::open().await;
    desk.sandbox.control().fail_next(2, Fault::BusyBefore);
    let customer = desk.customer().await;
    let made = desk.sandbox.control().events().iter().filter(|event| event.kind == "customer.created").count();
    assert_eq!((made, desk.customer().await), (1, customer));
}

#[tokio::test]
async fn more_errors_than_patience_are_unknown_and_the_same_key_goes_on() {
    let desk = Desk::open().await;
    desk.sandbox.control().fail_next(4, Fault::ErrorBefore);
    let new = NewCustomer { org: org(), name: "Acme".into(), email: "owner@acme.test".parse().unwrap() };
    let error = desk.stripe.create_customer(&key("customer-1"), &new).await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("500"), "{error}");
    assert!(desk.stripe.create_customer(&key("customer-1"), &new).await.is_ok());
}

#[tokio::test]
async fn a_subscription_is_ended_at_once_and_ended_again_without_complaint() {
    let desk = Desk::open().await;
    let sub = desk.bought(2).await.subscription;
    for name in ["out-1", "out-2"] {
        let over = desk.stripe.cancel_now(&key(name), &sub.id, now()).await.unwrap().subscription;
        assert_eq!(over.status, SubscriptionStatus::Canceled);
        assert!(over.ended_at.is_some());
    }
    let set = desk.stripe.set_seats(&key("out-3"), &sub.id, &seats_of(&sub.seat_item.unwrap(), 4), now()).await;
    assert!(!set.unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_live_key_is_not_even_sent() {
    let desk = Desk::open().await;
    let config = StripeConfig {
        secret_key: SecretKey::new("sk_live_real"),
        api_base: desk.sandbox.api_base(),
        timeout: Duration::from_secs(20),
    };
    assert!(Stripe::new(config).is_err());
}

#[tokio::test]
async fn the_sandboxs_answers_pass_async_stripes_strict_types_too() {
    let desk = Desk::open().await;
    let got = desk.bought(2).await.subscription;
    let strict = stripe_billing::subscription::RetrieveSubscription::new(got.id.as_str());
    let sub = strict.customize().send(&desk.stripe).await.unwrap();
    assert_eq!(sub.items.data[0].quantity, Some(2));
    let page = desk.page(&got.customer, "row-2", 1, 0).await;
    let page = RetrieveCheckoutSession::new(page.id.as_str()).customize().send(&desk.stripe).await.unwrap();
    assert_eq!(page.client_reference_id, Some(org().to_string()));
}
