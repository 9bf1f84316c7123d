//! Changes to a subscription, done: what they cost is invoiced or waits, and money that does not come is dealt with as
//! was asked.

use super::change::{Change, Prorate};
use super::collection::{self, Attempt, Collected};
use super::error::ApiError;
use super::invoice;
use super::invoice_change;
use super::invoice_draft::{self, Draft};
use super::invoice_finalize;
use super::invoice_item::{self, InvoiceItem};
use super::invoice_line::Line;
use super::limit;
use super::params::Params;
use super::pending_update::{self, PendingUpdate};
use super::price::Recurring;
use super::proration;
use super::subscription::{self, Status, Subscription};
use super::{Answer, Engine, pause, schedule, trial};

/// What is done when money does not come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The change stands, and the money is owed.
    Allow,
    /// It is not even tried: whoever asked does that.
    Leave,
    /// Nothing of it has happened.
    Refuse,
    /// The change waits for the money.
    Wait,
}

impl Payment {
    pub fn read(params: &mut Params) -> Result<Self, ApiError> {
        const WORDS: &[&str] =
            &["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"];
        params.boolean("off_session")?;
        Ok(match params.word("payment_behavior", WORDS)? {
            Some("default_incomplete") => Self::Leave,
            Some("error_if_incomplete") => Self::Refuse,
            Some("pending_if_incomplete") => Self::Wait,
            _ => Self::Allow,
        })
    }
}

/// `POST /v1/subscriptions/{id}`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = engine.state.subscriptions.get(id).ok_or_else(|| ApiError::no_such("subscription", id))?.clone();
    if old.is_ended() {
        return update_ended(engine, old, params);
    }
    let payment = Payment::read(&mut params)?;
    if payment == Payment::Wait {
        check_waiting(&params)?;
    }
    if old.status == Status::Incomplete && params.has("items") {
        return Err(params.invalid("items", "The items of an incomplete subscription cannot change before it is paid."));
    }
    let mut change = Change::read(engine, &old, &mut params)?;
    let new = &mut change.new;
    new.metadata = params.metadata("metadata", &old.metadata)?;
    if let Some(description) = params.patch("description")? {
        new.description = description;
    }
    if let Some(method) = params.patch("default_payment_method")? {
        new.default_payment_method = method.map(|method| own_method(engine, &old.customer, method)).transpose()?;
    }
    read_pending_interval(engine, new, &mut params)?;
    params.word("collection_method", &["charge_automatically"])?;
    read_end(engine, new, &mut params)?;
    pause::read_collection(engine, new, &mut params)?;
    trial::read_settings(new, &mut params)?;
    subscription::read_cancellation(&mut new.cancellation, &mut params)?;
    params.finish()?;
    make(engine, change, payment)?;
    schedule::subscription_changed(engine, id);
    subscription::get(engine, id)
}

/// `POST /v1/subscription_items/{id}`.
pub fn update_item(engine: &mut Engine, id: &str, item: &str, mut params: Params) -> Result<(), ApiError> {
    let old = engine.state.subscriptions.get(id).ok_or_else(|| ApiError::no_such("subscription", id))?.clone();
    if old.is_ended() || old.status == Status::Incomplete {
        return Err(ApiError::bad(format!(
            "The items of a subscription that is {} cannot change.",
            old.status.as_str()
        )));
    }
    let payment = Payment::read(&mut params)?;
    let change = Change::of_item(engine, &old, item, params)?;
    make(engine, change, payment)?;
    schedule::subscription_changed(engine, id);
    Ok(())
}

fn update_ended(engine: &mut Engine, mut subscription: Subscription, mut params: Params) -> Answer {
    let before = subscription.render(engine);
    subscription.metadata = params.metadata("metadata", &subscription.metadata)?;
    subscription::read_cancellation(&mut subscription.cancellation, &mut params)?;
    if params.finish().is_err() {
        return Err(ApiError::bad("A canceled subscription can only update its cancellation_details and metadata."));
    }
    let after = subscription.render(engine);
    engine.state.subscriptions.insert(subscription);
    engine.emit_update("customer.subscription.updated", &before, after.clone());
    Ok(after)
}

