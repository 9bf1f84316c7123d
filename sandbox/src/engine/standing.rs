//! What the fate of its invoices makes of a subscription.

use super::Engine;
use super::invoice::{self, Invoice};
use super::pause;
use super::pending_update;
use super::subscription::{self, Status};

/// One of its invoices was paid.
pub fn paid(engine: &mut Engine, invoice: &Invoice) {
    pending_update::paid(engine, invoice);
    pause::paid(engine, invoice);
    let Some(subscription) = engine.state.subscriptions.get(&invoice.subscription) else { return };
    let becomes_active = match subscription.status {
        Status::Incomplete => invoice.billing_reason == "subscription_create",
        Status::PastDue | Status::Unpaid => is_latest(engine, invoice),
        _ => false,
    };
    if becomes_active {
        subscription::change(engine, &invoice.subscription, |s| s.status = Status::Active);
    }
}

/// The money of one of its invoices could not be collected.
pub fn failed(engine: &mut Engine, invoice: &Invoice) {
    // Nothing is owed for what has not happened.
    if pending_update::of_invoice(engine, invoice).is_some() {
        return;
    }
    let Some(subscription) = engine.state.subscriptions.get(&invoice.subscription) else { return };
    if matches!(subscription.status, Status::Active | Status::Trialing) && is_latest(engine, invoice) {
        subscription::change(engine, &invoice.subscription, |s| s.status = Status::PastDue);
    }
}

/// One of its invoices is not wanted any more: void or uncollectible.
pub fn forgiven(engine: &mut Engine, invoice: &Invoice) {
    pending_update::forgiven(engine, invoice);
    let Some(subscription) = engine.state.subscriptions.get(&invoice.subscription) else { return };
    let status = match subscription.status {
        Status::Incomplete if invoice.status == invoice::Status::Void => Status::IncompleteExpired,
        Status::PastDue if is_latest(engine, invoice) => Status::Active,
        _ => return,
    };
    let now = engine.now;
    subscription::change(engine, &invoice.subscription, |s| {
        s.status = status;
        if s.is_ended() {
            s.ended_at = Some(now);
        }
    });
}

/// Whether no later invoice of the subscription is final.
fn is_latest(engine: &Engine, invoice: &Invoice) -> bool {
    let of = |i: &&Invoice| i.subscription == invoice.subscription && i.finalized_at.is_some();
    engine.state.invoices.iter().rev().find(of).is_some_and(|latest| latest.id == invoice.id)
}
