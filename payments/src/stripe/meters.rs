//! Meters at Stripe: found by the name of what they count, made when they are not there.
//!
//! A meter adds up what it is told. What is told is only what is beyond an allowance, and as differences, so every meter
//! of ours adds, whatever our own aggregation is.

use std::collections::BTreeMap;

use domain::plan::MeterSpec;
use serde::Deserialize;
use stripe_client_core::{RequestBuilder, StripeMethod};

use super::client::Client;
use super::objects::List;
use crate::PaymentError;

const METERS: &str = "/billing/meters";

#[derive(Debug, Deserialize)]
struct Meter {
    id: String,
    event_name: String,
}

/// The meter's id at Stripe.
pub(super) async fn ensure(client: &Client, spec: &MeterSpec) -> Result<String, PaymentError> {
    let name = spec.event_name();
    if let Some(id) = find(client, &name).await? {
        return Ok(id);
    }
    let form = BTreeMap::from([
        ("default_aggregation[formula]", "sum"),
        ("display_name", &*spec.name),
        ("event_name", &*name),
    ]);
    let request = RequestBuilder::new(StripeMethod::Post, METERS).form(&form);
    match client.call::<Meter>(request, None).await {
        Ok(made) => Ok(made.id),
        // Two active meters cannot have one name: another process, or our own unanswered attempt, was faster.
        Err(refusal @ PaymentError::Refused { .. }) => find(client, &name).await?.ok_or(refusal),
        Err(unknown) => Err(unknown),
    }
}

async fn find(client: &Client, name: &str) -> Result<Option<String>, PaymentError> {
    let mut after: Option<String> = None;
    loop {
        let mut query = BTreeMap::from([("limit", "100".to_owned()), ("status", "active".to_owned())]);
        if let Some(last) = after.take() {
            query.insert("starting_after", last);
        }
        let request = RequestBuilder::new(StripeMethod::Get, METERS).query(&query);
        let page: List<Meter> = client.call(request, None).await?;
        after = page.data.last().map(|last| last.id.clone());
        if let Some(found) = page.data.into_iter().find(|meter| meter.event_name == name) {
            return Ok(Some(found.id));
        }
        if !page.has_more || after.is_none() {
            return Ok(None);
        }
    }
}
