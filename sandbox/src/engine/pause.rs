//! Two pauses that are easily mixed up: of the collection of money (the service goes on), and of the subscription.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice::Invoice;
use super::invoice_draft::{self, Draft};
use super::invoice_line;
use super::params::Params;
use super::subscription::{self, Status, Subscription};
use super::{Answer, Engine, calendar, collection, invoice_finalize, schedule};

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
    if schedule::of(engine, id).is_some() {
        return Err(ApiError::bad("A subscription that a schedule manages cannot be paused."));
    }
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
    if keeps_period && engine.now < old.period_end() {
        go_on(engine, id, None);
        return subscription::get(engine, id);
    }
    let mut new = old;
    begin_anew(engine, &mut new, engine.now);
    let invoice = bill(engine, &new, waits);
    if !waits {
        // As Stripe has it, nobody tries to collect that invoice until somebody pays it.
        invoice_finalize::finalize(engine, &invoice);
        go_on(engine, id, Some(engine.now));
        return subscription::get(engine, id);
    }
    if let Some(subscription) = engine.state.subscriptions.get_mut(id) {
        subscription.resumes_with = Some(invoice.clone());
    }
    invoice_finalize::finalize(engine, &invoice);
    collection::attempt(engine, &invoice, &collection::Attempt::default());
    subscription::get(engine, id)
}

/// An invoice was paid: a subscription that waited for its money goes on, from when it was asked to.
pub fn paid(engine: &mut Engine, invoice: &Invoice) {
    let waits = |s: &Subscription| s.status == Status::Paused && s.resumes_with.as_ref() == Some(&invoice.id);
    if engine.state.subscriptions.get(&invoice.subscription).is_some_and(waits) {
        go_on(engine, &invoice.subscription, Some(invoice.created));
    }
}

/// It is active again, with new periods from `anew` on or with the old ones.
fn go_on(engine: &mut Engine, id: &str, anew: Option<i64>) {
    let Some(old) = engine.state.subscriptions.get(id).cloned() else { return };
    let mut new = old.clone();
    if let Some(at) = anew {
        begin_anew(engine, &mut new, at);
    }
    (new.status, new.paused_for, new.resumes_with) = (Status::Active, None, None);
    let (before, after) = (old.render(engine), new.render(engine));
    engine.state.subscriptions.insert(new);
    engine.emit_update("customer.subscription.updated", &before, after.clone());
    engine.emit("customer.subscription.resumed", after, None);
}

fn begin_anew(engine: &Engine, subscription: &mut Subscription, at: i64) {
    subscription.billing_cycle_anchor = at;
    for item in &mut subscription.items {
        let Some(recurring) = engine.state.prices.get(&item.price).and_then(|price| price.recurring) else { continue };
        let period = calendar::period(at, recurring.interval, recurring.count, at);
        (item.current_period_start, item.current_period_end) = period;
    }
}

/// The invoice with which a subscription goes on, as a draft.
fn bill(engine: &mut Engine, subscription: &Subscription, collects: bool) -> String {
    let wish = Draft {
        reason: "subscription_update",
        lines: invoice_line::of_periods(engine, subscription),
        with_pending: true,
        period: (engine.now, engine.now),
        proration_date: None,
        auto_advance: collects,
    };
    let invoice = invoice_draft::draft(engine, subscription, wish);
    invoice_draft::announce(engine, &invoice);
    invoice
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
