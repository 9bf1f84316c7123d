//! Prices at Stripe: found by their lookup key, made when they are not there, never edited.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::Currency;
use domain::plan::PriceSpec;
use domain::subscription::ProviderPriceId;
use stripe_client_core::StripeRequest as _;
use stripe_product::price::{CreatePrice, CreatePriceRecurring, CreatePriceRecurringInterval, ListPrice};
use stripe_product::product::CreateProduct;
use tokio::sync::Mutex;

use super::client::{Client, refused};
use super::mapping::meta;
use super::objects::{List, Named, Price};
use crate::PaymentError;

/// What is already known to be there, by lookup key.
#[derive(Debug, Default)]
pub(super) struct Prices {
    found: RwLock<HashMap<String, ProviderPriceId>>,
    /// Held while one is looked for, so that a process makes each only once.
    looking: Mutex<()>,
}

impl Prices {
    pub(super) async fn ensure(&self, client: &Client, spec: &PriceSpec) -> Result<ProviderPriceId, PaymentError> {
        let key = spec.lookup_key();
        if let Some(id) = self.known(&key) {
            return Ok(id);
        }
        let _looking = self.looking.lock().await;
        if let Some(id) = self.known(&key) {
            return Ok(id);
        }
        let id = match find(client, spec, &key).await? {
            Some(id) => id,
            None => make(client, spec, &key).await?,
        };
        self.found.write().unwrap_or_else(PoisonError::into_inner).insert(key, id.clone());
        Ok(id)
    }

    /// Trusts nothing any more.
    pub(super) fn forget(&self) {
        self.found.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, key: &str) -> Option<ProviderPriceId> {
        self.found.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

async fn find(client: &Client, spec: &PriceSpec, key: &str) -> Result<Option<ProviderPriceId>, PaymentError> {
    let request = ListPrice::new().lookup_keys(vec![key.to_owned()]).active(true).limit(1_i64);
    let list: List<Price> = client.call(request.build(), None).await?;
    let Some(price) = list.data.into_iter().find(|price| price.lookup_key.as_deref() == Some(key)) else {
        return Ok(None);
    };
    // A lookup key can be moved by hand. Never bill anything else than what was shown.
    let same = price.unit_amount == Some(spec.unit.minor)
        && price.currency.parse() == Ok::<Currency, _>(spec.unit.currency)
        && price.recurring.as_ref().is_some_and(|r| r.interval == spec.interval.as_str() && r.interval_count == 1);
    if same {
        return Ok(Some(ProviderPriceId(price.id)));
    }
    let message = format!("{} has the lookup key {key}, but another amount, currency or interval", price.id);
    Err(refused("usher_price_differs", message, "-".to_owned()))
}

async fn make(client: &Client, spec: &PriceSpec, key: &str) -> Result<ProviderPriceId, PaymentError> {
    let product = format!("usher_{}", spec.plan);
    let of_plan = HashMap::from([(meta::PLAN.to_owned(), spec.plan.to_string())]);
    let request = CreateProduct::new(&*spec.plan_name).id(&*product).metadata(of_plan.clone());
    match client.call::<Named>(request.build(), None).await {
        Ok(_) => {}
        Err(PaymentError::Refused { code, .. }) if code == "resource_already_exists" => {}
        Err(error) => return Err(error),
    }
    let mut metadata = of_plan;
    metadata.insert(meta::PART.to_owned(), spec.part.as_str().to_owned());
    metadata.insert(meta::INTERVAL.to_owned(), spec.interval.as_str().to_owned());
    let interval = match spec.interval {
        domain::Interval::Month => CreatePriceRecurringInterval::Month,
        domain::Interval::Year => CreatePriceRecurringInterval::Year,
    };
    let Ok(currency) = spec.unit.currency.code().parse::<stripe_types::Currency>();
    let request = CreatePrice::new(currency)
        .product(product)
        .unit_amount(spec.unit.minor)
        .recurring(CreatePriceRecurring::new(interval))
        .lookup_key(key)
        .metadata(metadata);
    match client.call::<Named>(request.build(), None).await {
        Ok(price) => Ok(ProviderPriceId(price.id)),
        // Two prices cannot have one lookup key: another process, or our own unanswered attempt, was faster.
        Err(refusal @ PaymentError::Refused { .. }) => find(client, spec, key).await?.ok_or(refusal),
        Err(unknown) => Err(unknown),
    }
}
