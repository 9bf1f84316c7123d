//! Changes to a subscription: quantities, metadata, when it is to end.

use super::calendar;
use super::error::ApiError;
use super::invoice_item::InvoiceItem;
use super::params::Params;
use super::proration::{self, Side};
use super::subscription::{self, Status, Subscription};
use super::subscription_item::Item;
use super::{Answer, Engine, pause, schedule, trial};

/// How a change is paid for.
struct Terms {
    /// Pending invoice items, or nothing at all.
    prorate: bool,
    /// The second from which it counts.
    at: i64,
}

/// `POST /v1/subscriptions/{id}`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = changeable(engine, id)?;
    let mut new = old.clone();
    if let Some(items) = params.hashes("items")? {
        for given in items {
            read_item(engine, &mut new, given)?;
        }
    }
    new.metadata = params.metadata("metadata", &old.metadata)?;
    if let Some(description) = params.patch("description")? {
        new.description = description;
    }
    if let Some(method) = params.text("default_payment_method")? {
        let known = engine.state.payment_methods.get(&method);
        if known.is_none_or(|known| known.customer.as_ref() != Some(&old.customer)) {
            return Err(ApiError::missing("PaymentMethod", &method, "default_payment_method"));
        }
        new.default_payment_method = Some(method);
    }
    read_end(engine, &mut new, &mut params)?;
    pause::read_collection(engine, &mut new, &mut params)?;
    trial::read_settings(&mut new, &mut params)?;
    subscription::read_cancellation(&mut new.cancellation, &mut params)?;
    let terms = read_terms(engine, &old, &mut params)?;
    params.finish()?;
    apply(engine, &old, new, &terms);
    subscription::get(engine, id)
}

/// `POST /v1/subscription_items/{id}`.
pub fn update_item(engine: &mut Engine, id: &str, item: &str, mut params: Params) -> Result<(), ApiError> {
    let old = changeable(engine, id)?;
    let mut new = old.clone();
    let terms = read_terms(engine, &old, &mut params)?;
    change_item(engine, &mut new, item, params)?;
    apply(engine, &old, new, &terms);
    Ok(())
}

fn changeable(engine: &Engine, id: &str) -> Result<Subscription, ApiError> {
    let subscription = engine.state.subscriptions.get(id).ok_or_else(|| ApiError::no_such("subscription", id))?;
    if subscription.is_ended() {
        return Err(ApiError::bad("A canceled subscription can only update its cancellation_details and metadata."));
    }
    Ok(subscription.clone())
}

fn read_terms(engine: &Engine, old: &Subscription, params: &mut Params) -> Result<Terms, ApiError> {
    // With pending items nothing is charged now, so all of Stripe's ways to treat a failed charge come to the same.
    const PAYMENT: &[&str] = &["allow_incomplete", "default_incomplete", "error_if_incomplete"];
    params.word("payment_behavior", PAYMENT)?;
    let prorate = match params.word("proration_behavior", &["always_invoice", "create_prorations", "none"])? {
        Some("always_invoice") => {
            return Err(params.invalid(
                "proration_behavior",
                "The sandbox does not simulate always_invoice yet; use create_prorations or none.",
            ));
        }
        Some("none") => false,
        _ => true,
    };
    let at = params.integer("proration_date")?;
    if let Some(at) = at {
        let start = old.items.iter().map(|item| item.current_period_start).max().unwrap_or(old.start_date);
        if !prorate {
            return Err(params.invalid("proration_date", "You cannot set proration_date with proration_behavior=none."));
        }
        if !(start..=old.period_end()).contains(&at) {
            return Err(params.invalid("proration_date", "proration_date must lie in the current period."));
        }
    }
    // During a trial nothing was charged, so there is nothing to give back and nothing to charge before it ends.
    Ok(Terms { prorate: prorate && old.status != Status::Trialing, at: at.unwrap_or(engine.now) })
}

fn read_item(engine: &Engine, new: &mut Subscription, mut given: Params) -> Result<(), ApiError> {
    match given.text("id")? {
        Some(item) => change_item(engine, new, &item, given),
        None => Err(given.invalid("id", "The sandbox does not add items to a subscription; name one by its id.")),
    }
}

