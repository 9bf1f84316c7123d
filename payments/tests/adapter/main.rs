//! What the Stripe adapter puts on the wire, and what it makes of the answers: good ones, strange ones and none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod change;
mod counted;
mod course;
mod invoices;
mod mirror;
mod stub;

use std::time::Duration;

use domain::billed::HowPaid;
use domain::plan::{Part, PriceSpec};
use domain::subscription::{
    ProviderCheckoutId, ProviderCustomerId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId, SubscriptionStatus,
};
use domain::{Currency, Interval, Money, Timestamp};
use payments::provider::{
    CheckoutLine, CheckoutStatus, IdempotencyKey, NewCheckout, NewCustomer, SeatChange, SeatLine,
};
use payments::stripe::ConfigError;
use payments::{PaymentError, PaymentProvider, SecretKey, Stripe, StripeConfig};
use stub::{Answer, Stub};

const SUBSCRIPTION: &str = include_str!("../fixtures/subscription.json");
const SESSION: &str = include_str!("../fixtures/checkout_session.json");
const ORG: &str = "org_0190f5fe7c2a7d4c8a6e1b2c3d4e5f60";
const EMPTY: &str = r#"{"object":"list","data":[],"has_more":false}"#;

fn config(api_base: &str, key: &str) -> StripeConfig {
    StripeConfig { secret_key: SecretKey::new(key), api_base: api_base.to_owned(), timeout: Duration::from_secs(20) }
}

fn stripe(stub: &Stub) -> Stripe {
    Stripe::new(config(&stub.base(), "sk_test_1")).unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey("out_1".to_owned())
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_795_000_001)
}

fn customer() -> NewCustomer {
    NewCustomer { org: ORG.parse().unwrap(), name: "Acme & Söhne".into(), email: "owner@acme.test".parse().unwrap() }
}

fn seats() -> PriceSpec {
    PriceSpec {
        plan: "all_access".parse().unwrap(),
        plan_name: "All Access".into(),
        version: "00112233aabbccdd".into(),
        part: Part::PerSeat,
        interval: Interval::Year,
        unit: Money::new(499_900, Currency::USD),
        meter: None,
    }
}

fn refusal(code: &str, message: &str) -> String {
    serde_json::json!({"error": {"type": "invalid_request_error", "code": code, "message": message}}).to_string()
}

