//! The lines of the invoice to come.

use serde::{Deserialize, Serialize};

use super::share::share;
use super::{Basis, Counts, Move, NoQuote, WantedLine, afresh, charge};
use crate::plan::Part;
use crate::time::Period;
use crate::{Money, PlanKey, Timestamp};

/// What a line of an invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteLineKind {
    /// Given back for time that was charged and is not used.
    Unused,
    /// Charged for the rest of the period.
    Remaining,
    /// Charged for a whole period.
    Period,
}

/// One line of the invoice to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What it is for.
    pub kind: QuoteLineKind,
    /// Of which plan; `None` when it gives back what is none of ours.
    pub plan: Option<PlanKey>,
    /// For which part of its price.
    pub part: Option<Part>,
    /// How many.
    pub quantity: u32,
    /// Below nothing for what is given back.
    pub amount: Money,
    /// For which time.
    pub period: Period,
    /// The charge that it gives back, by its first name.
    pub credits: Option<String>,
}

impl QuoteLine {
    /// What must be the same in the provider's invoice.
    #[must_use]
    pub const fn essence(&self) -> (QuoteLineKind, u32, i64, i64, i64) {
        (self.kind, self.quantity, self.amount.minor, self.period.from.secs(), self.period.until.secs())
    }
}

/// All lines of a change. What is worth nothing is not listed.
pub(super) fn of(basis: &Basis, moves: &[Move], counts: Counts) -> Result<Vec<QuoteLine>, NoQuote> {
    let (at, new_period) = match counts {
        Counts::AfterTrial => return Ok(Vec::new()),
        Counts::From(at) => (at, false),
        Counts::Afresh(at) => (at, true),
    };
    let mut lines = Vec::new();
    for each in moves.iter().filter(|each| new_period || each.changes()) {
        lines.extend(unused(basis, each, at)?);
        if let Some(to) = &each.to {
            lines.push(if new_period { period(to, at)? } else { remaining(basis, to, at)? });
        }
    }
    lines.retain(|line| line.amount.minor != 0);
    // What is given back stands first, as a sum is easier to follow from there.
    lines.sort_by_key(|line| line.kind);
    Ok(lines)
}

fn unused(basis: &Basis, each: &Move, at: Timestamp) -> Result<Vec<QuoteLine>, NoQuote> {
    let Some(from) = &each.from else { return Ok(Vec::new()) };
    let credit = |owed: charge::Owed| {
        let start = at.max(owed.period.from);
        let part = owed.period.until.secs() - start.secs();
        let unused = share(owed.full, part, owed.whole, basis.currency).ok_or(NoQuote::TooLarge)?;
        Ok(QuoteLine {
            kind: QuoteLineKind::Unused,
            plan: from.plan.clone(),
            part: from.part,
            quantity: owed.quantity,
            amount: Money::new(-unused.min(owed.left.max(0)), basis.currency),
            period: Period { from: start, until: owed.period.until },
            credits: owed.name,
        })
    };
    charge::owed(&basis.charges, &from.item, at).into_iter().map(credit).collect()
}

fn remaining(basis: &Basis, to: &WantedLine, at: Timestamp) -> Result<QuoteLine, NoQuote> {
    let Period { from, until } = basis.period;
    let full = to.unit.times(to.quantity)?;
    let (part, whole) = (until.secs() - at.secs(), until.secs() - from.secs());
    let minor = share(full.minor, part, whole, basis.currency).ok_or(NoQuote::TooLarge)?;
    Ok(line(QuoteLineKind::Remaining, to, Money::new(minor, basis.currency), Period { from: at, until }))
}

fn period(to: &WantedLine, at: Timestamp) -> Result<QuoteLine, NoQuote> {
    Ok(line(QuoteLineKind::Period, to, to.unit.times(to.quantity)?, afresh(at, to.interval)))
}

fn line(kind: QuoteLineKind, to: &WantedLine, amount: Money, period: Period) -> QuoteLine {
    let (plan, part) = (Some(to.plan.clone()), Some(to.part));
    QuoteLine { kind, plan, part, quantity: to.quantity, amount, period, credits: None }
}
