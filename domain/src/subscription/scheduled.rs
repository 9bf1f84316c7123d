//! A change that is arranged for a later day.

use serde::{Deserialize, Serialize};

use super::ProviderScheduleId;
use crate::{Interval, Money, PlanKey, Timestamp};

/// What the subscription becomes, and when. It can be taken back until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// The provider's name for the arrangement.
    pub id: ProviderScheduleId,
    /// When it happens.
    pub at: Timestamp,
    /// The plan then; `None` when its prices are none of ours.
    pub plan: Option<PlanKey>,
    /// Paid how often then.
    pub interval: Option<Interval>,
    /// Billed seats then; 0 when there is no price per seat.
    pub seats: u32,
    /// The version of the plan then, where its prices say it.
    #[serde(default)]
    pub version: Option<String>,
    /// What a period of ours costs then; `None` when its prices do not say it.
    #[serde(default)]
    pub total: Option<Money>,
    /// Who runs Usher has arranged it, and not an owner.
    #[serde(default)]
    pub moved: bool,
}

impl Scheduled {
    /// Whether it is another plan, another version of the same one, or paid otherwise than `bought`; else only the number
    /// of seats is another one.
    #[must_use]
    pub fn is_other_than(&self, bought: &super::Subscription) -> bool {
        (&self.plan, self.interval) != (&bought.plan, bought.interval)
            || (self.version.is_some() && self.version.as_deref() != bought.version())
    }
}
