//! What a subscription is made of at the provider: lines, each a price and a quantity.

use serde::{Deserialize, Serialize};

use super::{ProviderItemId, ProviderPriceId};
use crate::plan::Part;
use crate::{Interval, Money, PlanKey};

/// One line of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The provider's name for the line.
    pub item: ProviderItemId,
    /// The provider's name for its price.
    pub price: ProviderPriceId,
    /// Which part of a price of ours it is; `None` when somebody else has made that price.
    pub part: Option<Part>,
    /// Of which plan; `None` as with `part`.
    pub plan: Option<PlanKey>,
    /// Paid how often; `None` when the provider's interval is none of ours (a week, two months).
    pub interval: Option<Interval>,
    /// How many.
    pub quantity: u32,
    /// For one; `None` when the price has tiers or counts use.
    pub unit: Option<Money>,
    /// The version of the plan it was sold from, where its price says it ([`crate::Plan`]'s fingerprint).
    pub version: Option<String>,
}
