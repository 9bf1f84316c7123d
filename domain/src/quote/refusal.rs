//! Why there is no quote.

use crate::Refusal;

/// Nothing can be quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be quoted: {self:?}")]
pub enum NoQuote {
    /// What is wanted is what is there.
    NothingChanges,
    /// Nothing billed would be left.
    NothingWanted,
    /// There is a line that was not sold by us, and it would have to change its period with the others.
    ForeignLine,
    /// The period is over, and the next one is not known yet.
    OutOfPeriod,
    /// More money than an amount can hold.
    TooLarge,
}

impl From<NoQuote> for Refusal {
    fn from(no: NoQuote) -> Self {
        match no {
            NoQuote::NothingChanges => Self::new(
                "nothing-changes",
                "This is what you have already.",
                "Choose another plan, interval or number of seats.",
            ),
            NoQuote::NothingWanted => Self::new(
                "nothing-wanted",
                "Nothing would be left to pay for.",
                "Choose a plan with a price; to stop paying, cancel the plan on the billing page.",
            ),
            NoQuote::ForeignLine => Self::new(
                "foreign-line",
                "This subscription holds something that was agreed upon apart, and it would have to move along.",
                "Write to us: we change it together with you.",
            ),
            NoQuote::OutOfPeriod => Self::new(
                "period-over",
                "The paid period has just ended, and the next one is about to begin.",
                "Try again in a minute.",
            ),
            NoQuote::TooLarge => Self::new(
                "amount-too-large",
                "This comes to more money than can be charged at once.",
                "Choose fewer seats.",
            ),
        }
    }
}
