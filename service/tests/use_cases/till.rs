//! Stands in for the provider: an engine of a hundred lines that does what the trait's words say, remembers
//! idempotency keys, and can fail before or after it has done something.

#[path = "till/change.rs"]
mod change;
#[path = "till/course.rs"]
mod course;
#[path = "till/shop.rs"]
pub mod shop;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use domain::plan::{Part, PriceSpec};
use domain::subscription::{
    Line, ProviderCheckoutId, ProviderCustomerId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId,
};
use domain::time::Period;
use domain::{Invoice, Subscription, SubscriptionStatus, Timestamp};
use payments::provider::course::{Leaving, NewPortal, Swap};
use payments::provider::{
    Checkout, CheckoutStatus, Fetched, IdempotencyKey, NewCheckout, NewCustomer, Payer, SeatChange, SeatLine,
};
use payments::{PaymentError, PaymentProvider};
use serde_json::{Value, json};

pub use change::{Card, Changing};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Well,
    /// Does nothing and does not answer.
    Away,
    /// Does what is asked, and the answer is lost.
    Mumbling,
}

#[derive(Default)]
pub struct Till(Mutex<Inside>);

#[derive(Default)]
pub struct Inside {
    pub mood: Mood,
    /// So many calls go well before the mood shows.
    pub well_for: u32,
    pub customers: Vec<ProviderCustomerId>,
    pub pages: Vec<(Checkout, NewCheckout)>,
    pub subscriptions: Vec<Fetched>,
    /// Each quantity that was set, in order.
    pub quantities: Vec<u32>,
    /// How many changes were made with their invoice at once.
    pub changes: u32,
    pub changing: Changing,
    /// How often a subscription was asked for.
    pub looks: u32,
    /// What stands in the shop.
    pub shelves: shop::Shelves,
    /// Which prices of the shop's are paid by the subscriptions.
    pub paid_prices: Vec<ProviderPriceId>,
    /// Each change of seats, with how the money moved.
    pub seat_changes: Vec<SeatChange>,
    /// So many changes of seats are too many.
    pub busy: u32,
    pub invoices: Vec<Invoice>,
    /// What was said about the payer, in order.
    pub payers: Vec<Payer>,
    /// Cards are declined.
    pub declines: bool,
    /// What was said about each end that was asked for.
    pub leaving: Vec<Leaving>,
    /// Each time that prices were put in the place of others.
    pub swaps: Vec<Vec<Swap>>,
    /// The visits to its own page.
    pub portals: Vec<NewPortal>,
    prices: Vec<PriceSpec>,
    /// What each key was used for, and what came of it.
    pub keys: HashMap<String, (String, String)>,
    pub events: u32,
}

impl Inside {
    /// The answer to an earlier call with this key; refused if it was another call.
    pub fn replay(&self, key: &IdempotencyKey, call: &str) -> Result<Option<String>, PaymentError> {
        match self.keys.get(&key.0) {
            None => Ok(None),
            Some((same, answer)) if same == call => Ok(Some(answer.clone())),
            Some(_) => Err(refused("idempotency_error")),
        }
    }

    pub fn find(&mut self, id: &ProviderSubscriptionId) -> Result<&mut Fetched, PaymentError> {
        self.subscriptions.iter_mut().find(|f| &f.subscription.id == id).ok_or_else(|| refused("resource_missing"))
    }

    fn page(&mut self, id: &ProviderCheckoutId) -> Result<&mut Checkout, PaymentError> {
        let found = self.pages.iter_mut().find(|(page, _)| &page.id == id);
        found.map(|(page, _)| page).ok_or_else(|| refused("resource_missing"))
    }
}

pub fn refused(code: &str) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), message: "no".to_owned(), request: "-".to_owned() }
}

fn unknown<T>() -> Result<T, PaymentError> {
    Err(PaymentError::Unknown("the line is dead".to_owned()))
}

/// The line of a price; the one for seats has the number of the subscription alone.
fn line(subscription: usize, at: usize, spec: &PriceSpec, quantity: u32) -> Line {
    let item = match spec.part {
        Part::PerSeat => format!("si_{subscription}"),
        Part::Base | Part::Overage | Part::Use => format!("si_{subscription}_{at}"),
    };
    Line {
        item: ProviderItemId(item),
        price: ProviderPriceId(spec.lookup_key()),
        part: Some(spec.part),
        plan: Some(spec.plan.clone()),
        interval: Some(spec.interval),
        quantity,
        unit: Some(spec.unit),
        version: Some(spec.version.clone()),
    }
}

