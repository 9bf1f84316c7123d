//! What a change of plan, interval or seats costs, to the smallest unit, before anybody agrees to it.
//!
//! A function of what the subscription is, of what was charged for its period, and of the second from which the change
//! counts. The rules are those by which providers bill:
//!
//! - the whole line is given back and charged anew, not the difference, each for the rest of the period to the second;
//! - what is given back is what was really charged, one credit for each charge, and never more than it;
//! - each line is rounded by itself, to the nearest unit, halves away from nothing;
//! - a change of the interval begins a new period: the rest of the old one is given back, the new one charged whole;
//! - in a trial nothing was charged, so nothing is given back and nothing is charged before it ends.
//!
//! [`Quote::of`] is the only maker of a quote, and the quote keeps the [`Basis`] it was made from: whoever wants to
//! act on it can see whether the world is still the same.

mod basis;
mod charge;
mod due;
mod line;
mod moves;
mod refusal;
mod share;
mod when;

pub use basis::Basis;
pub use charge::Charge;
pub use due::Due;
pub use line::{QuoteLine, QuoteLineKind};
pub use moves::{Move, PriceOf, WantedLine};
pub use refusal::NoQuote;
pub use when::{Cost, When};

use serde::{Deserialize, Serialize};

use crate::money::MoneyError;
use crate::time::Period;
use crate::{Interval, Money, SubscriptionStatus, Timestamp};

/// From when on a change counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// From this second on, whenever it is agreed to: the provider is told the second.
    From(Timestamp),
    /// From the second on in which it is agreed to, because a new period begins then. What is given back for the old
    /// one shrinks until that moment.
    Afresh(Timestamp),
    /// From the end of the trial on.
    AfterTrial,
}

/// The next payment when nothing changes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// When.
    pub at: Timestamp,
    /// How much.
    pub amount: Money,
    /// And then how often.
    pub interval: Interval,
}

/// What a change costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    basis: Basis,
    moves: Vec<Move>,
    counts: Counts,
    lines: Vec<QuoteLine>,
    due: Due,
    renewal: Renewal,
}

impl Quote {
    /// What it costs to have `wanted` from second `at` on.
    pub fn of(basis: Basis, wanted: Vec<WantedLine>, interval: Interval, at: Timestamp) -> Result<Self, NoQuote> {
        // Providers reckon in whole seconds.
        let at = Timestamp::from_secs(at.secs());
        let moves = moves::pair(&basis.lines, wanted)?;
        if !moves.iter().any(Move::changes) {
            return Err(NoQuote::NothingChanges);
        }
        let counts = if basis.status == SubscriptionStatus::Trialing {
            Counts::AfterTrial
        } else if moves.iter().any(Move::changes_interval) {
            Counts::Afresh(at)
        } else {
            Counts::From(at)
        };
        if matches!(counts, Counts::Afresh(_)) && basis.lines.iter().any(|line| line.part.is_none()) {
            return Err(NoQuote::ForeignLine);
        }
        let runs = basis.period.from <= at && at < basis.period.until;
        if !runs && counts != Counts::AfterTrial {
            return Err(NoQuote::OutOfPeriod);
        }
        let lines = line::of(&basis, &moves, counts)?;
        let due = Due::of(&lines, &basis)?;
        let mut amount = Money::zero(basis.currency);
        for line in moves.iter().filter_map(|each| each.to.as_ref()) {
            amount = amount.plus(line.unit.times(line.quantity)?)?;
        }
        let at = match counts {
            Counts::Afresh(at) => at.step(interval, 1),
            Counts::From(_) | Counts::AfterTrial => basis.period.until,
        };
        Ok(Self { basis, moves, counts, lines, due, renewal: Renewal { at, amount, interval } })
    }

    /// What it was made from.
    #[must_use]
    pub const fn basis(&self) -> &Basis {
        &self.basis
    }

    /// What happens to each line of the subscription.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// From when on it counts.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The invoice to come, line by line.
    #[must_use]
    pub fn lines(&self) -> &[QuoteLine] {
        &self.lines
    }

    /// What of it is paid now, and with what.
    #[must_use]
    pub const fn due(&self) -> Due {
        self.due
    }

    /// The payment after this one.
    #[must_use]
    pub const fn renewal(&self) -> Renewal {
        self.renewal
    }
}

impl Counts {
    /// The second that the provider is to be told; `None`: it is not told one.
    #[must_use]
    pub const fn pinned(self) -> Option<Timestamp> {
        match self {
            Self::From(at) => Some(at),
            Self::Afresh(_) | Self::AfterTrial => None,
        }
    }
}

impl From<MoneyError> for NoQuote {
    fn from(_: MoneyError) -> Self {
        Self::TooLarge
    }
}

/// The new period of a change that begins one.
fn afresh(at: Timestamp, interval: Interval) -> Period {
    Period { from: at, until: at.step(interval, 1) }
}
