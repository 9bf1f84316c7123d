//! `POST /v1/subscriptions`: one begins without a payment page.

use super::error::ApiError;
use super::invoice_draft::{self, Draft};
use super::invoice_line;
use super::params::{Metadata, Params};
use super::subscription::{self, Cancellation, Status, Subscription};
use super::subscription_change::{self, Payment};
use super::trial::WithoutCard;
use super::{Answer, Engine, customer, invoice_change, subscription_item, trial};

const DAY: i64 = 86_400;

/// A subscription without items, of nobody.
pub fn blank(now: i64) -> Subscription {
    Subscription {
        id: String::new(),
        created: now,
        customer: String::new(),
        status: Status::Incomplete,
        currency: String::new(),
        items: Vec::new(),
        metadata: Metadata::new(),
        description: None,
        billing_cycle_anchor: now,
        start_date: now,
        trial_start: None,
        trial_end: None,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        ended_at: None,
        cancellation: Cancellation::default(),
        default_payment_method: None,
        latest_invoice: None,
        without_card: WithoutCard::default(),
        trial_warned: false,
        upcoming_for: None,
        pause_collection: None,
        paused_for: None,
        resumes_with: None,
        pending_interval: None,
        next_pending_invoice: None,
        pending_update: None,
        quantity_changes: Vec::new(),
    }
}

/// Takes what says what is subscribed to. The names are still to be given.
pub fn read(engine: &Engine, customer: &str, params: &mut Params) -> Result<Subscription, ApiError> {
    let mut new = Subscription { customer: customer.to_owned(), ..blank(engine.now) };
    let items = params.hashes("items")?.unwrap_or_default();
    if items.is_empty() {
        return Err(ApiError::required(params.name("items")));
    }
    if items.len() > 20 {
        return Err(params.invalid("items", "You may not specify more than 20 items on a subscription."));
    }
    for mut given in items {
        if given.text("id")?.is_some() {
            return Err(ApiError::bad("Received unknown parameter: id")
                .code("parameter_unknown")
                .param(given.name("id")));
        }
        if new.currency.is_empty() {
            let price = given.clone().required("price")?;
            let known = engine.state.prices.get(&price);
            let known = known.ok_or_else(|| ApiError::missing("price", &price, given.name("price")))?;
            new.currency.clone_from(&known.currency);
        }
        subscription_item::read(engine, &mut new, given)?;
    }
    if let Some(currency) = params.text("currency")?
        && currency.to_lowercase() != new.currency
    {
        return Err(params.invalid("currency", "The prices have another currency."));
    }
    read_trial(engine, &mut new, params)?;
    match new.trial_end {
        Some(end) => {
            (new.status, new.billing_cycle_anchor, new.trial_start) = (Status::Trialing, end, Some(engine.now));
            for item in &mut new.items {
                item.current_period_end = end;
            }
        }
        None => new.start_periods(engine, engine.now),
    }
    subscription_change::read_end(engine, &mut new, params)?;
    Ok(new)
}

/// Takes `trial_end` and `trial_period_days`.
fn read_trial(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
    let most = engine.now + 730 * DAY;
    let days = params.integer("trial_period_days")?;
    let end = match params.text("trial_end")?.as_deref() {
        Some(_) if days.is_some() => {
            return Err(params.invalid("trial_end", "You may only specify one of trial_end and trial_period_days."));
        }
        None => days.map(|days| engine.now.saturating_add(days.saturating_mul(DAY))),
        Some("now") => None,
        Some(text) => {
            let end = text.parse().map_err(|_| params.invalid("trial_end", format!("Invalid timestamp: {text}")))?;
            Some(end)
        }
    };
    new.trial_end = end.filter(|end| days != Some(0) || *end > engine.now);
    match new.trial_end {
        Some(end) if !(engine.now + 1..=most).contains(&end) => {
            Err(params.invalid("trial_end", "A trial must end in the future and within two years."))
        }
        _ => Ok(()),
    }
}

/// `POST /v1/subscriptions`.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let customer = params.required("customer")?;
    let held = customer::named(engine, &customer, "customer")?.currency.clone();
    let payment = Payment::read(&mut params)?;
    if payment == Payment::Wait {
        return Err(
            params.invalid("payment_behavior", "`pending_if_incomplete` is for changes: nothing is there to wait yet.")
        );
    }
    params.word("collection_method", &["charge_automatically"])?;
    params.word("proration_behavior", &["always_invoice", "create_prorations", "none"])?;
    if let Some(mut mode) = params.hash("billing_mode")? {
        mode.word("type", &["flexible"])?;
        mode.finish()?;
    }
    let mut new = read(engine, &customer, &mut params)?;
    if held.is_some_and(|currency| currency != new.currency) {
        return Err(params.invalid("customer", "You cannot combine currencies on a single customer."));
    }
    new.metadata = params.metadata("metadata", &Metadata::new())?;
    new.description = params.text("description")?;
    if let Some(method) = params.text("default_payment_method")? {
        new.default_payment_method = Some(subscription_change::own_method(engine, &customer, method)?);
    }
    trial::read_settings(&mut new, &mut params)?;
    subscription_change::read_pending_interval(engine, &mut new, &mut params)?;
    params.finish()?;
    start(engine, new, payment)
}

fn start(engine: &mut Engine, mut new: Subscription, payment: Payment) -> Answer {
    let costs: i64 = invoice_line::of_periods(engine, &new).iter().map(|line| line.amount).sum();
    let holder = engine.state.customers.get(&new.customer);
    let card = new.default_payment_method.clone().or_else(|| holder?.default_payment_method.clone());
    if card.is_none() && costs > 0 && payment != Payment::Leave {
        return Err(invoice_change::no_method());
    }
    let kept = (payment == Payment::Refuse).then(|| engine.state.clone());
    new.id = engine.state.ids.next("sub_", 24);
    for item in &mut new.items {
        item.id = engine.state.ids.next("si_", 14);
    }
    let (id, now) = (new.id.clone(), engine.now);
    customer::change(engine, &new.customer, |customer| customer.currency = Some(new.currency.clone()));
    engine.state.subscriptions.insert(new.clone());
    let wish = Draft {
        reason: "subscription_create",
        lines: invoice_line::of_periods(engine, &new),
        with_pending: false,
        period: (now, now),
        proration_date: None,
        // The first invoice is not tried again by itself: the subscription expires without it.
        auto_advance: false,
    };
    let bill = invoice_draft::draft(engine, &new, wish);
    if let Ok(value) = subscription::get(engine, &id) {
        engine.emit("customer.subscription.created", value, None);
    }
    let collected = subscription_change::collect(engine, &bill, payment);
    match (kept, subscription_change::refusal(collected)) {
        (Some(kept), Some(error)) => {
            let failing = engine.state.failing_payments;
            *engine.state = kept;
            engine.state.failing_payments = failing;
            Err(error)
        }
        _ => subscription::get(engine, &id),
    }
}
