//! The end of a period: the next one begins, and is billed in advance.

use super::calendar;
use super::invoice::Invoice;
use super::invoice_draft::{self, Draft};
use super::invoice_line::Line;
use super::subscription::{self, Status, Subscription};
use super::{Engine, HOUR, trial};

/// The period of a subscription that ends now is followed by the next.
pub fn renew(engine: &mut Engine, id: &str) {
    let Some(old) = engine.state.subscriptions.get(id).cloned() else { return };
    let mut new = old.clone();
    if old.status == Status::Trialing && trial::ends(engine, &mut new) == trial::End::Over {
        return;
    }
    let ended = (old.period_start(), engine.now);
    let advanced = advance(engine, &mut new);
    engine.state.subscriptions.insert(new.clone());
    let lines = lines(engine, &new, &advanced);
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

/// Moves the items on whose period is over. Gives their places.
fn advance(engine: &Engine, subscription: &mut Subscription) -> Vec<usize> {
    let anchor = subscription.billing_cycle_anchor;
    let mut advanced = Vec::new();
    for (place, item) in subscription.items.iter_mut().enumerate() {
        let Some(recurring) = engine.state.prices.get(&item.price).and_then(|price| price.recurring) else { continue };
        if item.current_period_end > engine.now {
            continue;
        }
        let (_, end) = calendar::period(anchor, recurring.interval, recurring.count, item.current_period_end);
        (item.current_period_start, item.current_period_end) = (item.current_period_end, end);
        advanced.push(place);
    }
    if subscription.cancel_at_period_end {
        subscription.cancel_at = Some(subscription.period_end());
    }
    advanced
}

/// What the new periods cost in advance.
fn lines(engine: &mut Engine, new: &Subscription, advanced: &[usize]) -> Vec<Line> {
    let items = advanced.iter().filter_map(|place| new.items.get(*place));
    items.filter_map(|item| invoice_draft::line(engine, new, item, false)).collect()
}

/// Tells of a renewal a week before: an invoice that nobody keeps.
pub fn announce_upcoming(engine: &mut Engine, id: &str) {
    let Some(subscription) = engine.state.subscriptions.get_mut(id) else { return };
    let end = subscription.items.iter().map(|item| item.current_period_end).min();
    subscription.upcoming_for = end;
    let Some(end) = end else { return };
    let old = subscription.clone();
    let mut new = old.clone();
    // As it will be then, but without a trace.
    let now = std::mem::replace(&mut engine.now, end);
    if new.status == Status::Trialing {
        new.billing_cycle_anchor = end;
    }
    let advanced = advance(engine, &mut new);
    let lines = lines(engine, &new, &advanced);
    let preview = preview(engine, &new, lines, (old.period_start(), end));
    let mut value = preview.render(engine);
    value["next_payment_attempt"] = serde_json::json!(end + HOUR);
    engine.now = now;
    engine.emit("invoice.upcoming", value, None);
}

/// An invoice as it would be, with what waits for it.
fn preview(engine: &mut Engine, subscription: &Subscription, lines: Vec<Line>, period: (i64, i64)) -> Invoice {
    let mut preview = invoice_draft::blank(engine, subscription, "upcoming");
    preview.lines = invoice_draft::pending(engine, subscription);
    preview.lines.extend(lines);
    preview.auto_advance = true;
    (preview.period_start, preview.period_end) = period;
    preview
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
