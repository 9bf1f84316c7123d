//! Changes to the shop at Stripe.

use std::collections::BTreeMap;

use domain::plan::Aggregation;
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeMethod, VERSION};

use super::super::Stripe;
use super::super::mapping::meta;
use super::super::portal;
use super::objects;
use crate::PaymentError;
use crate::event::KINDS;
use crate::provider::{IdempotencyKey, ShopChange, ShopChanged};

type Form = BTreeMap<String, String>;

fn form<const N: usize>(fields: [(&str, &str); N]) -> Form {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(super) async fn perform(
    stripe: &Stripe,
    key: &IdempotencyKey,
    change: &ShopChange,
) -> Result<ShopChanged, PaymentError> {
    let (path, form) = match change {
        ShopChange::MakePrice(spec) => {
            // By the very way that a purchase takes: found by its lookup key, made if it is not there.
            stripe.prices.ensure(&stripe.client, spec).await?;
            return Ok(ShopChanged::default());
        }
        ShopChange::MakeEndpoint { url } => return make_endpoint(stripe, key, url).await,
        ShopChange::MakeProduct { id, plan, name, description } => {
            let mut form = form([("id", id), ("name", name), ("description", description)]);
            form.insert(format!("metadata[{}]", meta::PLAN), plan.clone());
            ("/products".to_owned(), form)
        }
        ShopChange::NameProduct { id, name, description } => {
            (format!("/products/{id}"), form([("name", name), ("description", description), ("active", "true")]))
        }
        ShopChange::SellPrice(id) => (format!("/prices/{id}"), form([("active", "true")])),
        ShopChange::PutPriceAway(id) => (format!("/prices/{id}"), form([("active", "false")])),
        ShopChange::MakeMeter { event_name, display_name, aggregation } => {
            let form = form([
                ("event_name", event_name),
                ("display_name", display_name),
                ("default_aggregation[formula]", formula(*aggregation)),
                ("customer_mapping[type]", "by_id"),
                ("customer_mapping[event_payload_key]", "stripe_customer_id"),
                ("value_settings[event_payload_key]", "value"),
            ]);
            ("/billing/meters".to_owned(), form)
        }
        ShopChange::NameMeter { id, display_name } => {
            (format!("/billing/meters/{id}"), form([("display_name", display_name)]))
        }
        ShopChange::MakePortal { return_url } => (portal::PATH.to_owned(), portal(return_url)),
        ShopChange::SetPortal { id, return_url } => {
            let mut form = portal(return_url);
            form.insert("active".to_owned(), "true".to_owned());
            (format!("{}/{id}", portal::PATH), form)
        }
        ShopChange::SetEndpoint { id } => {
            let mut form = events();
            form.insert("disabled".to_owned(), "false".to_owned());
            (format!("/webhook_endpoints/{id}"), form)
        }
        ShopChange::SwitchEndpointOff { id } => (format!("/webhook_endpoints/{id}"), form([("disabled", "true")])),
    };
    let request = RequestBuilder::new(StripeMethod::Post, path).form(&form);
    let _changed: Value = stripe.client.call(request, Some(&key.0)).await?;
    if matches!(change, ShopChange::PutPriceAway(_) | ShopChange::SellPrice(_)) {
        stripe.prices.forget();
    }
    Ok(ShopChanged::default())
}

async fn make_endpoint(stripe: &Stripe, key: &IdempotencyKey, url: &str) -> Result<ShopChanged, PaymentError> {
    let mut form = events();
    form.insert("url".to_owned(), url.to_owned());
    form.insert("api_version".to_owned(), VERSION.as_str().to_owned());
    form.insert("description".to_owned(), "Usher".to_owned());
    let request = RequestBuilder::new(StripeMethod::Post, "/webhook_endpoints").form(&form);
    let made: objects::Endpoint = stripe.client.call(request, Some(&key.0)).await?;
    Ok(ShopChanged { secret: made.secret })
}

/// How Stripe adds usage up. Of the greatest value it knows nothing; Usher tells it the greatest so far, and the last
/// that it was told counts.
pub(super) const fn formula(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Sum => "sum",
        Aggregation::Count => "count",
        Aggregation::Max | Aggregation::Last => "last",
    }
}

fn events() -> Form {
    KINDS.iter().enumerate().map(|(place, kind)| (format!("enabled_events[{place}]"), (*kind).to_owned())).collect()
}

fn portal(return_url: &str) -> Form {
    let mut form = portal::form();
    form.insert("default_return_url".to_owned(), return_url.to_owned());
    form
}