/// The name of a card, if it is this customer's.
pub fn own_method(engine: &Engine, customer: &str, method: String) -> Result<String, ApiError> {
    let known = engine.state.payment_methods.get(&method);
    if known.is_none_or(|known| known.customer.as_deref() != Some(customer)) {
        return Err(ApiError::missing("PaymentMethod", &method, "default_payment_method"));
    }
    Ok(method)
}

/// What may be said together with `pending_if_incomplete`.
fn check_waiting(params: &Params) -> Result<(), ApiError> {
    const NEVER: [&str; 8] = [
        "cancel_at",
        "cancellation_details",
        "collection_method",
        "default_payment_method",
        "description",
        "pause_collection",
        "payment_settings",
        "pending_invoice_item_interval",
    ];
    match NEVER.iter().find(|name| params.has(name)) {
        None => Ok(()),
        Some(name) => Err(params.invalid(
            name,
            format!("When `payment_behavior` is set to `pending_if_incomplete`, you cannot pass `{name}`: only what can wait for its payment."),
        )),
    }
}

/// Takes `pending_invoice_item_interval`.
pub fn read_pending_interval(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
    if !params.has("pending_invoice_item_interval") {
        return Ok(());
    }
    let interval = match params.hash("pending_invoice_item_interval")? {
        None => None,
        Some(given) => Some(super::price::read_interval(given)?),
    };
    new.pending_interval = interval;
    new.next_pending_invoice = new.next_pending_after(engine.now);
    Ok(())
}

/// Takes `cancel_at_period_end` and `cancel_at`.
pub fn read_end(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
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

/// Makes a change that was read.
fn make(engine: &mut Engine, mut change: Change, payment: Payment) -> Result<(), ApiError> {
    limit::quantities(engine, &change)?;
    for item in change.new.items.iter_mut().filter(|item| item.id.is_empty()) {
        item.id = engine.state.ids.next("si_", 14);
    }
    let parts = change.prorations(engine);
    let whole = change.whole_periods(engine);
    let bills = !whole.is_empty() || (change.prorate == Prorate::Now && !parts.is_empty());
    if bills {
        limit::invoices(engine, &change.old.id)?;
    }
    limit::lines(engine, &change.old.id, parts.len() + whole.len())?;
    // Only a refusal must be able to leave everything as it was.
    let kept = (payment == Payment::Refuse && bills).then(|| engine.state.clone());
    limit::count(engine, &change);
    if change.names_items {
        pending_update::discard(engine, &change.old.id);
    }
    let parts = name(engine, parts);
    if payment == Payment::Wait && bills {
        wait(engine, &change, &parts, whole);
        return Ok(());
    }
    let id = change.old.id.clone();
    let before = engine.state.subscriptions.get(&id).map(|known| known.render(engine));
    for item in parts {
        engine.state.invoice_items.insert(item);
    }
    let at = change.at;
    let counted = engine.state.subscriptions.get(&id).map_or_else(Vec::new, |known| known.quantity_changes.clone());
    let mut new = Subscription { quantity_changes: counted, ..change.new.clone() };
    new.pending_update = new.pending_update.filter(|_| !change.names_items);
    engine.state.subscriptions.insert(new);
    let bill = bills.then(|| {
        let wish = bill(engine, whole, true, at);
        invoice_draft::draft(engine, &change.new, wish)
    });
    if let (Some(before), Ok(after)) = (before, subscription::get(engine, &id)) {
        engine.emit_update("customer.subscription.updated", &before, after);
    }
    let Some(bill) = bill else { return Ok(()) };
    let collected = collect(engine, &bill, payment);
    if payment == Payment::Leave && collected == Collected::Action {
        subscription::change(engine, &id, |subscription| {
            if subscription.status == Status::Active {
                subscription.status = Status::PastDue;
            }
        });
    }
    match (kept, refusal(collected)) {
        (Some(kept), Some(error)) => {
            let failing = engine.state.failing_payments;
            *engine.state = kept;
            engine.state.failing_payments = failing;
            Err(error)
        }
        _ => Ok(()),
    }
}

/// What the end of a subscription gives back, and the last invoice. Both only if they are asked for.
pub fn settle_end(engine: &mut Engine, subscription: &Subscription, prorate: bool, invoice_now: bool) {
    let parts = if prorate { proration::of_end(engine, subscription, engine.now) } else { Vec::new() };
    for item in name(engine, parts) {
        engine.state.invoice_items.insert(item);
    }
    if !invoice_now || invoice_item::pending(engine, &subscription.id).next().is_none() {
        return;
    }
    let wish = bill(engine, Vec::new(), true, engine.now);
    let bill = invoice_draft::draft(engine, subscription, wish);
    collect(engine, &bill, Payment::Allow);
}

/// Gives names to pending items and tells of them; they are not kept yet.
fn name(engine: &mut Engine, mut items: Vec<InvoiceItem>) -> Vec<InvoiceItem> {
    for item in &mut items {
        item.id = engine.state.ids.next("ii_", 24);
        let value = item.render(engine);
        engine.emit("invoiceitem.created", value, None);
    }
    items
}

fn bill(engine: &Engine, lines: Vec<Line>, with_pending: bool, at: i64) -> Draft<'static> {
    let now = engine.now;
    Draft {
        reason: "subscription_update",
        lines,
        with_pending,
        period: (now, now),
        proration_date: Some(at),
        auto_advance: true,
    }
}

