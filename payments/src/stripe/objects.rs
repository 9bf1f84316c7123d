//! Stripe's answers, as far as they are read.
//!
//! These are our own types and not async-stripe's, which are strict: a real answer that lacks one of some forty
//! required fields would be lost whole, though we need ten. Fields that we do not name are skipped, so a newer API
//! version is no danger.

use std::collections::HashMap;

use serde::Deserialize;

/// What Stripe calls expandable: the id of an object, or the object itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Id(String),
    Object(T),
}

/// An object of which only the id matters.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Named {
    pub id: String,
}

impl Expandable<Named> {
    pub(super) fn into_id(self) -> String {
        match self {
            Self::Id(id) | Self::Object(Named { id }) => id,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Price {
    pub id: String,
    pub currency: String,
    pub unit_amount: Option<i64>,
    pub lookup_key: Option<String>,
    pub recurring: Option<Recurring>,
    #[serde(default)]
    pub metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Recurring {
    pub interval: String,
    #[serde(default = "one")]
    pub interval_count: u64,
    pub usage_type: Option<String>,
}

fn one() -> u64 {
    1
}

#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub client_reference_id: Option<String>,
    pub customer: Option<Expandable<Named>>,
    pub subscription: Option<Expandable<Named>>,
    pub expires_at: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Subscription {
    pub id: String,
    pub customer: Expandable<Named>,
    pub status: String,
    pub currency: String,
    pub items: List<Item>,
    #[serde(default)]
    pub metadata: HashMap<String, String>,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub trial_end: Option<i64>,
    pub default_payment_method: Option<Expandable<PaymentMethod>>,
    pub latest_invoice: Option<Expandable<Named>>,
    pub pending_update: Option<PendingUpdate>,
    pub schedule: Option<Expandable<Schedule>>,
    pub pause_collection: Option<PauseCollection>,
}

/// A change whose payment is awaited.
#[derive(Debug, Deserialize)]
pub(super) struct PendingUpdate {
    pub expires_at: i64,
    pub subscription_items: Option<Vec<PendingItem>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PendingItem {
    pub price: Price,
    pub quantity: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PauseCollection {
    pub resumes_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Schedule {
    pub id: String,
    pub status: String,
    pub current_phase: Option<CurrentPhase>,
    pub metadata: Option<HashMap<String, String>>,
    pub phases: Vec<Phase>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CurrentPhase {
    pub end_date: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Phase {
    pub start_date: i64,
    pub items: Vec<PhaseItem>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PhaseItem {
    pub price: Expandable<Price>,
    pub quantity: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub id: String,
    pub price: Price,
    pub quantity: Option<u64>,
    pub current_period_start: i64,
    pub current_period_end: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentMethod {
    pub card: Option<Card>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Card {
    pub brand: String,
    pub last4: String,
}
