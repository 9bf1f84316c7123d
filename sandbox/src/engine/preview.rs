//! `POST /v1/invoices/create_preview`: the invoice that a change would make, or the next one. Nothing is kept of it, and
//! its lines are made by what makes the real ones.

use serde_json::Value;

use super::change::{Change, Prorate};
use super::error::ApiError;
use super::invoice_draft::{self, Draft};
use super::invoice_item::{self, InvoiceItem};
use super::invoice_line::{self, Line};
use super::params::Params;
use super::subscription::{Status, Subscription};
use super::{Answer, Engine, customer, proration, renewal, subscription_change, subscription_create};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// The next invoice, with all that will stand on it.
    Next,
    /// What every later period costs.
    Recurring,
}

/// What an invoice would be made of.
struct Bill {
    subscription: Subscription,
    waiting: Vec<InvoiceItem>,
    lines: Vec<Line>,
    period: (i64, i64),
    proration_date: Option<i64>,
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let mode = match params.word("preview_mode", &["next", "recurring"])? {
        Some("recurring") => Mode::Recurring,
        _ => Mode::Next,
    };
    let customer = params.text("customer")?;
    if let Some(id) = &customer {
        customer::named(engine, id, "customer")?;
    }
    let details = params.hash("subscription_details")?;
    let bill = if let Some(id) = params.text("subscription")? {
        of_subscription(engine, &id, customer.as_deref(), details, mode, &params)?
    } else {
        let customer = customer.ok_or_else(|| ApiError::required("customer"))?;
        let details = details.ok_or_else(|| ApiError::required("subscription_details[items]"))?;
        of_nobody_yet(engine, &customer, details)?
    };
    params.finish()?;
    Ok(show(engine, &bill))
}

fn of_subscription(
    engine: &mut Engine,
    id: &str,
    customer: Option<&str>,
    details: Option<Params>,
    mode: Mode,
    params: &Params,
) -> Result<Bill, ApiError> {
    let old =
        engine.state.subscriptions.get(id).ok_or_else(|| ApiError::missing("subscription", id, "subscription"))?;
    if customer.is_some_and(|customer| customer != old.customer) {
        return Err(params.invalid("subscription", "The subscription does not belong to the customer."));
    }
    let old = old.clone();
    if old.is_ended() {
        return Err(none_upcoming(&old));
    }
    let mut details = details.unwrap_or_default();
    let ends_now = details.boolean("cancel_now")? == Some(true);
    let mut change = Change::read(engine, &old, &mut details)?;
    subscription_change::read_end(engine, &mut change.new, &mut details)?;
    details.finish()?;
    name(&mut change.new);
    if mode == Mode::Recurring {
        let mut later = change.new;
        later.start_periods(engine, engine.now.max(later.billing_cycle_anchor));
        let period = (engine.now, engine.now);
        let lines = invoice_line::of_periods(engine, &later);
        return Ok(Bill { subscription: later, waiting: Vec::new(), lines, period, proration_date: None });
    }
    let mut waiting: Vec<InvoiceItem> = invoice_item::pending(engine, id).cloned().collect();
    if ends_now {
        if change.prorate != Prorate::Never {
            waiting.extend(proration::of_end(engine, &old, change.at));
        }
        let period = (engine.now, engine.now);
        return Ok(Bill { subscription: old, waiting, lines: Vec::new(), period, proration_date: Some(change.at) });
    }
    let parts = change.prorations(engine);
    let whole = change.whole_periods(engine);
    let at_once = !whole.is_empty() || (change.prorate == Prorate::Now && !parts.is_empty());
    let proration_date = (!parts.is_empty()).then_some(change.at);
    waiting.extend(parts);
    if at_once {
        let (subscription, period) = (change.new, (engine.now, engine.now));
        return Ok(Bill { subscription, waiting, lines: whole, period, proration_date });
    }
    let mut bill = renewal(engine, change.new);
    (bill.waiting, bill.proration_date) = (waiting, proration_date);
    if bill.lines.is_empty() && bill.waiting.is_empty() {
        return Err(none_upcoming(&bill.subscription));
    }
    Ok(bill)
}

/// The invoice at the end of the current period, without what waits for it.
fn renewal(engine: &Engine, mut old: Subscription) -> Bill {
    let end = old.items.iter().map(|item| item.current_period_end).min().unwrap_or(engine.now);
    let period = (old.period_start(), end);
    if old.status == Status::Trialing {
        (old.status, old.billing_cycle_anchor) = (Status::Active, end);
    }
    let (subscription, lines) =
        if old.cancel_at.is_some_and(|at| at <= end) { (old, Vec::new()) } else { renewal::next(engine, old, end) };
    Bill { subscription, waiting: Vec::new(), lines, period, proration_date: None }
}

/// The next renewal as an invoice that nobody keeps.
pub fn of_renewal(engine: &Engine, subscription: Subscription) -> Value {
    let waiting = invoice_item::pending(engine, &subscription.id).cloned().collect();
    show(engine, &Bill { waiting, ..renewal(engine, subscription) })
}

/// The first invoice of a subscription that nobody has yet.
fn of_nobody_yet(engine: &mut Engine, customer: &str, mut details: Params) -> Result<Bill, ApiError> {
    details.word("proration_behavior", &["always_invoice", "create_prorations", "none"])?;
    let mut subscription = subscription_create::read(engine, customer, &mut details)?;
    name(&mut subscription);
    details.finish()?;
    let lines = invoice_line::of_periods(engine, &subscription);
    let period = (engine.now, engine.now);
    Ok(Bill { subscription, waiting: Vec::new(), lines, period, proration_date: None })
}

/// Names that only this preview has.
fn name(subscription: &mut Subscription) {
    for (place, item) in subscription.items.iter_mut().filter(|item| item.id.is_empty()).enumerate() {
        item.id = format!("si_tmp_{place}");
    }
}

fn show(engine: &Engine, bill: &Bill) -> Value {
    let id = format!("upcoming_in_{}", bill.subscription.id.trim_start_matches("sub_"));
    let mut count = 0;
    let lines = invoice_draft::gather(engine, &bill.waiting, bill.lines.clone(), &id, || {
        count += 1;
        format!("il_tmp_{count}")
    });
    let wish = Draft {
        reason: "upcoming",
        lines: Vec::new(),
        with_pending: false,
        period: bill.period,
        proration_date: bill.proration_date,
        auto_advance: true,
    };
    let mut invoice = invoice_draft::sheet(engine, &bill.subscription, &wish);
    (invoice.id, invoice.lines, invoice.created) = (id, lines, bill.period.1);
    // Such as it would be when it is final.
    let split = invoice.split(engine);
    let customer = engine.state.customers.get(&invoice.customer);
    invoice.starting_balance = customer.map_or(0, |customer| customer.balance);
    invoice.ending_balance = Some(split.ending);
    invoice.render(engine)
}

fn none_upcoming(subscription: &Subscription) -> ApiError {
    let message = format!("No upcoming invoices for customer: {}", subscription.customer);
    ApiError { status: 404, ..ApiError::bad(message).code("invoice_upcoming_none") }
}
