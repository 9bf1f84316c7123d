//! How many seats are billed, and when that number moves.
//!
//! Four numbers, each with one meaning, here and on every screen:
//!
//! - *held*: members on seats and invitations that reserve one. The cap counts these ([`crate::SeatCount::held`]).
//! - *active*: members on seats. Only they are ever billed ([`crate::SeatCount`]).
//! - *billable*: how many of them are charged one by one: at least the plan's fewest, less what the base includes
//!   ([`crate::plan::SeatRule::billable`]).
//! - *over*: how many of them are beyond the cap, where the plan allows that at a price of its own
//!   ([`crate::plan::SeatRule::over`]).
//!
//! What is sent to the provider is always one of the last two as a whole number, never one more or one less. It follows
//! the members up as the plan says ([`Growth`]), and down as the plan says ([`Shrink`]). In between, what was paid for a
//! period stays paid: a seat that somebody has left is free for the next one, at no charge, until the period ends.
//!
//! The rules of [`next`], in this order:
//!
//! 1. What is left over from the period before is given back from the first second of this one: the provider turned the
//!    period with seats that nobody held.
//! 2. A seat that was added today and is given up today costs nothing: both count from the beginning of the day.
//! 3. Shortly before the period ends, the number for the next one is set, and no money moves.
//! 4. Where the plan says so, fewer seats are fewer at once, and the rest of the period is given back.
//! 5. Seats that are paid for until the period's end and were only lowered for the next one come back for nothing.
//! 6. More seats are paid from the beginning of the day on which they are needed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::time::Period;

/// So long before a period ends, the number of seats for the next one is set.
pub const WINDOW: Duration = Duration::from_hours(2);

/// When more seats are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// On the next invoice; with a yearly price on one at the end of the month, so that no year is free.
    #[default]
    NextInvoice,
    /// On an invoice of its own, at once.
    Invoice,
}

/// When fewer seats are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shrink {
    /// From the next period on.
    #[default]
    Renewal,
    /// At once: what is left of the period is a credit on the next invoice.
    Now,
}

/// A line of billed seats at the provider, with what we have written down about its running period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billed {
    /// How many are billed there now.
    pub quantity: u32,
    /// How many the period began with, if it followed another one of the same subscription: what was bought with the
    /// first one was wanted.
    pub renewed_with: Option<u32>,
    /// How many were needed when this period was first seen.
    pub owed: u32,
    /// What was raised today, or on the last day on which it was.
    pub raised: Option<Raised>,
    /// How many are paid for until the period's end, after the number was lowered for the next one.
    pub kept: Option<u32>,
}

/// A raise whose money has not left the day it was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The beginning of that day, or of the period if that is later.
    pub day: Timestamp,
    /// How many were billed before it.
    pub before: u32,
}

/// How the money of a change moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowPaid {
    /// Not at all: it is paid already, or it counts from the next period.
    Nothing,
    /// The difference rides on the next invoice.
    NextInvoice {
        /// From when it is counted.
        since: Timestamp,
    },
    /// The difference is an invoice of its own, now; one in the customer's favour is kept for them as credit.
    Invoice {
        /// From when it is counted.
        since: Timestamp,
    },
}

/// One change of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// To so many.
    pub to: u32,
    /// With this money.
    pub paid: HowPaid,
}

/// The next change that brings a line to what it must be at `now`, when so many are `wanted`; `None`: it is there.
///
/// After a step the line is looked at again with what [`Billed::after`] says, because one change may need two kinds of
/// money. It ends: no step is followed by its opposite while `now` and `wanted` stay.
#[must_use]
pub fn next(
    growth: Growth,
    shrink: Shrink,
    period: Period,
    now: Timestamp,
    line: &Billed,
    wanted: u32,
) -> Option<Step> {
    let day = day_of(period, now);
    if wanted > line.quantity {
        if let Some(kept) = line.kept.filter(|kept| *kept > line.quantity) {
            return Some(Step { to: wanted.min(kept), paid: HowPaid::Nothing });
        }
        let paid = match growth {
            Growth::NextInvoice => HowPaid::NextInvoice { since: day },
            Growth::Invoice => HowPaid::Invoice { since: day },
        };
        return Some(Step { to: wanted, paid });
    }
    let down = |to: u32, paid| (to < line.quantity).then_some(Step { to, paid });
    let today = line.raised.filter(|raised| raised.day == day && growth == Growth::NextInvoice);
    let left_over = line.is_left_over().then_some(line.owed);
    left_over
        .and_then(|owed| down(wanted.max(owed), HowPaid::Invoice { since: period.from }))
        .or_else(|| down(wanted.max(today?.before), HowPaid::NextInvoice { since: day }))
        .or_else(|| if in_window(period, now) { down(wanted, HowPaid::Nothing) } else { None })
        .or_else(|| match shrink {
            Shrink::Renewal => None,
            Shrink::Now => down(wanted, HowPaid::NextInvoice { since: now.max(period.from) }),
        })
}

/// Whether the number for the next period is set now.
#[must_use]
pub fn in_window(period: Period, now: Timestamp) -> bool {
    now >= period.until.minus(WINDOW) && now < period.until
}

/// The beginning of the day (in UTC) from which a change at `now` counts: never before the period.
fn day_of(period: Period, now: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60;
    Timestamp::from_secs(now.secs().div_euclid(DAY) * DAY).max(period.from)
}

impl Billed {
    /// Whether the period was turned with more seats than were needed when it was first seen, and they are billed still.
    #[must_use]
    pub fn is_left_over(&self) -> bool {
        self.renewed_with.is_some_and(|began| began == self.quantity && began > self.owed)
    }

    /// So many were billed in this period and are not any more, by rules of this module that have seen to the money: those
    /// that were left over from the period before, and those that were lowered for the next one.
    #[must_use]
    pub fn gave_up(&self) -> u32 {
        let left_over = self.renewed_with.filter(|began| *began > self.owed);
        left_over.max(self.kept).unwrap_or(0)
    }

    /// What is known of the line once `step` was taken at `now`. Written down before the provider is asked, so that a
    /// step whose answer is lost is not taken for somebody else's; the quantity itself is always read there.
    #[must_use]
    pub fn after(&self, step: Step, period: Period, now: Timestamp) -> Self {
        let day = day_of(period, now);
        let mut after = Self { quantity: step.to, ..*self };
        match step.paid {
            // Lowered for the next period: until then, what is paid for stays free to be used.
            HowPaid::Nothing if step.to < self.quantity => {
                after.kept = Some(self.kept.unwrap_or(self.quantity).max(self.quantity));
            }
            HowPaid::Nothing => {}
            _ if step.to > self.quantity => {
                after.kept = None;
                if self.raised.is_none_or(|raised| raised.day != day) {
                    after.raised = Some(Raised { day, before: self.quantity });
                }
            }
            // Given back: it is not paid for any more.
            _ => after.kept = None,
        }
        after
    }
}
