//! The few fields of a webhook that Usher reads. The rest is fetched anew: events are hints, never data.

use domain::Timestamp;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId, ProviderSubscriptionId};

/// What a webhook says it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEnvelope {
    /// `evt_…`, unique.
    pub id: String,
    /// `customer.subscription.updated`.
    pub kind: String,
    /// `2026-09-30.endive`; `None` on thin events.
    pub api_version: Option<String>,
    /// Real money or not.
    pub livemode: bool,
    /// When it happened, to the second. Never ordered by.
    pub created: Timestamp,
    /// The id of the object in it.
    pub object: Option<String>,
    /// The customer it is about, if it names one.
    pub customer: Option<ProviderCustomerId>,
    /// The subscription it is about, if it names one (through any of the places where Stripe puts it).
    pub subscription: Option<ProviderSubscriptionId>,
    /// The payment page it is about, if it is about one.
    pub checkout: Option<ProviderCheckoutId>,
}
