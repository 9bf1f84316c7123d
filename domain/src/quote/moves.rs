//! Which line of a subscription becomes which.

use serde::{Deserialize, Serialize};

use super::NoQuote;
use crate::plan::{Part, PriceSpec};
use crate::subscription::{Line, ProviderPriceId};
use crate::{Interval, Money, PlanKey};

/// The price of a line that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceOf {
    /// The one that is there: who bought it keeps it.
    Kept(ProviderPriceId),
    /// The one that is sold now.
    Sold(PriceSpec),
}

/// A line as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedLine {
    /// Which part of the price.
    pub part: Part,
    /// Of which plan.
    pub plan: PlanKey,
    /// Paid how often.
    pub interval: Interval,
    /// For one.
    pub unit: Money,
    /// How many; never 0.
    pub quantity: u32,
    /// At which price.
    pub price: PriceOf,
}

/// What becomes of a line. At least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The line as it is; `None`: it is added.
    pub from: Option<Line>,
    /// The line as it is wanted; `None`: it is taken away.
    pub to: Option<WantedLine>,
}

/// What a line costs, in the words that both sides have.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Costs {
    unit: Option<Money>,
    quantity: u32,
    interval: Option<Interval>,
}

impl Move {
    /// Whether anything changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        let (Some(from), Some(to)) = (&self.from, &self.to) else { return true };
        let was = Costs { unit: from.unit, quantity: from.quantity, interval: from.interval };
        let is = Costs { unit: Some(to.unit), quantity: to.quantity, interval: Some(to.interval) };
        was != is || from.plan.as_ref() != Some(&to.plan) || from.part != Some(to.part)
    }

    /// Whether it is paid at other times than before.
    #[must_use]
    pub fn changes_interval(&self) -> bool {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => from.interval != Some(to.interval),
            _ => false,
        }
    }
}

/// Pairs what is there with what is wanted: the same part first, then whatever is left over in order, so that a line is
/// added or taken away only when there are more or fewer of them. Lines that are none of ours stay as they are.
pub(super) fn pair(lines: &[Line], wanted: Vec<WantedLine>) -> Result<Vec<Move>, NoQuote> {
    if wanted.is_empty() {
        return Err(NoQuote::NothingWanted);
    }
    let mut left: Vec<Line> = lines.iter().filter(|line| line.part.is_some()).cloned().collect();
    let mut moves = Vec::with_capacity(wanted.len());
    let mut unpaired = Vec::new();
    for to in wanted {
        match left.iter().position(|line| line.part == Some(to.part)) {
            Some(at) => moves.push(Move { from: Some(left.remove(at)), to: Some(to) }),
            None => unpaired.push(to),
        }
    }
    let mut left = left.into_iter();
    moves.extend(unpaired.into_iter().map(|to| Move { from: left.next(), to: Some(to) }));
    moves.extend(left.map(|from| Move { from: Some(from), to: None }));
    Ok(moves)
}
