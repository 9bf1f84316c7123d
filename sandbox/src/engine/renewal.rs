//! The end of a period: the next one begins, and is billed in advance.

use super::calendar;
use super::invoice_draft::{self, Draft};
use super::invoice_line::{self, Line};
use super::subscription::{self, Status, Subscription};
use super::{Engine, HOUR, preview, trial};

/// The period of a subscription that ends now is followed by the next.
pub fn renew(engine: &mut Engine, id: &str) {
    let Some(old) = engine.state.subscriptions.get(id).cloned() else { return };
    let mut new = old.clone();
    if old.status == Status::Trialing && trial::ends(engine, &mut new) == trial::End::Over {
        return;
    }
    let ended = (old.period_start(), engine.now);
    let (new, lines) = next(engine, new, engine.now);
    engine.state.subscriptions.insert(new.clone());
    let collects = new.status != Status::Unpaid && !new.keeps_drafts();
    let wish = Draft {
        reason: "subscription_cycle",
        lines,
        with_pending: true,
        period: ended,
        proration_date: None,
        auto_advance: collects,
    };
    let invoice = invoice_draft::draft(engine, &new, wish);
    if let Some(invoice) = engine.state.invoices.get_mut(&invoice) {
        invoice.automatically_finalizes_at = collects.then_some(invoice.created + HOUR);
    }
    let before = old.render(engine);
    if let Ok(after) = subscription::get(engine, id) {
        engine.emit_update("customer.subscription.updated", &before, after);
    }
    invoice_draft::announce(engine, &invoice);
}

/// A subscription in its next periods, for those items whose period is over at second `at`, and what that costs: what
/// was used in the old ones, and the new ones in advance.
pub fn next(engine: &Engine, mut subscription: Subscription, at: i64) -> (Subscription, Vec<Line>) {
    let anchor = subscription.billing_cycle_anchor;
    let mut lines = Vec::new();
    for place in 0..subscription.items.len() {
        let item = &subscription.items[place];
        let recurring = engine.state.prices.get(&item.price).and_then(|price| price.recurring);
        let Some(recurring) = recurring.filter(|_| item.current_period_end <= at) else { continue };
        lines.extend(invoice_line::of_usage(engine, &subscription, item));
        let start = item.current_period_end;
        let (_, end) = calendar::period(anchor, recurring.interval, recurring.count, start);
        let item = &mut subscription.items[place];
        (item.current_period_start, item.current_period_end) = (start, end);
        lines.extend(invoice_line::of_period(engine, &subscription, &subscription.items[place]));
    }
    if subscription.cancel_at_period_end {
        subscription.cancel_at = Some(subscription.period_end());
    }
    (subscription, lines)
}

/// Tells of a renewal a week before: an invoice that nobody keeps.
pub fn announce_upcoming(engine: &mut Engine, id: &str) {
    let Some(subscription) = engine.state.subscriptions.get_mut(id) else { return };
    let end = subscription.items.iter().map(|item| item.current_period_end).min();
    subscription.upcoming_for = end;
    let Some(end) = end else { return };
    let subscription = subscription.clone();
    let mut value = preview::of_renewal(engine, subscription);
    value["next_payment_attempt"] = serde_json::json!(end + HOUR);
    engine.emit("invoice.upcoming", value, None);
}

/// Bills what waits, between two renewals.
pub fn bill_pending(engine: &mut Engine, id: &str) {
    let Some(subscription) = engine.state.subscriptions.get(id).cloned() else { return };
    let waits = engine.state.invoice_items.iter().any(|item| item.invoice.is_none() && item.subscription == id);
    let next = subscription.next_pending_after(engine.now);
    if waits {
        let collects = subscription.status != Status::Unpaid && !subscription.keeps_drafts();
        let wish = Draft {
            reason: "subscription_cycle",
            lines: Vec::new(),
            with_pending: true,
            period: (engine.now, engine.now),
            proration_date: None,
            auto_advance: collects,
        };
        let invoice = invoice_draft::draft(engine, &subscription, wish);
        if let Some(invoice) = engine.state.invoices.get_mut(&invoice) {
            invoice.automatically_finalizes_at = collects.then_some(invoice.created + HOUR);
        }
        invoice_draft::announce(engine, &invoice);
    }
    subscription::change(engine, id, |s| s.next_pending_invoice = next);
}
