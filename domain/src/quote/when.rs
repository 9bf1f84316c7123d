//! Which changes happen now, and which when the paid period is over.

use serde::{Deserialize, Serialize};

use crate::{Interval, Money};

/// When a change happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At once: whoever wants more gets it, and pays for it.
    Now,
    /// When the period is over: what is paid for stays until then, and nothing is paid back.
    AtPeriodEnd,
}

/// What a period costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How long it is.
    pub interval: Interval,
    /// How much it costs.
    pub amount: Money,
}

impl Cost {
    fn in_a_year(self) -> i128 {
        let times = match self.interval {
            Interval::Month => 12,
            Interval::Year => 1,
        };
        i128::from(self.amount.minor) * times
    }
}

impl When {
    /// When a change happens. `wanted` is what is wanted, paid at the interval of today if it is sold so, so that a
    /// year that is cheaper than twelve months is no step down; `interval` is how it is to be paid.
    ///
    /// Paying more often, and having less, begin when the paid period is over. All else is now; in a trial all is, since
    /// nothing is paid for yet.
    #[must_use]
    pub fn of(today: Cost, wanted: Cost, interval: Interval, trial: bool) -> Self {
        let shorter = today.interval == Interval::Year && interval == Interval::Month;
        let less = wanted.in_a_year() < today.in_a_year();
        if !trial && (shorter || less) { Self::AtPeriodEnd } else { Self::Now }
    }
}