/// Invoices and collects; [`Collected::Action`] also where it was left to whoever asked.
pub fn collect(engine: &mut Engine, bill: &str, payment: Payment) -> Collected {
    invoice_draft::announce(engine, bill);
    invoice_finalize::finalize(engine, bill);
    if engine.state.invoices.get(bill).is_some_and(|invoice| invoice.status == invoice::Status::Paid) {
        return Collected::Paid;
    }
    if payment == Payment::Leave {
        return Collected::Action;
    }
    collection::attempt(engine, bill, &Attempt::default())
}

/// What is said to somebody who wanted all or nothing.
pub fn refusal(collected: Collected) -> Option<ApiError> {
    match collected {
        Collected::Paid | Collected::NotOpen => None,
        Collected::Declined(decline) => Some(ApiError::from(decline)),
        Collected::NoMethod => Some(invoice_change::no_method()),
        Collected::Action => Some(
            ApiError::new(402, "card_error", "Your card was declined. This transaction requires authentication.")
                .code("subscription_payment_intent_requires_action"),
        ),
    }
}

/// Lets a change wait for its money, which is asked for at once.
fn wait(engine: &mut Engine, change: &Change, parts: &[InvoiceItem], whole: Vec<Line>) {
    let id = &change.old.id;
    let Some(before) = engine.state.subscriptions.get(id).map(|known| known.render(engine)) else { return };
    let lines = parts.iter().map(|item| item.line(engine)).chain(whole).collect();
    // It is not tried again by itself: without the money the change is given up.
    let wish = Draft { auto_advance: false, ..bill(engine, lines, false, change.at) };
    let bill = invoice_draft::draft(engine, &change.old, wish);
    for item in parts {
        engine.state.invoice_items.insert(InvoiceItem { invoice: Some(bill.clone()), ..item.clone() });
    }
    let update = PendingUpdate::new(engine.now, &change.old, &change.new, &bill);
    if let Some(subscription) = engine.state.subscriptions.get_mut(id) {
        subscription.pending_update = Some(update);
    }
    let paid = collect(engine, &bill, Payment::Wait) == Collected::Paid;
    if let Some(subscription) = engine.state.subscriptions.get_mut(id)
        && let Some(mut update) = subscription.pending_update.take()
    {
        if paid {
            update.apply(subscription);
        } else {
            update.fresh = false;
            subscription.pending_update = Some(update);
        }
    }
    if let Ok(after) = subscription::get(engine, id) {
        engine.emit_update("customer.subscription.updated", &before, after);
    }
}

/// The period of an item of this price that begins now, or the trial before it.
pub fn first_period(now: i64, trial_end: Option<i64>, recurring: Recurring) -> (i64, i64) {
    match trial_end {
        Some(end) => (now, end),
        None => super::calendar::period(now, recurring.interval, recurring.count, now),
    }
}
