//! What happens to an invoice that nobody pays: when it is tried again, and how it ends.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::invoice::Invoice;
use super::subscription::{self, Status};

const DAY: i64 = 86_400;

/// The account's setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dunning {
    /// The days after the first refusal on which it is tried again. Stripe's own days come from a model; these are ours.
    pub days: Vec<u32>,
    /// What the subscription becomes afterwards.
    pub end: End,
}

/// What a subscription becomes when no retry is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It ends.
    Cancel,
    /// It goes on, and its later invoices stay drafts.
    Unpaid,
    /// It stays as it is, and its later invoices are tried in their turn.
    PastDue,
}

impl Default for Dunning {
    fn default() -> Self {
        Self { days: vec![1, 3, 5, 7, 9, 11, 13, 14], end: End::Cancel }
    }
}

/// When an invoice that was refused is tried again. The first invoice of a subscription never is.
pub fn next_attempt(engine: &Engine, invoice: &Invoice) -> Option<i64> {
    if !invoice.auto_advance {
        return None;
    }
    let retry = usize::try_from(invoice.attempt_count).ok()?.checked_sub(1)?;
    let days = engine.state.dunning.days.get(retry)?;
    Some(invoice.first_failed_at? + i64::from(*days) * DAY)
}

/// No retry is left.
pub fn give_up(engine: &mut Engine, invoice: &Invoice) {
    let owing = |s: &subscription::Subscription| matches!(s.status, Status::PastDue | Status::Active);
    if !engine.state.subscriptions.get(&invoice.subscription).is_some_and(owing) {
        return;
    }
    match engine.state.dunning.end {
        End::Cancel => subscription::end(engine, &invoice.subscription, "payment_failed"),
        End::Unpaid => subscription::change(engine, &invoice.subscription, |s| s.status = Status::Unpaid),
        End::PastDue => {}
    }
}
