//! The till changes what was bought: it bills as `domain::quote` reckons, and its cards can be refused or ask the buyer.

use async_trait::async_trait;
use domain::plan::Part;
use domain::quote::{Basis, Charge, Counts, PriceOf, Quote, QuoteLineKind, WantedLine};
use domain::subscription::{Line, ProviderInvoiceId, ProviderItemId, ProviderSubscriptionId, Waiting};
use domain::time::Period;
use domain::{Interval, Money, PlanKey, Timestamp};
use payments::PaymentError;
use payments::provider::{
    Change, Changed, Changes, Fetched, IdempotencyKey, InvoiceLine, InvoiceSheet, Standing, Unpaid,
};

use super::{Inside, Till, refused};

/// What the card says to a change.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Card {
    #[default]
    Good,
    AsksTheBuyer,
    Refuses,
}

/// An invoice of a change.
#[derive(Clone)]
pub struct Bill {
    pub id: ProviderInvoiceId,
    pub sheet: InvoiceSheet,
    paid: bool,
    void: bool,
    /// What happens when it is paid, at which second.
    change: Change,
    at: Timestamp,
}

/// What the till remembers about changes.
#[derive(Default)]
pub struct Changing {
    pub card: Card,
    /// Added to each preview's first line, as by a provider that reckons otherwise.
    pub odd: i64,
    pub bills: Vec<Bill>,
    charges: Vec<(ProviderSubscriptionId, Charge)>,
    balance: i64,
    names: usize,
}

impl Inside {
    fn basis(&mut self, id: &ProviderSubscriptionId) -> Result<(Fetched, Basis), PaymentError> {
        let fetched = self.find(id)?.clone();
        let bought = &fetched.subscription;
        if self.changing.charges.iter().all(|(of, _)| of != id) {
            let whole = bought.period.until.secs() - bought.period.from.secs();
            for line in &bought.lines {
                let full = line.unit.unwrap().minor * i64::from(line.quantity);
                let charge = Charge {
                    names: vec![format!("il_{}", line.item)],
                    item: line.item.clone(),
                    price: line.price.clone(),
                    quantity: line.quantity,
                    amount: full,
                    full,
                    whole,
                    period: bought.period,
                    credits: None,
                };
                self.changing.charges.push((id.clone(), charge));
            }
        }
        let charges = self.changing.charges.iter().filter(|(of, _)| of == id).map(|(_, charge)| charge.clone());
        let basis = Basis {
            subscription: id.clone(),
            currency: bought.currency,
            status: bought.status,
            lines: bought.lines.clone(),
            period: bought.period,
            charges: charges.collect(),
            balance: Money::new(self.changing.balance, bought.currency),
            smallest_charge: Money::new(50, bought.currency),
        };
        Ok((fetched, basis))
    }

    fn wanted(&self, change: &Change) -> Vec<WantedLine> {
        let line = |line: &payments::provider::ChangedLine| {
            let spec = self.prices.iter().find(|spec| spec.lookup_key() == line.price.0).unwrap();
            WantedLine {
                part: spec.part,
                plan: spec.plan.clone(),
                interval: spec.interval,
                unit: spec.unit,
                quantity: line.quantity,
                price: PriceOf::Kept(line.price.clone()),
            }
        };
        change.lines.iter().map(line).collect()
    }

    fn reckon(&mut self, change: &Change, at: Timestamp) -> Result<Quote, PaymentError> {
        let (_, basis) = self.basis(&change.subscription)?;
        let wanted = self.wanted(change);
        let interval = wanted[0].interval;
        let at = change.counts.pinned().unwrap_or(at);
        Quote::of(basis, wanted, interval, at).map_err(|_| refused("invalid_request_error"))
    }

    /// The change happens: lines, charges, balance.
    fn make(&mut self, change: &Change, quote: &Quote) -> Result<(), PaymentError> {
        let wanted = self.wanted(change);
        let old = self.find(&change.subscription)?.subscription.lines.clone();
        let n = self.changing.names;
        let lines: Vec<Line> = change
            .lines
            .iter()
            .zip(&wanted)
            .enumerate()
            .map(|(at, (line, to))| Line {
                item: line.item.clone().unwrap_or_else(|| ProviderItemId(format!("si_new_{n}_{at}"))),
                price: line.price.clone(),
                part: Some(to.part),
                plan: Some(to.plan.clone()),
                interval: Some(to.interval),
                quantity: to.quantity,
                unit: Some(to.unit),
                version: None,
            })
            .collect();
        for made in quote.lines() {
            self.changing.names += 1;
            let side = if made.kind == QuoteLineKind::Unused { &old } else { &lines };
            let line = side.iter().find(|line| line.part == made.part).unwrap();
            let whole = match made.kind {
                QuoteLineKind::Period => made.period,
                QuoteLineKind::Unused | QuoteLineKind::Remaining => quote.basis().period,
            };
            let charge = Charge {
                names: vec![format!("il_{}", self.changing.names)],
                item: line.item.clone(),
                price: line.price.clone(),
                quantity: made.quantity,
                amount: made.amount.minor,
                full: line.unit.unwrap().minor * i64::from(made.quantity),
                whole: whole.until.secs() - whole.from.secs(),
                period: made.period,
                credits: made.credits.clone(),
            };
            self.changing.charges.push((change.subscription.clone(), charge));
        }
        self.changing.balance = quote.due().after.minor;
        let counts = quote.counts();
        let renewal = quote.renewal();
        let bought = &mut self.find(&change.subscription)?.subscription;
        let seats = lines.iter().find(|line| line.part == Some(Part::PerSeat));
        bought.plan.clone_from(&lines[0].plan);
        bought.interval = lines[0].interval;
        bought.seat_item = seats.map(|line| line.item.clone());
        bought.quantity = seats.map_or(0, |line| line.quantity);
        bought.lines.clone_from(&lines);
        bought.waiting = None;
        if let Counts::Afresh(at) = counts {
            bought.period = Period { from: at, until: renewal.at };
        }
        Ok(())
    }
}

