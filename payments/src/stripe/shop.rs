//! The shop at Stripe.
//!
//! Requests are written by hand here: async-stripe has their builders in crates of which we would need one call each.

mod change;
mod objects;

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::Timestamp;
use domain::subscription::{ProviderCustomerId, ProviderPriceId, ProviderSubscriptionId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeMethod, VERSION};

use super::client::Client;
use super::mapping::{self, meta};
use super::objects::{List, Named, Subscription};
use super::{Stripe, portal};
use crate::provider::{
    Account, Bank, Billed, Fetched, IdempotencyKey, Part, Shop, ShopChange, ShopChanged, ShopEndpoint, ShopMeter,
    ShopPortal, ShopPrice, ShopProduct,
};
use crate::{PaymentError, PaymentProvider as _};

/// What begins the names of what is ours.
const OURS: &str = "usher_";
/// More parts than any shop has; a list that goes on for ever is no list.
const MOST_PARTS: usize = 1_000;

fn get(path: &str, query: &[(&str, &str)]) -> RequestBuilder {
    let query: BTreeMap<&str, &str> = query.iter().copied().collect();
    let request = RequestBuilder::new(StripeMethod::Get, path);
    // Nothing would be written as `=`, and Stripe knows no parameter without a name.
    if query.is_empty() { request } else { request.query(&query) }
}

/// A whole list, part by part.
async fn all<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    filter: &[(&str, &str)],
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, PaymentError> {
    let mut found: Vec<T> = Vec::new();
    for _ in 0..MOST_PARTS {
        let after = found.last().map(|last| id(last).to_owned());
        let mut query = filter.to_vec();
        query.push(("limit", "100"));
        if let Some(after) = &after {
            query.push(("starting_after", after));
        }
        let part: List<T> = client.call(get(path, &query), None).await?;
        let last = !part.has_more || part.data.is_empty();
        found.extend(part.data);
        if last {
            return Ok(found);
        }
    }
    Err(PaymentError::Unknown(format!("{path}: the list does not end")))
}

#[async_trait]
impl Shop for Stripe {
    fn api_version(&self) -> &str {
        VERSION.as_str()
    }

    async fn account(&self) -> Result<Account, PaymentError> {
        let account: objects::Account = self.client.call(get("/account", &[]), None).await?;
        let answered_at = self.client.answered_at();
        let path = format!("/accounts/{}/external_accounts", account.id);
        let banks = match all(&self.client, &path, &[("object", "bank_account")], |bank: &objects::Bank| &bank.id).await
        {
            Ok(banks) => Some(banks.into_iter().map(Bank::from).collect()),
            // Restricted keys, and accounts that are paid out elsewhere, may not look.
            Err(PaymentError::Refused { .. }) => None,
            Err(PaymentError::Unknown(how)) if how.contains("401") || how.contains("403") => None,
            Err(error) => return Err(error),
        };
        Ok(Account {
            id: account.id,
            charges_enabled: account.charges_enabled,
            payouts_enabled: account.payouts_enabled,
            default_currency: account.default_currency,
            banks,
            answered_at,
        })
    }

    async fn products(&self) -> Result<Vec<ShopProduct>, PaymentError> {
        let all = all(&self.client, "/products", &[], |product: &objects::Product| &product.id).await?;
        let ours =
            |product: &objects::Product| product.id.starts_with(OURS) || product.metadata.contains_key(meta::PLAN);
        Ok(all.into_iter().filter(ours).map(ShopProduct::from).collect())
    }

    async fn prices(&self) -> Result<Vec<ShopPrice>, PaymentError> {
        let all = all(&self.client, "/prices", &[], |price: &objects::Price| &price.id).await?;
        let ours = |price: &objects::Price| {
            price.lookup_key.as_ref().is_some_and(|key| key.starts_with(OURS))
                || price.metadata.contains_key(meta::PLAN)
        };
        Ok(all.into_iter().filter(ours).map(ShopPrice::from).collect())
    }

