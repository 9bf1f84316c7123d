//! How often Stripe lets one subscription be billed and changed.

use super::Engine;
use super::change::Change;
use super::error::ApiError;
use super::invoice_item;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Of one invoice.
const LINES: usize = 250;

/// Refuses one invoice too many: ten in a minute, twenty in a day.
pub fn invoices(engine: &Engine, subscription: &str) -> Result<(), ApiError> {
    let ours = |span: i64| {
        let recent = engine.state.invoices.iter().filter(|invoice| invoice.created > engine.now - span);
        recent.filter(|invoice| invoice.subscription == subscription).count()
    };
    if engine.state.unlimited || (ours(MINUTE) < 10 && ours(DAY) < 20) {
        return Ok(());
    }
    Err(too_many(
        "You cannot create more than 10 invoices a minute, or 20 a day, for one subscription. Try again later.",
    ))
}

/// Refuses one change of quantity too many: two hundred in an hour.
pub fn quantities(engine: &Engine, change: &Change) -> Result<(), ApiError> {
    let recent = |at: &&i64| **at > engine.now - HOUR;
    if engine.state.unlimited || !counts(change) || change.old.quantity_changes.iter().filter(recent).count() < 200 {
        return Ok(());
    }
    Err(too_many("You cannot change quantities of one subscription more than 200 times in an hour. Try again later."))
}

/// Counts a change that was let through.
pub fn count(engine: &mut Engine, change: &Change) {
    let now = engine.now;
    let counted = engine.state.subscriptions.get_mut(&change.old.id).filter(|_| counts(change));
    if let Some(subscription) = counted {
        subscription.quantity_changes.retain(|at| *at > now - HOUR);
        subscription.quantity_changes.push(now);
    }
}

fn counts(change: &Change) -> bool {
    let same = |to: &super::subscription_item::Item| {
        change.old.items.iter().any(|from| from.id == to.id && from.quantity == to.quantity)
    };
    !change.new.items.iter().all(same)
}

/// Refuses more lines than an invoice holds.
pub fn lines(engine: &Engine, subscription: &str, more: usize) -> Result<(), ApiError> {
    if more == 0 || engine.state.unlimited || invoice_item::pending(engine, subscription).count() + more <= LINES {
        return Ok(());
    }
    Err(ApiError::bad(format!(
        "An invoice can have at most {LINES} lines, and so many wait for the next one already. Invoice them first."
    )))
}

fn too_many(message: &str) -> ApiError {
    ApiError::new(429, "invalid_request_error", message).code("rate_limit").because("resource-specific")
}