fn sheet(quote: &Quote) -> InvoiceSheet {
    let line = |line: &domain::quote::QuoteLine| InvoiceLine {
        kind: line.kind,
        price: None,
        quantity: line.quantity,
        amount: line.amount,
        period: line.period,
    };
    InvoiceSheet { lines: quote.lines().iter().map(line).collect(), total: quote.due().total, due: quote.due().now }
}

impl Till {
    pub fn card(&self, card: Card) {
        self.inside().changing.card = card;
    }

    /// The invoice that waits is paid, or its time is over.
    pub fn end_wait(&self, paid: bool) {
        let mut inside = self.inside();
        let bill = inside.changing.bills.iter_mut().rev().find(|bill| !bill.paid && !bill.void).expect("one waits");
        (bill.paid, bill.void) = (paid, !paid);
        let (change, at) = (bill.change.clone(), bill.at);
        if paid {
            let quote = inside.reckon(&change, at).unwrap();
            inside.make(&change, &quote).unwrap();
        } else {
            inside.find(&change.subscription).unwrap().subscription.waiting = None;
        }
    }
}

/// What a change would make of a subscription, for people.
fn then(inside: &Inside, change: &Change) -> (PlanKey, Interval, u32) {
    let wanted = inside.wanted(change);
    let seats = wanted.iter().find(|line| line.part == Part::PerSeat).map_or(0, |line| line.quantity);
    (wanted[0].plan.clone(), wanted[0].interval, seats)
}

#[async_trait]
impl Changes for Till {
    async fn standing(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Standing, PaymentError> {
        self.ask(|inside| {
            let (mut fetched, basis) = inside.basis(id)?;
            fetched.subscription.fetched_at = now;
            Ok(Standing { fetched, basis })
        })
        .await
    }

    async fn preview(&self, change: &Change) -> Result<InvoiceSheet, PaymentError> {
        let at = match change.counts {
            Counts::From(at) | Counts::Afresh(at) => at,
            Counts::AfterTrial => return Err(refused("nothing_to_preview")),
        };
        self.ask(|inside| {
            let mut sheet = sheet(&inside.reckon(change, at)?);
            let odd = inside.changing.odd;
            sheet.lines[0].amount.minor += odd;
            sheet.total.minor += odd;
            sheet.due.minor += odd;
            Ok(sheet)
        })
        .await
    }

    async fn change(&self, key: &IdempotencyKey, change: &Change, now: Timestamp) -> Result<Changed, PaymentError> {
        self.ask(|inside| {
            let call = format!("{change:?}");
            if inside.replay(key, &call)?.is_none() {
                let is = &inside.find(&change.subscription)?.subscription;
                if is.scheduled.is_some() || is.ends_at.is_some() {
                    return Err(refused("subscription_arranged"));
                }
                inside.keys.insert(key.0.clone(), (call, String::new()));
                inside.changes += 1;
                let quote = inside.reckon(change, now)?;
                let id = ProviderInvoiceId(format!("in_{}", inside.changing.bills.len()));
                let good = inside.changing.card == Card::Good || quote.due().now.minor == 0;
                let bill = Bill {
                    id: id.clone(),
                    sheet: sheet(&quote),
                    paid: good,
                    void: false,
                    change: change.clone(),
                    at: now,
                };
                inside.changing.bills.push(bill);
                if good {
                    inside.make(change, &quote)?;
                } else {
                    let (plan, interval, seats) = then(inside, change);
                    let expires_at = now.plus(std::time::Duration::from_hours(23));
                    let (plan, interval) = (Some(plan), Some(interval));
                    let waiting = Waiting { plan, interval, seats, expires_at, invoice: Some(id.clone()) };
                    inside.find(&change.subscription)?.subscription.waiting = Some(waiting);
                }
                inside.find(&change.subscription)?.subscription.latest_invoice = Some(id);
            }
            let mut fetched = inside.find(&change.subscription)?.clone();
            fetched.subscription.fetched_at = now;
            let pay_url = fetched.subscription.waiting.as_ref().map(|_| "https://pay.test/invoice".to_owned());
            Ok(Changed { fetched, pay_url })
        })
        .await
    }

    async fn sheet(&self, id: &ProviderInvoiceId) -> Result<InvoiceSheet, PaymentError> {
        self.ask(|inside| {
            let found = inside.changing.bills.iter().find(|bill| &bill.id == id);
            found.map(|bill| bill.sheet.clone()).ok_or_else(|| refused("resource_missing"))
        })
        .await
    }

    async fn unpaid(&self, id: &ProviderInvoiceId) -> Result<Option<Unpaid>, PaymentError> {
        self.ask(|inside| {
            let open = inside.changing.bills.iter().any(|bill| &bill.id == id && !bill.paid && !bill.void);
            Ok(match inside.changing.card {
                Card::Refuses if open => Some(Unpaid::CardRefused("insufficient_funds".to_owned())),
                Card::AsksTheBuyer if open => Some(Unpaid::AsksTheBuyer),
                _ => None,
            })
        })
        .await
    }

    async fn give_up(&self, id: &ProviderInvoiceId) -> Result<(), PaymentError> {
        self.ask(|inside| {
            let found = inside.changing.bills.iter_mut().find(|bill| &bill.id == id && !bill.paid);
            let Some(bill) = found else { return Ok(()) };
            bill.void = true;
            let of = bill.change.subscription.clone();
            inside.find(&of)?.subscription.waiting = None;
            Ok(())
        })
        .await
    }
}
