//! Payments that do not come: who is told what, and until when everything goes on.
//!
//! The provider tries again by itself. Usher opens a case for an invoice at its first failure, tells each step once,
//! and closes the case when the invoice is paid or taken back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::invoice::{Invoice, InvoiceStatus};

/// A further failure is told at most so often.
const TOLD_EVERY: Duration = Duration::from_hours(24);

/// An open case: an invoice that is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Since when: its first failure.
    pub opened_at: Timestamp,
    /// When somebody was told last.
    pub told_at: Option<Timestamp>,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The payment did not go through, the how manieth time.
    Failed(u32),
    /// The bank wants the payer's word.
    Confirm,
    /// It is paid after all.
    Recovered,
    /// The provider has given up.
    Ended,
}

impl Step {
    /// The name under which this step of an invoice is told only once.
    #[must_use]
    pub fn key(self, invoice: &Invoice) -> String {
        match self {
            Self::Failed(attempt) => format!("{}:failed:{attempt}", invoice.id),
            Self::Confirm => format!("{}:confirm", invoice.id),
            Self::Recovered => format!("{}:recovered", invoice.id),
            Self::Ended => format!("{}:ended", invoice.id),
        }
    }
}

/// What becomes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// There is none, and none is opened; or it stays as it is.
    Stay,
    /// Opened.
    Open,
    /// Closed.
    Close,
}

/// What a snapshot of an invoice does to its case, and what is to be told. `owed` is [`Invoice::is_owed`]; `given_up`
/// says that the provider tries no more, as far as the subscription knows.
#[must_use]
pub fn next(case: Option<Case>, invoice: &Invoice, owed: bool, given_up: bool, now: Timestamp) -> (Move, Option<Step>) {
    let given_up = given_up || invoice.status == InvoiceStatus::Uncollectible;
    let step = if given_up {
        Step::Ended
    } else if invoice.needs_confirmation {
        Step::Confirm
    } else {
        Step::Failed(invoice.attempts)
    };
    match (case, owed) {
        (None, false) => (Move::Stay, None),
        (None, true) => (Move::Open, Some(step)),
        (Some(_), false) => {
            let paid = invoice.status == InvoiceStatus::Paid;
            (Move::Close, paid.then_some(Step::Recovered))
        }
        (Some(case), true) => {
            let often = matches!(step, Step::Failed(_)) && case.told_at.is_some_and(|at| now.since(at) < TOLD_EVERY);
            (Move::Stay, (!often).then_some(step))
        }
    }
}
