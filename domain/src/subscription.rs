//! Subscriptions: the provider's states, our mirror of them, and which change from one to another is believed.
//!
//! The provider is the truth, and it is read as whole snapshots; events are only hints that there is something to
//! read. Two rules make the end the same, in whatever order snapshots arrive: what has ended stays ended (for the
//! same provider id), and otherwise the snapshot whose fetch began last wins. An end is believed even when it is the
//! older one, because clocks of two machines differ and the provider never takes an end back.

mod line;
mod pause;
mod scheduled;
mod waiting;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use line::Line;
pub use pause::Pause;
pub use scheduled::Scheduled;
pub use waiting::Waiting;

use crate::time::Period;
use crate::{Currency, Interval, PlanKey, Timestamp};

/// A status in the provider's words (Stripe's eight).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// The first payment waits for the buyer.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// In its trial.
    Trialing,
    /// In good standing.
    Active,
    /// The latest invoice is not paid; the provider still tries.
    PastDue,
    /// The provider has given up trying.
    Unpaid,
    /// Over.
    Canceled,
    /// Stopped for a while.
    Paused,
}

impl SubscriptionStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Unpaid,
        Self::Canceled,
        Self::Paused,
    ];

    /// The provider's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Canceled => "canceled",
            Self::Paused => "paused",
        }
    }

    /// Whether it never changes again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }

    /// Whether the organization counts as having this subscription: buying another one would be paying twice.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Trialing | Self::Active | Self::PastDue | Self::Unpaid | Self::Paused)
    }
}

impl fmt::Display for SubscriptionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of the eight.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a subscription status")]
pub struct UnknownStatus(pub String);

impl FromStr for SubscriptionStatus {
    type Err = UnknownStatus;
    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| UnknownStatus(word.chars().take(40).collect()))
    }
}

macro_rules! provider_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The provider's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

provider_ids! {
    /// The provider's name for a customer (`cus_…` at Stripe).
    ProviderCustomerId;
    /// The provider's name for a subscription (`sub_…`).
    ProviderSubscriptionId;
    /// The provider's name for a subscription's line (`si_…`).
    ProviderItemId;
    /// The provider's name for a price (`price_…`).
    ProviderPriceId;
    /// The provider's name for a started payment (`cs_…`).
    ProviderCheckoutId;
    /// The provider's name for an invoice (`in_…`).
    ProviderInvoiceId;
    /// The provider's name for an arrangement for a later day (`sub_sched_…`).
    ProviderScheduleId;
}

/// Our mirror of one subscription at the provider. Written only by `service::sync_subscription`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The provider's name for it.
    pub id: ProviderSubscriptionId,
    /// Whose it is at the provider.
    pub customer: ProviderCustomerId,
    /// The plan bought; `None` when the price at the provider is none of ours.
    pub plan: Option<PlanKey>,
    /// Paid how often; `None` as with `plan`.
    pub interval: Option<Interval>,
    /// Paid in what.
    pub currency: Currency,
    /// The line whose quantity is the seats; `None` when the plan has no price per seat.
    pub seat_item: Option<ProviderItemId>,
    /// Billed seats at the provider; 0 when the plan has no price per seat.
    pub quantity: u32,
    /// What it is now.
    pub status: SubscriptionStatus,
    /// The period that is paid or being paid.
    pub period: Period,
    /// What it is made of, ours or not, in the provider's order.
    pub lines: Vec<Line>,
    /// When it ends, if that is already decided (`cancel_at`, or the period's end when cancelled at period end).
    pub ends_at: Option<Timestamp>,
    /// That end was said as "with the period" and not as a date. Who takes it back has to know: the provider keeps two
    /// fields, and each is undone by itself.
    pub ends_with_period: bool,
    /// When its trial ends or ended.
    pub trial_ends_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The card, for people: `Visa 4242`.
    pub card: Option<String>,
    /// A change that waits for its payment.
    pub waiting: Option<Waiting>,
    /// A change that is arranged for a later day.
    pub scheduled: Option<Scheduled>,
    /// What of it rests.
    pub pause: Option<Pause>,
    /// The newest invoice.
    pub latest_invoice: Option<ProviderInvoiceId>,
    /// When our fetch of this snapshot began. An older one never replaces a newer one, unless it says that all is over.
    pub fetched_at: Timestamp,
}

impl Subscription {
    /// The version of the plan that its own lines name.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let mut ours = self.lines.iter().filter(|line| line.plan.is_some() && line.plan == self.plan);
        ours.find_map(|line| line.version.as_deref())
    }
}

/// What to do with a snapshot, given what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Believe {
    /// Store it.
    Yes,
    /// It was fetched before the stored one.
    Older,
    /// The stored one has ended, and this one says otherwise.
    Ended,
}

impl Subscription {
    /// Whether `new` replaces `stored` (the same provider id, or nothing stored yet).
    #[must_use]
    pub fn believe(stored: Option<&Self>, new: &Self) -> Believe {
        let Some(old) = stored else { return Believe::Yes };
        match (old.status.is_terminal(), new.status.is_terminal()) {
            (true, false) => Believe::Ended,
            (false, true) => Believe::Yes,
            _ if new.fetched_at < old.fetched_at => Believe::Older,
            _ => Believe::Yes,
        }
    }
}
