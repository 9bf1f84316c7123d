//! What a quote is made from. When any of it has changed, the quote is void.

use serde::{Deserialize, Serialize};

use super::Charge;
use crate::subscription::{Line, ProviderSubscriptionId};
use crate::time::Period;
use crate::{Currency, Money, SubscriptionStatus};

/// What a subscription is, and what was charged for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Which.
    pub subscription: ProviderSubscriptionId,
    /// Paid in what.
    pub currency: Currency,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// What it is made of.
    pub lines: Vec<Line>,
    /// The period that runs.
    pub period: Period,
    /// What was charged and given back for it so far, the oldest first.
    pub charges: Vec<Charge>,
    /// The customer's balance: below nothing it is credit, above nothing it is owed.
    pub balance: Money,
    /// Less than this is not charged but added to the balance.
    pub smallest_charge: Money,
}