impl Till {
    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap()
    }

    pub fn mood(&self, mood: Mood) {
        self.mood_after(0, mood);
    }

    pub fn mood_after(&self, calls: u32, mood: Mood) {
        let mut inside = self.inside();
        (inside.well_for, inside.mood) = (calls, mood);
    }

    /// Does `deed` as the mood says.
    pub async fn ask<T>(
        &self,
        deed: impl FnOnce(&mut Inside) -> Result<T, PaymentError> + Send,
    ) -> Result<T, PaymentError> {
        // As over a network: others get their turn in between.
        tokio::task::yield_now().await;
        let mut inside = self.inside();
        if let Some(left) = inside.well_for.checked_sub(1) {
            inside.well_for = left;
            return deed(&mut inside);
        }
        if inside.mood == Mood::Away {
            return unknown();
        }
        let answer = deed(&mut inside)?;
        if inside.mood == Mood::Mumbling { unknown() } else { Ok(answer) }
    }

    /// Somebody pays on the page at `url`: the page's id, and the subscription.
    pub fn pay(&self, url: &str) -> (String, Subscription) {
        let mut inside = self.inside();
        let n = inside.subscriptions.len();
        let at = inside.pages.iter().position(|(page, _)| page.url.as_deref() == Some(url)).expect("an open page");
        let (page, new) = inside.pages[at].clone();
        assert_eq!(page.status, CheckoutStatus::Open);
        let specs: Vec<(PriceSpec, u32)> = new
            .lines
            .iter()
            .map(|line| {
                let spec = inside.prices.iter().find(|spec| spec.lookup_key() == line.price.0).unwrap();
                (spec.clone(), line.quantity)
            })
            .collect();
        let seats = specs.iter().find(|(spec, _)| spec.part == Part::PerSeat);
        let (first, _) = &specs[0];
        let bought = Subscription {
            id: ProviderSubscriptionId(format!("sub_{n}")),
            customer: new.customer.clone(),
            plan: Some(first.plan.clone()),
            interval: Some(first.interval),
            currency: first.unit.currency,
            seat_item: seats.map(|_| ProviderItemId(format!("si_{n}"))),
            quantity: seats.map_or(0, |(_, quantity)| *quantity),
            status: SubscriptionStatus::Active,
            period: Period { from: Timestamp::from_secs(1_795_000_000), until: Timestamp::from_secs(1_826_536_000) },
            lines: specs.iter().enumerate().map(|(at, (spec, quantity))| line(n, at, spec, *quantity)).collect(),
            ends_at: None,
            ends_with_period: false,
            trial_ends_at: None,
            ended_at: None,
            card: Some("Visa 4242".to_owned()),
            waiting: None,
            scheduled: None,
            pause: None,
            latest_invoice: None,
            fetched_at: Timestamp::from_secs(0),
        };
        inside.subscriptions.push(Fetched { subscription: bought.clone(), org: Some(new.org) });
        let page = &mut inside.pages[at].0;
        page.status = CheckoutStatus::Complete;
        page.url = None;
        page.subscription = Some(bought.id.clone());
        (page.id.0.clone(), bought)
    }

    /// Something happens to a subscription at the provider. What is said of its seats is said of their line.
    pub fn change(&self, id: &ProviderSubscriptionId, change: impl FnOnce(&mut Subscription)) {
        let mut inside = self.inside();
        let bought = &mut inside.find(id).unwrap().subscription;
        change(bought);
        let quantity = bought.quantity;
        let seats = bought.lines.iter_mut().filter(|line| Some(&line.item) == bought.seat_item.as_ref());
        seats.for_each(|line| line.quantity = quantity);
    }

    pub fn quantity(&self) -> u32 {
        self.inside().subscriptions.last().unwrap().subscription.quantity
    }

    pub fn open_pages(&self) -> usize {
        self.pages_and_open_pages().1
    }

    pub fn pages_and_open_pages(&self) -> (usize, usize) {
        let inside = self.inside();
        (inside.pages.len(), inside.pages.iter().filter(|(page, _)| page.status == CheckoutStatus::Open).count())
    }

    /// Their time is over.
    pub fn close_pages(&self) {
        for (page, _) in &mut self.inside().pages {
            if page.status == CheckoutStatus::Open {
                page.status = CheckoutStatus::Expired;
                page.url = None;
            }
        }
    }

    pub fn customers_and_open_pages(&self) -> (usize, usize) {
        let customers = self.inside().customers.len();
        (customers, self.open_pages())
    }

    /// An event about a subscription, a new one each time.
    pub fn event(&self, kind: &str, bought: &Subscription) -> Value {
        let n = {
            let mut inside = self.inside();
            inside.events += 1;
            inside.events
        };
        json!({
            "id": format!("evt_{n}"), "object": "event", "api_version": "2026-09-30.endive", "livemode": false,
            "created": 1_795_000_000, "type": kind,
            "data": { "object": { "object": "subscription", "id": bought.id, "customer": bought.customer } },
        })
    }
}

