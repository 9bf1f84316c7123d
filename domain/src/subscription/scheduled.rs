//! A change that is arranged for a later day.

use serde::{Deserialize, Serialize};

use super::ProviderScheduleId;
use crate::{Interval, PlanKey, Timestamp};

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
}
