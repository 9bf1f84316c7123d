//! A change that is agreed and not paid: it happens when its invoice is paid, and is over when that takes too long.

use serde::{Deserialize, Serialize};

use super::ProviderInvoiceId;
use crate::{Interval, PlanKey, Timestamp};

/// A change that waits for its payment. Until then the subscription is what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The plan that it would be; `None` when its prices are none of ours.
    pub plan: Option<PlanKey>,
    /// Paid how often then.
    pub interval: Option<Interval>,
    /// Billed seats then; 0 when there is no price per seat.
    pub seats: u32,
    /// When the provider gives it up.
    pub expires_at: Timestamp,
    /// The invoice that is to be paid.
    pub invoice: Option<ProviderInvoiceId>,
}
