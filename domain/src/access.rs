//! What a subscription's state lets an organization do (`stripe.md`, section 4; R2.4).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Refusal, SubscriptionStatus, Timestamp};

/// What an organization may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everything the paid plan gives.
    Full,
    /// Everything, but no more seats: a payment is late.
    NoGrowth,
    /// Reading, exporting and going, until something is paid or the free plan is chosen.
    ReadOnly,
    /// What the free plan gives: nothing was bought, or it is over and the free plan was chosen.
    Free,
}

/// What a change does, as far as the organization's state has a say in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Takes a seat, or makes room for taking one. Not while a payment is due.
    Grow,
    /// Changes something. Not while the organization may only be read.
    Change,
    /// Gives something up, or settles what is due: removing, leaving, paying, handing over, closing down. Always.
    Settle,
}

impl SubscriptionStatus {
    /// The access that a subscription in this state gives.
    #[must_use]
    pub const fn access(self) -> Access {
        match self {
            Self::Trialing | Self::Active => Access::Full,
            Self::PastDue => Access::NoGrowth,
            // What was bought and is over leaves everything as it is, to be read, until its owner decides.
            Self::Unpaid | Self::Paused | Self::Canceled => Access::ReadOnly,
            // An unfinished purchase gives nothing and takes nothing.
            Self::Incomplete | Self::IncompleteExpired => Access::Free,
        }
    }
}

impl Access {
    /// Whether a deed of this kind may be done now.
    pub fn allows(self, deed: Deed) -> Result<(), NotNow> {
        match (self, deed) {
            (Self::Full | Self::Free, _) | (_, Deed::Settle) | (Self::NoGrowth, Deed::Change) => Ok(()),
            (Self::NoGrowth, Deed::Grow) | (Self::ReadOnly, Deed::Grow | Deed::Change) => Err(NotNow(self)),
        }
    }

    /// What is left of it while an invoice is owed since `since`: nothing grows; and when the payment of what is bought
    /// is late for longer than `grace`, everything is only read, whether or not the provider still tries. What is owed
    /// besides (the provider has written an invoice off, and goes on as if all were well) closes nothing.
    #[must_use]
    pub fn in_arrears(self, since: Option<Timestamp>, grace: Duration, now: Timestamp) -> Self {
        match (self, since) {
            (Self::NoGrowth, Some(since)) if now.since(since) >= grace => Self::ReadOnly,
            (Self::Full, Some(_)) => Self::NoGrowth,
            (access, _) => access,
        }
    }

    /// Whether seats may be taken now.
    pub fn allows_growth(self) -> Result<(), NotNow> {
        self.allows(Deed::Grow)
    }
}

/// This cannot be done in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNow(pub Access);

impl From<NotNow> for Refusal {
    fn from(no: NotNow) -> Self {
        match no.0 {
            Access::ReadOnly => Self::new(
                "read-only",
                "The plan has ended or is not paid, so nothing can be changed here now. Everything can be read, and \
                 nothing is lost.",
                "An owner can choose a plan on the billing page.",
            ),
            Access::Full | Access::NoGrowth | Access::Free => Self::new(
                "payment-due",
                "A payment is due, so no seats can be added now. Nobody loses theirs.",
                "An owner can pay on the billing page.",
            ),
        }
    }
}