fn change_item(engine: &Engine, new: &mut Subscription, item: &str, mut given: Params) -> Result<(), ApiError> {
    let param = given.name("id");
    let item: &mut Item = new
        .items
        .iter_mut()
        .find(|known| known.id == item)
        .ok_or_else(|| ApiError::missing("subscription item", item, param))?;
    let quantity = given.natural("quantity")?;
    if let Some(price) = given.text("price")?
        && price != item.price
    {
        let known = |id: &str| engine.state.prices.get(id);
        let next = known(&price).ok_or_else(|| ApiError::missing("price", &price, given.name("price")))?;
        if next.recurring.is_none() || next.recurring != known(&item.price).and_then(|p| p.recurring) {
            return Err(given.invalid("price", "The sandbox does not simulate a change of interval yet."));
        }
        if next.currency != new.currency {
            return Err(given.invalid("price", "The price must have the subscription's currency."));
        }
        item.price = price;
        // A new price without a quantity means one of it.
        item.quantity = 1;
    }
    if let Some(quantity) = quantity {
        item.quantity = quantity;
    }
    item.metadata = given.metadata("metadata", &item.metadata)?;
    given.finish()
}

/// Takes `cancel_at_period_end` and `cancel_at`.
fn read_end(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
    let at_period_end = params.boolean("cancel_at_period_end")?;
    let at = params.patch("cancel_at")?;
    if at_period_end.is_some() && at.is_some() {
        return Err(params
            .invalid("cancel_at", "You may only specify one of these parameters: cancel_at, cancel_at_period_end."));
    }
    if at_period_end.is_some() || at.is_some() {
        schedule::refuse_end(engine, &new.id)?;
    }
    let (boolean, when) = match (at_period_end, at) {
        (Some(true), _) => (true, Some(new.period_end())),
        (Some(false), _) | (_, Some(None)) => (false, None),
        (None, None) => return Ok(()),
        (None, Some(Some(text))) => {
            let ends = new.items.iter().map(|item| item.current_period_end);
            let when = match text.as_str() {
                "min_period_end" => ends.min(),
                "max_period_end" => ends.max(),
                _ => text.parse().ok().filter(|at| *at > engine.now),
            };
            let wrong = || params.invalid("cancel_at", format!("Invalid timestamp: {text}. It must be in the future."));
            (false, Some(when.ok_or_else(wrong)?))
        }
    };
    if (boolean, when) != (new.cancel_at_period_end, new.cancel_at) {
        new.canceled_at = when.map(|_| engine.now);
        new.cancellation.reason = when.map(|_| "cancellation_requested".into());
    }
    (new.cancel_at_period_end, new.cancel_at) = (boolean, when);
    Ok(())
}

fn apply(engine: &mut Engine, old: &Subscription, new: Subscription, terms: &Terms) {
    let before = old.render(engine);
    if terms.prorate {
        for (from, to) in old.items.iter().zip(&new.items) {
            if (from.quantity, &from.price) != (to.quantity, &to.price) {
                leave_items(engine, &new, from, to, terms.at);
            }
        }
    }
    let after = new.render(engine);
    let id = new.id.clone();
    engine.state.subscriptions.insert(new);
    engine.emit_update("customer.subscription.updated", &before, after);
    schedule::subscription_changed(engine, &id);
}

/// Leaves the credit and the debit of one changed item for the next invoice.
fn leave_items(engine: &mut Engine, subscription: &Subscription, from: &Item, to: &Item, at: i64) {
    let side = |engine: &Engine, item: &Item| {
        let price = engine.state.prices.get(&item.price)?;
        let product = engine.state.products.get(&price.product).map_or_else(String::new, |p| p.name.clone());
        Some((Side { quantity: item.quantity, unit: price.unit }, product))
    };
    let (Some((old, old_name)), Some((new, new_name))) = (side(engine, from), side(engine, to)) else { return };
    let end = from.current_period_end;
    let worth = proration::prorate(old, new, (from.current_period_start, end), at);
    for (unused, amount, item, side, name) in
        [(true, worth.credit, from, old, old_name), (false, worth.debit, to, new, new_name)]
    {
        // Nothing is listed for none of something.
        if side.quantity == 0 {
            continue;
        }
        let line = InvoiceItem {
            id: engine.state.ids.next("ii_", 24),
            created: engine.now,
            customer: subscription.customer.clone(),
            subscription: subscription.id.clone(),
            subscription_item: item.id.clone(),
            price: item.price.clone(),
            amount,
            currency: subscription.currency.clone(),
            description: proration::describe(unused, side.quantity, &name, at),
            quantity: side.quantity,
            start: at,
            end,
            invoice: None,
        };
        let value = line.render(engine);
        engine.state.invoice_items.insert(line);
        engine.emit("invoiceitem.created", value, None);
    }
}

/// The period of an item of this price that begins now, or the trial before it.
pub fn first_period(now: i64, trial_end: Option<i64>, recurring: super::price::Recurring) -> (i64, i64) {
    match trial_end {
        Some(end) => (now, end),
        None => calendar::period(now, recurring.interval, recurring.count, now),
    }
}
