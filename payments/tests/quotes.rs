//! What `domain` reckons against what the provider says it will bill and what it then bills: random subscriptions,
//! seconds and sequences of changes, through the adapter, over the sandbox's HTTP. `USHER_QUOTES` says how many lives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use domain::ids::OrgId;
use domain::plan::{Part, PriceSpec};
use domain::quote::{Counts, NoQuote, PriceOf, Quote, QuoteLineKind, WantedLine};
use domain::subscription::ProviderSubscriptionId;
use domain::{Currency, Interval, Money, Timestamp};
use payments::provider::course::{Course as _, Leaving, NextPhase};
use payments::provider::{
    Change, ChangedLine, Changes as _, CheckoutLine, IdempotencyKey, InvoiceSheet, NewCheckout, NewCustomer,
};
use payments::{PaymentProvider as _, SecretKey, Stripe, StripeConfig};
use sandbox::{Sandbox, SandboxConfig};
use testkit::browser::Browser;

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn quantity(&mut self) -> u32 {
        u32::try_from(1 + self.below(40)).unwrap()
    }
}

/// What is arranged for later when a change is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Beside {
    Nothing,
    Smaller,
    End,
}

struct Desk {
    stripe: Stripe,
    browser: Browser,
    _sandbox: Sandbox,
}

#[expect(clippy::disallowed_methods, reason = "the sandbox goes by the machine's time here")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_secs(i64::try_from(since.as_secs()).unwrap())
}

fn key(text: String) -> IdempotencyKey {
    IdempotencyKey(text)
}

/// Something to want: amounts that leave ugly fractions, in a currency of this life.
fn want(part: Part, unit: i64, interval: Interval, quantity: u32, currency: Currency) -> WantedLine {
    let plan: domain::PlanKey = format!("plan_{unit}").parse().unwrap();
    let unit = Money::new(unit, currency);
    let spec = PriceSpec {
        plan: plan.clone(),
        plan_name: "Plan".into(),
        version: "00112233aabbccdd".into(),
        part,
        interval,
        unit,
        meter: None,
    };
    WantedLine { part, plan, interval, unit, quantity, price: PriceOf::Sold(spec) }
}

impl Desk {
    async fn open() -> Self {
        Self::by(sandbox::Clock::new(|| now().secs())).await
    }

    async fn by(clock: sandbox::Clock) -> Self {
        let (addr, record) = (([127, 0, 0, 1], 0).into(), sandbox::record_folder());
        let config = SandboxConfig { addr, state: None, webhook_url: None, fast: true, clock, record };
        let sandbox = Sandbox::start(config).await.unwrap();
        let stripe = Stripe::new(StripeConfig {
            secret_key: SecretKey::new("sk_test_quotes"),
            api_base: sandbox.api_base(),
            timeout: Duration::from_secs(20),
        })
        .unwrap();
        Self { stripe, browser: Browser::new().unwrap(), _sandbox: sandbox }
    }

    async fn price(&self, line: &WantedLine) -> domain::subscription::ProviderPriceId {
        let PriceOf::Sold(spec) = &line.price else { panic!("all of these are sold") };
        self.stripe.ensure_price(spec).await.unwrap()
    }

    async fn buy(&self, life: u64, lines: &[WantedLine]) -> ProviderSubscriptionId {
        let org: OrgId = "org_0190f5fe7c2a7d4c8a6e1b2c3d4e5f60".parse().unwrap();
        let new = NewCustomer { org, name: "Acme".into(), email: "owner@acme.test".parse().unwrap() };
        let customer = self.stripe.create_customer(&key(format!("customer-{life}")), &new).await.unwrap();
        let mut sold = Vec::new();
        for line in lines {
            sold.push(CheckoutLine { price: self.price(line).await, quantity: line.quantity });
        }
        let new = NewCheckout {
            org,
            customer,
            lines: sold,
            metered: Vec::new(),
            trial_days: 0,
            success_url: "http://usher.test/{CHECKOUT_SESSION_ID}".into(),
            cancel_url: "http://usher.test/".into(),
            expires_at: now().plus(Duration::from_hours(1)),
        };
        let page = self.stripe.open_checkout(&key(format!("page-{life}")), &new).await.unwrap();
        let opened = self.browser.open(page.url.as_ref().unwrap()).await.unwrap();
        let card = [("Card number", "4242 4242 4242 4242"), ("Expiry", "12 / 40"), ("CVC", "123")];
        self.browser.press(&opened, "Pay", &card).await.unwrap();
        self.stripe.checkout(&page.id).await.unwrap().subscription.unwrap()
    }

