//! What a subscription's state lets an organization do (`stripe.md`, section 4; R2.4).

use serde::{Deserialize, Serialize};

use crate::{Refusal, SubscriptionStatus};

/// What an organization may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everything the paid plan gives.
    Full,
    /// Everything, but no more seats: a payment is late.
    NoGrowth,
    /// Reading and exporting, until something is paid.
    ReadOnly,
    /// What the free plan gives: nothing is bought, or it is over.
    Free,
}

impl SubscriptionStatus {
    /// The access that a subscription in this state gives.
    #[must_use]
    pub const fn access(self) -> Access {
        match self {
            Self::Trialing | Self::Active => Access::Full,
            Self::PastDue => Access::NoGrowth,
            Self::Unpaid | Self::Paused => Access::ReadOnly,
            // An unfinished purchase gives nothing and takes nothing.
            Self::Incomplete | Self::IncompleteExpired | Self::Canceled => Access::Free,
        }
    }
}

impl Access {
    /// Whether seats may be taken now.
    pub fn allows_growth(self) -> Result<(), NoGrowth> {
        match self {
            Self::Full | Self::Free => Ok(()),
            Self::NoGrowth | Self::ReadOnly => Err(NoGrowth(self)),
        }
    }
}

/// Seats cannot be added in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoGrowth(pub Access);

impl From<NoGrowth> for Refusal {
    fn from(_: NoGrowth) -> Self {
        Self::new(
            "payment-due",
            "A payment is due, so no seats can be added now. Nobody loses theirs.",
            "An owner can pay on the billing page.",
        )
    }
}