#[async_trait]
impl PaymentProvider for Till {
    async fn create_customer(
        &self,
        key: &IdempotencyKey,
        new: &NewCustomer,
    ) -> Result<ProviderCustomerId, PaymentError> {
        self.ask(|inside| {
            let call = format!("{new:?}");
            if let Some(done) = inside.replay(key, &call)? {
                return Ok(ProviderCustomerId(done));
            }
            let id = ProviderCustomerId(format!("cus_{}", inside.customers.len()));
            inside.customers.push(id.clone());
            inside.keys.insert(key.0.clone(), (call, id.0.clone()));
            Ok(id)
        })
        .await
    }

    async fn ensure_price(&self, spec: &PriceSpec) -> Result<ProviderPriceId, PaymentError> {
        self.ask(|inside| {
            if !inside.prices.contains(spec) {
                inside.prices.push(spec.clone());
            }
            Ok(ProviderPriceId(spec.lookup_key()))
        })
        .await
    }

    async fn open_checkout(&self, key: &IdempotencyKey, new: &NewCheckout) -> Result<Checkout, PaymentError> {
        self.ask(|inside| {
            let call = format!("{new:?}");
            if let Some(done) = inside.replay(key, &call)? {
                // The answer is the one of that time, whatever became of the page since.
                let (page, _) = inside.pages.iter().find(|(page, _)| page.id.0 == done).unwrap();
                let url = Some(format!("https://pay.test/{done}"));
                return Ok(Checkout { status: CheckoutStatus::Open, url, ..page.clone() });
            }
            let id = format!("cs_{}", inside.pages.len());
            let page = Checkout {
                id: ProviderCheckoutId(id.clone()),
                url: Some(format!("https://pay.test/{id}")),
                status: CheckoutStatus::Open,
                org: Some(new.org),
                customer: Some(new.customer.clone()),
                subscription: None,
                expires_at: new.expires_at,
            };
            inside.pages.push((page.clone(), new.clone()));
            inside.keys.insert(key.0.clone(), (call, id));
            Ok(page)
        })
        .await
    }

    async fn checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError> {
        self.ask(|inside| Ok(inside.page(id)?.clone())).await
    }

    async fn expire_checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError> {
        self.ask(|inside| {
            let page = inside.page(id)?;
            if page.status == CheckoutStatus::Open {
                page.status = CheckoutStatus::Expired;
                page.url = None;
            }
            Ok(page.clone())
        })
        .await
    }

    async fn subscription(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.looks += 1;
            let mut found = inside.find(id)?.clone();
            found.subscription.fetched_at = now;
            Ok(found)
        })
        .await
    }

    async fn subscriptions_of(
        &self,
        customer: &ProviderCustomerId,
        now: Timestamp,
    ) -> Result<Vec<Fetched>, PaymentError> {
        self.ask(|inside| {
            let theirs = inside.subscriptions.iter().rev().filter(|f| &f.subscription.customer == customer);
            Ok(theirs
                .cloned()
                .map(|mut found| {
                    found.subscription.fetched_at = now;
                    found
                })
                .collect())
        })
        .await
    }

    async fn set_seats(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        change: &SeatChange,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            let call = format!("{id} {change:?}");
            if inside.replay(key, &call)?.is_none() {
                if inside.busy > 0 {
                    inside.busy -= 1;
                    return Err(PaymentError::TooOften("10 invoices a minute".to_owned()));
                }
                inside.keys.insert(key.0.clone(), (call, String::new()));
                inside.seat_changes.push(change.clone());
                for (line, quantity) in &change.lines {
                    let made = match line {
                        SeatLine::Item(_) => None,
                        SeatLine::New(price) => {
                            let spec = inside.prices.iter().find(|spec| spec.lookup_key() == price.0).unwrap();
                            Some(self::line(9, 9, spec, *quantity))
                        }
                    };
                    let found = &mut inside.find(id)?.subscription;
                    match (line, made) {
                        (SeatLine::Item(item), _) => {
                            let known = found.lines.iter_mut().find(|line| &line.item == item);
                            known.ok_or_else(|| refused("resource_missing"))?.quantity = *quantity;
                        }
                        (SeatLine::New(_), made) => found.lines.extend(made),
                    }
                }
                let found = &mut inside.find(id)?.subscription;
                let seats = found.lines.iter().find(|line| line.part == Some(Part::PerSeat));
                (found.seat_item, found.quantity) = match seats {
                    Some(line) => (Some(line.item.clone()), line.quantity),
                    None => (None, 0),
                };
                let quantity = found.quantity;
                inside.quantities.push(quantity);
            }
            let mut found = inside.find(id)?.clone();
            found.subscription.fetched_at = now;
            Ok(found)
        })
        .await
    }

    async fn cancel_now(
        &self,
        _key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            let found = inside.find(id)?;
            found.subscription.status = SubscriptionStatus::Canceled;
            found.subscription.ended_at = Some(now);
            found.subscription.fetched_at = now;
            Ok(found.clone())
        })
        .await
    }
}