    /// One change: what we reckon, what is previewed, what is billed. `false` when there was nothing to change.
    async fn change(&self, name: &str, id: &ProviderSubscriptionId, wanted: Vec<WantedLine>, at: Timestamp) -> bool {
        self.change_beside(name, id, wanted, at, Beside::Nothing).await
    }

    /// Something is arranged for later while it is reckoned and previewed, and taken back before it is billed.
    async fn arrange(&self, name: &str, id: &ProviderSubscriptionId, like: &WantedLine, beside: Beside) {
        let key = key(format!("{beside:?}-{name}"));
        match beside {
            Beside::Nothing => {}
            Beside::End => drop(self.stripe.cancel_at_end(&key, id, &Leaving::default(), now()).await.unwrap()),
            Beside::Smaller => {
                let smaller = want(Part::PerSeat, 100, like.interval, 1, like.unit.currency);
                let lines = vec![CheckoutLine { price: self.price(&smaller).await, quantity: 1 }];
                let next = NextPhase { lines, interval: like.interval, moved: false };
                let is = self.stripe.schedule(&key, id, &next, now()).await.unwrap();
                assert!(is.subscription.scheduled.is_some(), "{name}");
            }
        }
    }

    async fn take_back(&self, name: &str, id: &ProviderSubscriptionId) {
        self.stripe.release(&key(format!("release-{name}")), id, now()).await.unwrap();
        let is = self.stripe.resume(&key(format!("resume-{name}")), id, now()).await.unwrap().subscription;
        assert_eq!((is.scheduled, is.ends_at), (None, None), "{name}");
    }

    async fn change_beside(
        &self,
        name: &str,
        id: &ProviderSubscriptionId,
        wanted: Vec<WantedLine>,
        at: Timestamp,
        beside: Beside,
    ) -> bool {
        self.arrange(name, id, &wanted[0], beside).await;
        let standing = self.stripe.standing(id, now()).await.unwrap();
        let interval = wanted[0].interval;
        let mut quote = match Quote::of(standing.basis.clone(), wanted.clone(), interval, at) {
            Ok(quote) => quote,
            Err(NoQuote::NothingChanges) => {
                self.take_back(name, id).await;
                return false;
            }
            Err(no) => panic!("{name}: {no}"),
        };
        let bought = &standing.fetched.subscription;
        let mut change = Change {
            subscription: id.clone(),
            customer: bought.customer.clone(),
            lines: Vec::new(),
            dropped: Vec::new(),
            counts: quote.counts(),
        };
        for each in quote.moves() {
            let item = each.from.as_ref().map(|line| line.item.clone());
            match &each.to {
                Some(to) => {
                    change.lines.push(ChangedLine { item, price: self.price(to).await, quantity: to.quantity });
                }
                None => change.dropped.extend(item),
            }
        }
        let preview = self.stripe.preview(&change).await.unwrap();
        if let Counts::Afresh(_) = quote.counts() {
            quote = Quote::of(standing.basis.clone(), wanted.clone(), interval, second(&preview)).unwrap();
        }
        same(&format!("{name}, previewed beside {beside:?}"), &quote, &preview);
        if beside != Beside::Nothing {
            self.take_back(name, id).await;
        }
        let changed = self.stripe.change(&key(format!("change-{name}")), &change, now()).await.unwrap();
        let after = changed.fetched.subscription;
        assert_eq!(after.waiting, None, "{name}");
        if !quote.lines().is_empty() {
            let made = self.stripe.sheet(&after.latest_invoice.unwrap()).await.unwrap();
            if let Counts::Afresh(_) = quote.counts() {
                quote = Quote::of(standing.basis, wanted, interval, second(&made)).unwrap();
            }
            same(&format!("{name}, billed"), &quote, &made);
        }
        let renewal = after.lines.iter().map(|line| line.unit.unwrap().minor * i64::from(line.quantity)).sum();
        assert_eq!((quote.renewal().at, quote.renewal().amount.minor), (after.period.until, renewal), "{name}");
        true
    }
}

