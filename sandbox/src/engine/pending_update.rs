//! Changes that wait for their money: they happen when their invoice is paid, and not at all when it is not.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::invoice::{self, Invoice};
use super::invoice_change;
use super::params::Metadata;
use super::subscription::{self, Status, Subscription};
use super::subscription_item::Item;
use super::{Engine, HOUR};

/// What is going to change, and what must be paid for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingUpdate {
    pub expires_at: i64,
    pub invoice: String,
    pub items: Vec<Item>,
    pub status: Status,
    pub billing_cycle_anchor: i64,
    pub trial_end: Option<i64>,
    pub cancel_at: Option<i64>,
    pub cancel_at_period_end: bool,
    pub metadata: Metadata,
    /// Its first payment is still being tried, so whoever asked for it is told by the answer.
    pub fresh: bool,
}

impl PendingUpdate {
    /// The change from `old` to `new`, which this invoice is for.
    pub fn new(now: i64, old: &Subscription, new: &Subscription, invoice: &str) -> Self {
        let soonest = old.items.iter().map(|item| item.current_period_end).chain(old.trial_end);
        let soonest = soonest.filter(|end| *end > now).min().unwrap_or(i64::MAX);
        Self {
            expires_at: soonest.min(now + 23 * HOUR),
            invoice: invoice.to_owned(),
            items: new.items.clone(),
            status: new.status,
            billing_cycle_anchor: new.billing_cycle_anchor,
            trial_end: new.trial_end,
            cancel_at: new.cancel_at,
            cancel_at_period_end: new.cancel_at_period_end,
            metadata: new.metadata.clone(),
            fresh: true,
        }
    }

    pub fn render(&self, engine: &Engine, owner: &Subscription) -> Value {
        let items: Vec<Value> = self.items.iter().map(|item| item.render(engine, &owner.id)).collect();
        let anew = self.billing_cycle_anchor != owner.billing_cycle_anchor;
        let ending = self.cancel_at_period_end != owner.cancel_at_period_end;
        json!({
            "billing_cycle_anchor": anew.then_some(self.billing_cycle_anchor),
            "cancel_at_period_end": ending.then_some(self.cancel_at_period_end),
            "discounts": null,
            "expires_at": self.expires_at,
            "metadata": (self.metadata != owner.metadata).then_some(&self.metadata),
            "subscription_items": items,
            "trial_end": self.trial_end.filter(|_| self.trial_end != owner.trial_end),
            "trial_from_plan": null,
        })
    }

    /// Lets it happen.
    pub fn apply(self, subscription: &mut Subscription) {
        subscription.items = self.items;
        subscription.billing_cycle_anchor = self.billing_cycle_anchor;
        subscription.trial_end = self.trial_end;
        subscription.cancel_at = self.cancel_at;
        subscription.cancel_at_period_end = self.cancel_at_period_end;
        subscription.metadata = self.metadata;
        if subscription.status != Status::PastDue {
            subscription.status = self.status;
        }
        subscription.pending_update = None;
    }
}

/// The change that an invoice is for, if it still waits.
pub fn of_invoice<'a>(engine: &'a Engine, invoice: &Invoice) -> Option<&'a PendingUpdate> {
    let subscription = engine.state.subscriptions.get(&invoice.subscription)?;
    subscription.pending_update.as_ref().filter(|update| update.invoice == invoice.id)
}

/// An invoice was paid: what waited for it happens.
pub fn paid(engine: &mut Engine, invoice: &Invoice) {
    let Some(update) = of_invoice(engine, invoice).filter(|update| !update.fresh).cloned() else { return };
    subscription::change(engine, &invoice.subscription, |subscription| update.apply(subscription));
    tell(engine, &invoice.subscription, "customer.subscription.pending_update_applied");
}

/// An invoice is not wanted any more, so what waited for it does not happen.
pub fn forgiven(engine: &mut Engine, invoice: &Invoice) {
    if of_invoice(engine, invoice).is_some() {
        drop_it(engine, &invoice.subscription);
    }
}

/// Gives up what waits on a subscription and voids its invoice.
pub fn discard(engine: &mut Engine, subscription: &str) {
    let update = engine.state.subscriptions.get(subscription).and_then(|s| s.pending_update.clone());
    let Some(update) = update else { return };
    if engine.state.invoices.get(&update.invoice).is_some_and(|invoice| invoice.status == invoice::Status::Open) {
        // Which comes back here by [`forgiven`].
        invoice_change::void_open(engine, &update.invoice);
    }
    drop_it(engine, subscription);
}

fn drop_it(engine: &mut Engine, subscription: &str) {
    if engine.state.subscriptions.get(subscription).is_none_or(|s| s.pending_update.is_none()) {
        return;
    }
    subscription::change(engine, subscription, |subscription| subscription.pending_update = None);
    tell(engine, subscription, "customer.subscription.pending_update_expired");
}

fn tell(engine: &mut Engine, subscription: &str, kind: &str) {
    if let Ok(value) = subscription::get(engine, subscription) {
        engine.emit(kind, value, None);
    }
}