    async fn meters(&self) -> Result<Vec<ShopMeter>, PaymentError> {
        let all = all(&self.client, "/billing/meters", &[], |meter: &objects::Meter| &meter.id).await?;
        Ok(all.into_iter().map(ShopMeter::from).collect())
    }

    async fn portals(&self) -> Result<Vec<ShopPortal>, PaymentError> {
        let all = all(&self.client, portal::PATH, &[], |portal: &objects::Portal| &portal.id).await?;
        Ok(all.into_iter().map(ShopPortal::from).collect())
    }

    async fn endpoints(&self) -> Result<Vec<ShopEndpoint>, PaymentError> {
        let all = all(&self.client, "/webhook_endpoints", &[], |endpoint: &objects::Endpoint| &endpoint.id).await?;
        Ok(all.into_iter().map(ShopEndpoint::from).collect())
    }

    async fn knows(&self, customer: &ProviderCustomerId) -> Result<bool, PaymentError> {
        match self.client.call::<Named>(get(&format!("/customers/{customer}"), &[]), None).await {
            Ok(_) => Ok(true),
            Err(PaymentError::Refused { code, .. }) if code == "resource_missing" => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn change_shop(&self, key: &IdempotencyKey, change: &ShopChange) -> Result<ShopChanged, PaymentError> {
        change::perform(self, key, change).await
    }

    async fn all_subscriptions(
        &self,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Part<(Fetched, Vec<ProviderPriceId>)>, PaymentError> {
        // Without cards: who needs them fetches the subscription.
        let mut query = vec![("status", "all"), ("limit", "100")];
        query.extend(after.map(|after| ("starting_after", after)));
        let part: List<Subscription> = self.client.call(get("/subscriptions", &query), None).await?;
        let next = part.data.last().filter(|_| part.has_more).map(|last| last.id.clone());
        let mut items = Vec::new();
        for one in part.data {
            let id = one.id.clone();
            let prices = one.items.data.iter().map(|item| ProviderPriceId(item.price.id.clone())).collect();
            // What is arranged a list does not show whole.
            let arranged = one.schedule.is_some();
            match mapping::fetched(one, now) {
                Ok(listed) => {
                    let whole = arranged && !listed.subscription.status.is_terminal();
                    let fetched = if whole { self.subscription(&listed.subscription.id, now).await? } else { listed };
                    items.push((fetched, prices));
                }
                // One that cannot be understood was made by somebody else, and is no reason to look at no other.
                Err(error) => tracing::warn!(subscription = id, %error, "a subscription that is not understood"),
            }
        }
        Ok(Part { items, next })
    }

    async fn billed(&self, id: &ProviderSubscriptionId, from: Timestamp) -> Result<Option<Billed>, PaymentError> {
        let query = [("subscription", id.as_str()), ("limit", "20")];
        let list: List<objects::Invoice> = self.client.call(get("/invoices", &query), None).await?;
        Ok(list.data.into_iter().filter(objects::Invoice::counts).find_map(|invoice| invoice.of_period(from)))
    }

    async fn undelivered(&self, since: Timestamp, after: Option<&str>) -> Result<Part<Vec<u8>>, PaymentError> {
        let mut query = vec![("delivery_success", "false"), ("limit", "100")];
        query.extend(after.map(|after| ("starting_after", after)));
        let part: List<Value> = self.client.call(get("/events", &query), None).await?;
        // The newest come first.
        let young = |event: &Value| event["created"].as_i64().is_some_and(|at| at >= since.secs());
        let goes_on = part.has_more && part.data.last().is_some_and(young);
        let next = part.data.last().filter(|_| goes_on).and_then(|last| last["id"].as_str()).map(str::to_owned);
        let items = part.data.iter().filter(|event| young(event)).map(|event| event.to_string().into_bytes()).collect();
        Ok(Part { items, next })
    }
}