/// When the new period of an invoice begins.
fn second(sheet: &InvoiceSheet) -> Timestamp {
    sheet.lines.iter().filter(|line| line.kind == QuoteLineKind::Period).map(|line| line.period.from).max().unwrap()
}

fn same(name: &str, ours: &Quote, theirs: &InvoiceSheet) {
    let mut mine: Vec<_> = ours.lines().iter().map(domain::quote::QuoteLine::essence).collect();
    let mut provider: Vec<_> = theirs
        .lines
        .iter()
        .map(|line| (line.kind, line.quantity, line.amount.minor, line.period.from.secs(), line.period.until.secs()))
        .filter(|line| line.2 != 0)
        .collect();
    mine.sort_unstable();
    provider.sort_unstable();
    assert_eq!(mine, provider, "{name}");
    assert_eq!((ours.due().total, ours.due().now), (theirs.total, theirs.due), "{name}");
}

fn lives() -> u64 {
    std::env::var("USHER_QUOTES").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_reckon_is_what_is_previewed_and_billed() {
    let desk = Desk::open().await;
    for life in 0..lives() {
        let mut chance = Chance(life);
        let currency: Currency =
            ["usd", "jpy", "kwd", "eur"][usize::try_from(chance.below(4)).unwrap()].parse().unwrap();
        let unit = |chance: &mut Chance| {
            let minor = 100 + i64::try_from(chance.below(700_000)).unwrap();
            if currency.decimals() == 3 { minor / 10 * 10 } else { minor }
        };
        let interval = if chance.below(2) == 0 { Interval::Month } else { Interval::Year };
        let lines = |chance: &mut Chance| {
            let seats = want(Part::PerSeat, unit(chance), interval, chance.quantity(), currency);
            let base = want(Part::Base, unit(chance), interval, 1, currency);
            match chance.below(4) {
                0 => vec![base],
                1 => vec![base, seats],
                _ => vec![seats],
            }
        };
        let mut have = lines(&mut chance);
        let id = desk.buy(life, &have).await;
        let period = desk.stripe.subscription(&id, now()).await.unwrap().subscription.period;
        let mut at = now().max(period.from);
        // No more than the provider makes invoices in a minute.
        for step in 0..5 {
            let left = u64::try_from(period.until.secs() - at.secs()).unwrap();
            at = at.plus(Duration::from_secs(chance.below(left / 3 + 1)));
            let wanted = match chance.below(4) {
                0 => lines(&mut chance),
                // The same with other quantities: up, down, up again.
                _ => have
                    .iter()
                    .map(|line| match line.part {
                        Part::PerSeat => WantedLine { quantity: chance.quantity(), ..line.clone() },
                        Part::Base | Part::Overage | Part::Use => line.clone(),
                    })
                    .collect(),
            };
            let beside = match chance.below(6) {
                0 => Beside::Smaller,
                1 => Beside::End,
                _ => Beside::Nothing,
            };
            if desk.change_beside(&format!("life {life} step {step}"), &id, wanted.clone(), at, beside).await {
                have = wanted;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_interval_is_billed_as_reckoned() {
    let desk = Desk::open().await;
    for life in 1_000..1_000 + lives() / 4 {
        let mut chance = Chance(life);
        let quantity = chance.quantity();
        let id = desk.buy(life, &[want(Part::PerSeat, 2_900, Interval::Month, quantity, Currency::USD)]).await;
        let year = want(Part::PerSeat, 27_800, Interval::Year, chance.quantity(), Currency::USD);
        assert!(desk.change(&format!("life {life}"), &id, vec![year], now()).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_second_of_the_purchase_another_interval_begins_a_new_period_too() {
    let second = now();
    let desk = Desk::by(sandbox::Clock::new(move || second.secs())).await;
    let id = desk.buy(2_000, &[want(Part::PerSeat, 2_900, Interval::Month, 4, Currency::USD)]).await;
    let year = want(Part::PerSeat, 27_800, Interval::Year, 5, Currency::USD);
    assert!(desk.change("at once", &id, vec![year], second).await);
}
