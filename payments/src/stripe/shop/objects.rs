//! Stripe's answers about the shop, as far as they are read.

use std::collections::HashMap;

use domain::Timestamp;
use domain::subscription::ProviderPriceId;
use serde::Deserialize;

use super::super::mapping::meta;
use super::super::objects::{Expandable, List, Named, Recurring};
use super::super::portal::is_of_this_edition;
use crate::provider;

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub id: String,
    #[serde(default)]
    pub charges_enabled: bool,
    #[serde(default)]
    pub payouts_enabled: bool,
    pub default_currency: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bank {
    pub id: String,
    #[serde(rename = "bank_name")]
    name: Option<String>,
    last4: Option<String>,
    currency: Option<String>,
    #[serde(default)]
    default_for_currency: Option<bool>,
}

impl From<Bank> for provider::Bank {
    fn from(bank: Bank) -> Self {
        Self {
            name: bank.name.unwrap_or_default(),
            last4: bank.last4.unwrap_or_default(),
            currency: bank.currency.unwrap_or_default(),
            default: bank.default_for_currency.unwrap_or(false),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Product {
    pub id: String,
    name: String,
    description: Option<String>,
    active: bool,
    #[serde(default)]
    pub metadata: HashMap<String, String>,
}

impl From<Product> for provider::ShopProduct {
    fn from(product: Product) -> Self {
        let Product { id, name, description, active, .. } = product;
        Self { id, name, description, active }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Price {
    pub id: String,
    product: Expandable<Named>,
    pub lookup_key: Option<String>,
    unit_amount: Option<i64>,
    currency: String,
    recurring: Option<Recurring>,
    active: bool,
    #[serde(default)]
    livemode: bool,
    #[serde(default)]
    pub metadata: HashMap<String, String>,
}

impl From<Price> for provider::ShopPrice {
    fn from(price: Price) -> Self {
        Self {
            id: ProviderPriceId(price.id),
            product: price.product.into_id(),
            lookup_key: price.lookup_key,
            unit: price.unit_amount,
            currency: price.currency,
            interval_count: price.recurring.as_ref().map_or(1, |recurring| recurring.interval_count),
            interval: price.recurring.map(|recurring| recurring.interval),
            active: price.active,
            livemode: price.livemode,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Meter {
    pub id: String,
    event_name: String,
    display_name: String,
    status: String,
    default_aggregation: Formula,
}

#[derive(Debug, Deserialize)]
struct Formula {
    formula: String,
}

impl From<Meter> for provider::ShopMeter {
    fn from(meter: Meter) -> Self {
        Self {
            active: meter.status == "active",
            id: meter.id,
            event_name: meter.event_name,
            display_name: meter.display_name,
            formula: meter.default_aggregation.formula,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Portal {
    pub id: String,
    active: bool,
    #[serde(default)]
    is_default: bool,
    #[serde(default)]
    metadata: Option<HashMap<String, String>>,
    features: Features,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Features {
    subscription_update: Update,
    subscription_cancel: Cancel,
    payment_method_update: Switch,
    invoice_history: Switch,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Switch {
    enabled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Update {
    enabled: bool,
    default_allowed_updates: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cancel {
    enabled: bool,
    mode: Option<String>,
}

impl From<Portal> for provider::ShopPortal {
    fn from(portal: Portal) -> Self {
        let Features { subscription_update, subscription_cancel, payment_method_update, invoice_history } =
            portal.features;
        let allowed = subscription_update.default_allowed_updates.unwrap_or_default();
        let marks = portal.metadata.unwrap_or_default();
        Self {
            ours: marks.contains_key(meta::PORTAL),
            current: is_of_this_edition(&marks),
            id: portal.id,
            default: portal.is_default,
            active: portal.active,
            changes: subscription_update.enabled,
            quantity: subscription_update.enabled && allowed.iter().any(|one| one == "quantity"),
            cancels: subscription_cancel.enabled,
            cancel_mode: subscription_cancel.mode,
            cards: payment_method_update.enabled,
            invoices: invoice_history.enabled,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Endpoint {
    pub id: String,
    url: String,
    enabled_events: Vec<String>,
    api_version: Option<String>,
    status: String,
    #[serde(default)]
    livemode: bool,
    /// Said once, to who makes it.
    pub secret: Option<String>,
}

impl From<Endpoint> for provider::ShopEndpoint {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url,
            events: endpoint.enabled_events,
            api_version: endpoint.api_version,
            enabled: endpoint.status == "enabled",
            livemode: endpoint.livemode,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Invoice {
    id: String,
    billing_reason: Option<String>,
    status: Option<String>,
    lines: List<Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    quantity: Option<u64>,
    period: Option<Span>,
    pricing: Option<Pricing>,
    parent: Option<Parent>,
}

#[derive(Debug, Deserialize)]
struct Span {
    start: i64,
}

#[derive(Debug, Deserialize)]
struct Pricing {
    price_details: Option<PriceDetails>,
}

#[derive(Debug, Deserialize)]
struct PriceDetails {
    price: Option<Expandable<Named>>,
}

#[derive(Debug, Deserialize)]
struct Parent {
    subscription_item_details: Option<ItemDetails>,
}

#[derive(Debug, Deserialize)]
struct ItemDetails {
    #[serde(default)]
    proration: bool,
}

impl Invoice {
    /// Whether it is to be paid, or was.
    pub fn counts(&self) -> bool {
        !matches!(self.status.as_deref(), Some("void" | "uncollectible"))
    }

    /// What it bills for the whole of the period that begins then; nothing: it is another one's.
    pub fn of_period(self, from: Timestamp) -> Option<provider::Billed> {
        let whole = |line: &Line| {
            let details = line.parent.as_ref().and_then(|parent| parent.subscription_item_details.as_ref());
            let begins = line.period.as_ref().is_some_and(|period| period.start == from.secs());
            begins && details.is_some_and(|details| !details.proration)
        };
        let said = |line: Line| {
            let price = line.pricing?.price_details?.price?.into_id();
            Some((ProviderPriceId(price), line.quantity.unwrap_or(0)))
        };
        let lines: Vec<_> = self.lines.data.into_iter().filter(whole).filter_map(said).collect();
        (!lines.is_empty()).then_some(provider::Billed { invoice: self.id, reason: self.billing_reason, lines })
    }
}