#[tokio::test]
async fn a_customer_is_made_with_key_version_and_organization() {
    let stub = Stub::start([Answer::json(200, r#"{"id":"cus_1","object":"customer"}"#)]).await;
    let made = stripe(&stub).create_customer(&key(), &customer()).await;
    assert_eq!(made, Ok(ProviderCustomerId("cus_1".into())));
    let [asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.line, "POST /v1/customers HTTP/1.1");
    assert_eq!(asked.header("idempotency-key"), Some("out_1"));
    assert_eq!(asked.header("stripe-version"), Some("2026-09-30.endive"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk_test_1"));
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    let org = format!("metadata[usher_org]={ORG}");
    assert_eq!(asked.fields(), ["email=owner@acme.test", &org, "name=Acme & Söhne"]);
}

#[tokio::test]
async fn seats_are_set_absolutely_on_their_own_item() {
    let stub = Stub::start([Answer::json(200, SUBSCRIPTION), Answer::json(200, SUBSCRIPTION)]).await;
    let (id, item) = (ProviderSubscriptionId("sub_1".into()), ProviderItemId("si_seats".into()));
    let since = Timestamp::from_secs(1_795_000_000);
    let change = SeatChange {
        lines: vec![(SeatLine::Item(item), 7), (SeatLine::New(ProviderPriceId("price_over".into())), 2)],
        paid: HowPaid::NextInvoice { since },
        monthly: true,
    };
    let set = stripe(&stub).set_seats(&key(), &id, &change, now()).await.unwrap();
    assert_eq!(set.subscription.quantity, 7);
    let [_, asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.line, "POST /v1/subscriptions/sub_1 HTTP/1.1");
    assert_eq!(
        asked.fields(),
        [
            "expand[0]=default_payment_method",
            "expand[1]=schedule.phases.items.price",
            "items[0][id]=si_seats",
            "items[0][quantity]=7",
            "items[1][price]=price_over",
            "items[1][quantity]=2",
            "pending_invoice_item_interval[interval]=month",
            "proration_behavior=create_prorations",
            "proration_date=1795000000"
        ]
    );
}

#[tokio::test]
async fn a_payment_page_is_asked_for_with_all_that_names_the_organization() {
    let stub = Stub::start([Answer::json(200, SESSION)]).await;
    let new = NewCheckout {
        org: ORG.parse().unwrap(),
        customer: ProviderCustomerId("cus_1".into()),
        lines: vec![CheckoutLine { price: ProviderPriceId("price_seat".into()), quantity: 3 }],
        metered: Vec::new(),
        trial_days: 14,
        success_url: "https://usher.test/app/acme/billing?checkout={CHECKOUT_SESSION_ID}".into(),
        cancel_url: "https://usher.test/app/acme/billing?checkout=cancelled".into(),
        expires_at: Timestamp::from_secs(1_795_003_600),
    };
    let page = stripe(&stub).open_checkout(&key(), &new).await.unwrap();
    assert_eq!(page.id, ProviderCheckoutId("cs_test_1".into()));
    assert_eq!(page.url.as_deref(), Some("https://checkout.stripe.com/c/pay/cs_test_1"));
    assert_eq!((page.status, page.org), (CheckoutStatus::Open, Some(new.org)));
    assert_eq!((page.customer, page.subscription), (Some(new.customer), None));
    let [asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.header("idempotency-key"), Some("out_1"));
    assert_eq!(
        asked.fields(),
        [
            "cancel_url=https://usher.test/app/acme/billing?checkout=cancelled",
            &format!("client_reference_id={ORG}"),
            "customer=cus_1",
            "expires_at=1795003600",
            "line_items[0][price]=price_seat",
            "line_items[0][quantity]=3",
            &format!("metadata[usher_org]={ORG}"),
            "mode=subscription",
            &format!("subscription_data[metadata][usher_org]={ORG}"),
            "subscription_data[trial_period_days]=14",
            "success_url=https://usher.test/app/acme/billing?checkout={CHECKOUT_SESSION_ID}",
        ]
    );
}

#[tokio::test]
async fn a_subscription_is_read_from_its_seat_item_among_others() {
    let stub = Stub::start([Answer::json(200, SUBSCRIPTION)]).await;
    let got = stripe(&stub).subscription(&ProviderSubscriptionId("sub_1".into()), now()).await.unwrap();
    assert_eq!(got.org, Some(ORG.parse().unwrap()));
    let sub = got.subscription;
    assert_eq!(sub.plan, Some("all_access".parse().unwrap()));
    assert_eq!(sub.interval, Some(Interval::Year));
    assert_eq!((sub.seat_item, sub.quantity), (Some(ProviderItemId("si_seats".into())), 7));
    assert_eq!((sub.status, sub.currency), (SubscriptionStatus::Active, Currency::USD));
    assert_eq!(sub.period.from, Timestamp::from_secs(1_795_000_000));
    assert_eq!(sub.period.until, Timestamp::from_secs(1_826_536_000));
    assert_eq!((sub.ends_at, sub.ended_at, sub.trial_ends_at), (None, None, None));
    assert_eq!(sub.card.as_deref(), Some("Visa 4242"));
    assert_eq!(sub.fetched_at, now());
    let [asked] = stub.asked().try_into().unwrap();
    assert!(asked.line.starts_with("GET /v1/subscriptions/sub_1?expand"), "{}", asked.line);
    assert_eq!(asked.header("idempotency-key"), None);
}

#[tokio::test]
async fn an_end_that_is_decided_is_read_in_both_of_stripes_ways() {
    let boolean = SUBSCRIPTION.replace(r#""cancel_at_period_end": false"#, r#""cancel_at_period_end": true"#);
    let date = SUBSCRIPTION.replace(r#""cancel_at": null"#, r#""cancel_at": 1800000000"#);
    let stub = Stub::start([Answer::json(200, &boolean), Answer::json(200, &date)]).await;
    let (stripe, id) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    for end in [1_826_536_000, 1_800_000_000] {
        let got = stripe.subscription(&id, now()).await.unwrap().subscription;
        assert_eq!(got.ends_at, Some(Timestamp::from_secs(end)));
    }
}

#[tokio::test]
async fn a_plan_is_known_by_its_lookup_key_when_the_metadata_is_gone_and_else_is_none_of_ours() {
    let bare = SUBSCRIPTION.replace("usher_part", "part");
    let foreign = bare.replace("usher_all_access", "theirs_all_access");
    let stub = Stub::start([Answer::json(200, &bare), Answer::json(200, &foreign)]).await;
    let (stripe, id) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    let by_key = stripe.subscription(&id, now()).await.unwrap().subscription;
    assert_eq!((by_key.plan, by_key.quantity), (Some("all_access".parse().unwrap()), 7));
    let none = stripe.subscription(&id, now()).await.unwrap().subscription;
    assert_eq!((none.plan, none.interval, none.seat_item, none.quantity), (None, None, None, 0));
}

#[tokio::test]
async fn all_subscriptions_of_a_customer_are_read_page_by_page() {
    let page = |id: &str, more: bool| {
        let one = SUBSCRIPTION.replace("sub_1", id);
        Answer::json(200, &format!(r#"{{"object":"list","data":[{one}],"has_more":{more}}}"#))
    };
    let stub = Stub::start([page("sub_2", true), page("sub_1", false)]).await;
    let all = stripe(&stub).subscriptions_of(&ProviderCustomerId("cus_1".into()), now()).await.unwrap();
    let ids: Vec<_> = all.iter().map(|one| one.subscription.id.as_str()).collect();
    assert_eq!(ids, ["sub_2", "sub_1"]);
    let asked = stub.asked();
    assert!(asked[0].line.contains("status=all") && !asked[0].line.contains("starting_after"), "{}", asked[0].line);
    assert!(asked[1].line.contains("starting_after=sub_2"), "{}", asked[1].line);
}

#[tokio::test]
async fn a_price_that_is_not_there_is_made_with_its_product_and_then_remembered() {
    let stub = Stub::start([
        Answer::json(200, EMPTY),
        Answer::json(400, &refusal("resource_already_exists", "Product already exists.")),
        Answer::json(200, r#"{"id":"price_1","object":"price"}"#),
    ])
    .await;
    let stripe = stripe(&stub);
    for _ in 0..2 {
        assert_eq!(stripe.ensure_price(&seats()).await, Ok(ProviderPriceId("price_1".into())));
    }
    let [_, product, price] = stub.asked().try_into().unwrap();
    assert_eq!(product.fields(), ["id=usher_all_access", "metadata[usher_plan]=all_access", "name=All Access"]);
    assert_eq!(
        price.fields(),
        [
            "currency=usd",
            "lookup_key=usher_all_access@00112233aabbccdd_year_usd_per_seat_499900",
            "metadata[usher_interval]=year",
            "metadata[usher_part]=per_seat",
            "metadata[usher_plan]=all_access",
            "metadata[usher_version]=00112233aabbccdd",
            "product=usher_all_access",
            "recurring[interval]=year",
            "unit_amount=499900"
        ]
    );
}

fn price(id: &str, unit_amount: i64) -> String {
    serde_json::json!({"object": "list", "has_more": false, "data": [{
        "id": id, "currency": "usd", "unit_amount": unit_amount, "lookup_key": seats().lookup_key(),
        "recurring": {"interval": "year", "interval_count": 1}, "metadata": {}
    }]})
    .to_string()
}

#[tokio::test]
async fn a_price_that_another_process_made_first_is_found() {
    let stub = Stub::start([
        Answer::json(200, EMPTY),
        Answer::json(200, r#"{"id":"usher_all_access"}"#),
        Answer::json(400, &refusal("invalid", "A price already uses that lookup key.")),
        Answer::json(200, &price("price_2", 499_900)),
    ])
    .await;
    assert_eq!(stripe(&stub).ensure_price(&seats()).await, Ok(ProviderPriceId("price_2".into())));
}

#[tokio::test]
async fn a_price_of_another_amount_is_never_billed() {
    let stub = Stub::start([Answer::json(200, &price("price_3", 1))]).await;
    let refused = stripe(&stub).ensure_price(&seats()).await.unwrap_err();
    assert!(matches!(&refused, PaymentError::Refused { code, .. } if code == "usher_price_differs"), "{refused}");
}

#[tokio::test]
async fn a_page_that_is_not_open_any_more_is_answered_with_what_it_is() {
    let paid = SESSION.replace(r#""status": "open""#, r#""status": "complete""#);
    let no = refusal("", "Only Checkout Sessions with a status in [\"open\"] can be expired.");
    let stub = Stub::start([Answer::json(400, &no), Answer::json(200, &paid)]).await;
    let page = stripe(&stub).expire_checkout(&ProviderCheckoutId("cs_test_1".into())).await.unwrap();
    assert_eq!((page.status, page.url), (CheckoutStatus::Complete, None));
}

#[tokio::test]
async fn what_has_ended_already_is_ended() {
    let over = SUBSCRIPTION.replace(r#""active""#, r#""canceled""#);
    let no = refusal("resource_missing", "No such subscription: 'sub_1'");
    let stub = Stub::start([Answer::json(404, &no), Answer::json(200, &over)]).await;
    let got = stripe(&stub).cancel_now(&key(), &ProviderSubscriptionId("sub_1".into()), now()).await.unwrap();
    assert_eq!(got.subscription.status, SubscriptionStatus::Canceled);
}

#[tokio::test]
async fn a_passing_failure_is_asked_again_with_the_same_key_and_the_same_bytes() {
    let lock = refusal("lock_timeout", "This object cannot be accessed right now.");
    let stub = Stub::start([
        Answer::json(429, &lock),
        Answer::HangUp,
        Answer::Http(502, "Content-Type: text/html\r\n", "<html>Bad Gateway</html>".into()),
        Answer::json(200, r#"{"id":"cus_1"}"#),
    ])
    .await;
    assert!(stripe(&stub).create_customer(&key(), &customer()).await.is_ok());
    let asked = stub.asked();
    assert_eq!(asked.len(), 4);
    for one in &asked {
        assert_eq!((one.header("idempotency-key"), &one.body), (Some("out_1"), &asked[0].body));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_stripes_is_unknown_and_keeps_its_status() {
    let gateway = || Answer::Http(502, "Content-Type: text/html\r\n", "<html>Bad Gateway</html>".into());
    let stub = Stub::start(std::iter::repeat_with(gateway).take(4)).await;
    let error = stripe(&stub).create_customer(&key(), &customer()).await.unwrap_err();
    assert!(error.is_retryable());
    assert!(error.to_string().contains("502"), "{error}");
    assert_eq!(stub.asked().len(), 4);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_unknown() {
    let stub = Stub::start([Answer::json(200, "<html>"), Answer::json(302, "{}")]).await;
    let stripe = stripe(&stub);
    for _ in 0..2 {
        let error = stripe.create_customer(&key(), &customer()).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn stripe_can_forbid_the_repeat() {
    let told = Answer::Http(500, "Stripe-Should-Retry: false\r\n", refusal("api_error", "sorry"));
    let stub = Stub::start([told]).await;
    assert!(stripe(&stub).create_customer(&key(), &customer()).await.unwrap_err().is_retryable());
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn a_key_that_somebody_is_busy_with_is_waited_for_whatever_is_said_about_repeating() {
    let busy = refusal("idempotency_key_in_use", "There is another request in progress.");
    let stub = Stub::start([
        Answer::Http(409, "Stripe-Should-Retry: false\r\n", busy),
        Answer::json(200, r#"{"id": "cus_1"}"#),
    ])
    .await;
    assert_eq!(stripe(&stub).create_customer(&key(), &customer()).await.unwrap().as_str(), "cus_1");
    assert_eq!(stub.asked().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_final_and_names_the_request() {
    let card = serde_json::json!({"error": {
        "type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined.",
        "payment_intent": {"id": "pi_1"}
    }});
    let keyed =
        serde_json::json!({"error": {"type": "idempotency_error", "message": "Keys for idempotent requests …"}});
    let stub = Stub::start([Answer::json(402, &card.to_string()), Answer::json(400, &keyed.to_string())]).await;
    let stripe = stripe(&stub);
    for (code, message) in
        [("card_declined", "Your card was declined."), ("idempotency_error", "Keys for idempotent requests …")]
    {
        let refused = PaymentError::Refused { code: code.into(), message: message.into(), request: "req_1".into() };
        assert_eq!(stripe.create_customer(&key(), &customer()).await, Err(refused));
    }
}

#[tokio::test]
async fn a_key_that_does_not_fit_any_more_loses_no_effect() {
    let no = r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_*1"}}"#;
    let stub = Stub::start([Answer::json(401, no)]).await;
    assert!(stripe(&stub).create_customer(&key(), &customer()).await.unwrap_err().is_retryable());
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let stub = Stub::start([Answer::Silence]).await;
    let short = StripeConfig { timeout: Duration::from_millis(200), ..config(&stub.base(), "sk_test_1") };
    let error = Stripe::new(short).unwrap().create_customer(&key(), &customer()).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn nobody_at_the_address_is_unknown() {
    let config = config("http://127.0.0.1:1/", "sk_test_1");
    let error = Stripe::new(config).unwrap().create_customer(&key(), &customer()).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
}

#[tokio::test]
async fn connections_are_kept_from_call_to_call() {
    let stub = Stub::start(std::iter::repeat_with(|| Answer::json(200, SESSION)).take(20)).await;
    let stripe = stripe(&stub);
    for _ in 0..20 {
        stripe.checkout(&ProviderCheckoutId("cs_test_1".into())).await.unwrap();
    }
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_a_header_is_refused_unsent() {
    let stub = Stub::start([]).await;
    for bad in [String::new(), "a\nb".to_owned(), "k".repeat(256)] {
        let error = stripe(&stub).create_customer(&IdempotencyKey(bad), &customer()).await.unwrap_err();
        assert!(!error.is_retryable(), "{error}");
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_refused_unsent() {
    let stub = Stub::start([]).await;
    for bad in ["../customers", "cs_1?expand[]=customer", "cs_1#", "cs%2f1", "cs 1", "cs.1"] {
        let error = stripe(&stub).checkout(&ProviderCheckoutId(bad.into())).await.unwrap_err();
        assert!(!error.is_retryable(), "{bad}: {error}");
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn a_base_with_a_path_keeps_it() {
    let stub = Stub::start([Answer::json(200, SESSION)]).await;
    let config = config(&format!("http://{}/sandbox", stub.addr), "sk_test_1");
    Stripe::new(config).unwrap().checkout(&ProviderCheckoutId("cs_test_1".into())).await.unwrap();
    assert_eq!(stub.asked()[0].line, "GET /sandbox/v1/checkout/sessions/cs_test_1 HTTP/1.1");
}

#[test]
fn a_live_key_goes_to_stripe_and_nowhere_else() {
    assert!(Stripe::new(config("https://api.stripe.com/", "sk_live_1")).is_ok());
    assert!(Stripe::new(config("https://api.stripe.com", "rk_live_1")).is_ok());
    for base in [
        "http://127.0.0.1:3001/",
        "https://api.stripe.com.evil.example/",
        "https://api.stripe.com/x/",
        "https://api.stripe.com:8443/",
    ] {
        assert_eq!(Stripe::new(config(base, "sk_live_1")).unwrap_err(), ConfigError::LiveKeyElsewhere, "{base}");
    }
}

#[test]
fn only_addresses_that_keep_the_key_secret_are_taken() {
    for base in ["http://127.0.0.1:3001", "http://[::1]:3001/", "http://localhost:3001/", "https://stripe.proxy.test/"]
    {
        assert!(Stripe::new(config(base, "sk_test_1")).is_ok(), "{base}");
    }
    for base in [
        "",
        "127.0.0.1",
        "ftp://127.0.0.1/",
        "http://stripe.test/",
        "http://127.0.0.1.evil.example/",
        "https://u:p@stripe.test/",
        "https://stripe.test/?a=b",
    ] {
        assert!(matches!(Stripe::new(config(base, "sk_test_1")), Err(ConfigError::Base(_))), "{base}");
    }
    assert_eq!(Stripe::new(config("https://api.stripe.com/", " ")).unwrap_err(), ConfigError::SecretKey);
    assert_eq!(Stripe::new(config("https://api.stripe.com/", "sk_test_\n1")).unwrap_err(), ConfigError::SecretKey);
}

#[test]
fn the_key_is_nowhere_in_what_can_be_logged() {
    let config = config("https://api.stripe.com/", "sk_test_very_secret");
    assert!(!format!("{config:?}").contains("very_secret"));
    assert!(!format!("{:?}", Stripe::new(config).unwrap()).contains("very_secret"));
}
