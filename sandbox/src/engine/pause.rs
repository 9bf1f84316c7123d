//! Two pauses that are easily mixed up: of the collection of money (the service goes on), and of the subscription.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice_draft::{self, Draft};
use super::invoice_line;
use super::params::Params;
use super::subscription::{self, Status, Subscription};
use super::{Answer, Engine, HOUR, calendar, collection, invoice_finalize};

/// What becomes of invoices while nothing is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behavior {
    KeepAsDraft,
    MarkUncollectible,
    Void,
}

/// Nothing is collected for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionPause {
    pub behavior: Behavior,
    pub resumes_at: Option<i64>,
}

/// Takes `pause_collection`; empty ends it.
pub fn read_collection(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<(), ApiError> {
    // A hash, or an empty text that takes it away.
    if params.clone().patch("pause_collection").is_ok_and(|given| given == Some(None)) {
        params.patch("pause_collection")?;
        new.pause_collection = None;
        return Ok(());
    }
    let Some(mut given) = params.hash("pause_collection")? else { return Ok(()) };
    let behavior = match given.word("behavior", &["keep_as_draft", "mark_uncollectible", "void"])? {
        Some("keep_as_draft") => Behavior::KeepAsDraft,
        Some("mark_uncollectible") => Behavior::MarkUncollectible,
        Some(_) => Behavior::Void,
        None => return Err(ApiError::required(given.name("behavior"))),
    };
    let resumes_at = given.integer("resumes_at")?;
    if resumes_at.is_some_and(|at| at <= engine.now) {
        return Err(given.invalid("resumes_at", "This timestamp must be in the future."));
    }
    given.finish()?;
    new.pause_collection = Some(CollectionPause { behavior, resumes_at });
    Ok(())
}

/// Collection goes on; drafts that were kept stay drafts.
pub fn end_collection_pause(engine: &mut Engine, id: &str) {
    subscription::change(engine, id, |s| s.pause_collection = None);
}

/// Pauses a subscription, with the reason that its details tell.
pub fn stop(engine: &mut Engine, id: &str, reason: &str) {
    let now = engine.now;
    subscription::change(engine, id, |s| {
        s.status = Status::Paused;
        s.paused_for = Some((reason.to_owned(), now));
    });
    if let Ok(value) = subscription::get(engine, id) {
        engine.emit("customer.subscription.paused", value, None);
    }
}

/// `POST /v1/subscriptions/{id}/pause`.
pub fn pause(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let known = engine.state.subscriptions.get(id).ok_or_else(|| ApiError::no_such("subscription", id))?;
    let (status, leaves) = (known.status, known.cancel_at.is_some());
    if params.word("type", &["subscription"])?.is_none() {
        return Err(ApiError::required("type"));
    }
    for name in ["bill_for", "invoicing_behavior"] {
        if params.hash(name).is_ok_and(|given| given.is_some()) {
            return Err(params.invalid(name, format!("The sandbox does not simulate {name} when pausing.")));
        }
    }
    params.finish()?;
    if !matches!(status, Status::Active | Status::Trialing | Status::PastDue) || leaves {
        let status = status.as_str();
        return Err(ApiError::bad(format!("This subscription cannot be paused: it is {status} or set to end.")));
    }
    stop(engine, id, "pause_requested");
    subscription::get(engine, id)
}

/// `POST /v1/subscriptions/{id}/resume`: a new period begins now, unless the old one is to go on.
pub fn resume(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = engine.state.subscriptions.get(id).ok_or_else(|| ApiError::no_such("subscription", id))?.clone();
    let keeps_period = match params.hash("billing_cycle_anchor")? {
        Some(mut anchor) => {
            let word = anchor.word("type", &["now", "unchanged"])?;
            anchor.finish()?;
            word == Some("unchanged")
        }
        None => false,
    };
    let behaviors = &["resume_on_payment_attempt", "resume_on_payment_success"];
    let waits = params.word("payment_behavior", behaviors)? == Some("resume_on_payment_success");
    if params.word("proration_behavior", &["always_invoice", "create_prorations", "none"])?.is_some_and(|w| w != "none")
    {
        return Err(params.invalid("proration_behavior", "The sandbox simulates resuming without prorations only."));
    }
    params.finish()?;
    if old.status != Status::Paused {
        return Err(ApiError::bad("Only paused subscriptions can be resumed."));
    }
    let mut new = old.clone();
    new.paused_for = None;
    new.status = Status::Active;
    if keeps_period && engine.now < old.period_end() {
        engine.state.subscriptions.insert(new);
        return resumed(engine, &old);
    }
    new.billing_cycle_anchor = engine.now;
    for item in &mut new.items {
        let Some(recurring) = engine.state.prices.get(&item.price).and_then(|price| price.recurring) else { continue };
        let period = calendar::period(engine.now, recurring.interval, recurring.count, engine.now);
        (item.current_period_start, item.current_period_end) = period;
    }
    let invoice = bill(engine, &new);
    if waits {
        // Paused until the money is there; then it goes on as it would have now.
        let paid = collection::attempt(engine, &invoice, &collection::Attempt::default());
        if paid != collection::Collected::Paid {
            return subscription::get(engine, id);
        }
    }
    if let Some(known) = engine.state.subscriptions.get(id) {
        new.latest_invoice.clone_from(&known.latest_invoice);
    }
    engine.state.subscriptions.insert(new);
    resumed(engine, &old)
}

/// The invoice with which a subscription goes on: open.
fn bill(engine: &mut Engine, subscription: &Subscription) -> String {
    let wish = Draft {
        reason: "subscription_update",
        lines: invoice_line::of_periods(engine, subscription),
        with_pending: true,
        period: (engine.now, engine.now),
        proration_date: None,
        auto_advance: true,
    };
    let invoice = invoice_draft::draft(engine, subscription, wish);
    invoice_draft::announce(engine, &invoice);
    invoice_finalize::finalize(engine, &invoice);
    if let Some(invoice) = engine.state.invoices.get_mut(&invoice)
        && invoice.status == super::invoice::Status::Open
    {
        invoice.next_payment_attempt = Some(engine.now + HOUR);
    }
    invoice
}

fn resumed(engine: &mut Engine, old: &Subscription) -> Answer {
    let before = old.render(engine);
    let after = subscription::get(engine, &old.id)?;
    engine.emit_update("customer.subscription.updated", &before, after.clone());
    engine.emit("customer.subscription.resumed", after.clone(), None);
    Ok(after)
}

/// `pause_collection`, as subscriptions show it.
pub fn render_collection(pause: Option<&CollectionPause>) -> Value {
    pause.map_or(Value::Null, |pause| json!({ "behavior": pause.behavior, "resumes_at": pause.resumes_at }))
}

/// `status_details`: why it is paused.
pub fn details(subscription: &Subscription) -> Value {
    let paused = subscription.paused_for.as_ref().filter(|_| subscription.status == Status::Paused);
    paused.map_or(Value::Null, |(reason, at)| {
        json!({ "paused": { "subscription": { "type": reason }, "transitioned_at": at, "type": "subscription" } })
    })
}
