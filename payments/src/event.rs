//! The few fields of a webhook that Usher reads. The rest is fetched anew: events are hints, never data.
//!
//! Reading is tolerant on purpose. A body of another API version, of a type that we do not know, or with an object
//! that lacks what the current version requires is still a hint; refusing it would lose it.

mod kinds;

use domain::Timestamp;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use kinds::{KINDS, is_wanted};

/// What a webhook says it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The invoice it is about, or about whose credit note it is.
    pub invoice: Option<ProviderInvoiceId>,
    /// The payment it is about, if it is about money that was taken or given back.
    pub payment: Option<String>,
}

impl EventEnvelope {
    /// Whom or what it is about, coarsely: events of one lane are worked on together. The customer where one is named,
    /// because nearly everything about a purchase names them.
    #[must_use]
    pub fn lane(&self) -> &str {
        let customer = self.customer.as_ref().map(ProviderCustomerId::as_str);
        let subscription = || self.subscription.as_ref().map(ProviderSubscriptionId::as_str);
        customer.or_else(subscription).or(self.object.as_deref()).unwrap_or(&self.id)
    }
}

/// Why a body is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or no object.
    #[error("the body is not a JSON object")]
    NotJson,
    /// Without one of the fields that every event has: `id` and `type`, each a text of 1 to 255 bytes.
    #[error("the event has no proper `{0}`")]
    Lacks(&'static str),
}

impl EventEnvelope {
    /// Reads a snapshot event (`"object": "event"`) or a thin one (`"object": "v2.core.event"`).
    pub fn read(raw: &[u8]) -> Result<Self, EventError> {
        let event: Value = serde_json::from_slice(raw).map_err(|_| EventError::NotJson)?;
        if !event.is_object() {
            return Err(EventError::NotJson);
        }
        let name = |field: &'static str| text(&event[field]).ok_or(EventError::Lacks(field));
        // A thin event names its object and says of which kind it is; nothing more.
        let thin = &event["related_object"];
        let (about, kind) = match &event["data"]["object"] {
            Value::Null => (thin, text(&thin["type"])),
            snapshot => (snapshot, text(&snapshot["object"])),
        };
        let kind = kind.as_deref().unwrap_or_default();
        let object = text(&about["id"]);
        let this = |named: &str| if kind == named { object.clone() } else { None };
        Ok(Self {
            id: name("id")?,
            kind: name("type")?,
            api_version: text(&event["api_version"]),
            livemode: event["livemode"].as_bool().unwrap_or(false),
            created: created(&event["created"]),
            // A card that was taken off has no customer any more; whose it was is said beside it.
            customer: this("customer")
                .or_else(|| reference(&about["customer"]))
                .or_else(|| reference(&event["data"]["previous_attributes"]["customer"]))
                .map(ProviderCustomerId),
            subscription: this("subscription")
                .or_else(|| reference(&about["subscription"]))
                .or_else(|| reference(&about["parent"]["subscription_details"]["subscription"]))
                .map(ProviderSubscriptionId),
            checkout: this("checkout.session").map(ProviderCheckoutId),
            invoice: this("invoice")
                .or_else(|| reference(&about["invoice"]).filter(|_| kind == "credit_note"))
                .map(ProviderInvoiceId),
            payment: reference(&about["payment_intent"]).filter(|_| matches!(kind, "charge" | "refund" | "dispute")),
            object,
        })
    }
}

/// A text that can be an id or a name.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| (1..=255).contains(&text.len())).map(str::to_owned)
}

/// What Stripe calls expandable: the id of an object, or the object.
fn reference(value: &Value) -> Option<String> {
    text(value).or_else(|| text(&value["id"]))
}

/// Unix seconds on snapshots, RFC 3339 on thin events. An event without a time is still a hint.
fn created(value: &Value) -> Timestamp {
    let iso = || OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
    Timestamp::from_secs(value.as_i64().or_else(iso).unwrap_or(0))
}
