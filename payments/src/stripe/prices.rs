//! Prices at Stripe: found by their lookup key, made when they are not there, never edited.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::Currency;
use domain::plan::{MeterPrice, Part, PriceSpec, Tier};
use domain::subscription::ProviderPriceId;
use stripe_client_core::StripeRequest as _;
use stripe_product::price::{
    CreatePrice, CreatePriceRecurring, CreatePriceRecurringInterval, CreatePriceRecurringUsageType, CreatePriceTiers,
    CreatePriceTiersUpTo, CreatePriceTransformQuantity, CreatePriceTransformQuantityRound, ListPrice,
};
use stripe_product::product::CreateProduct;
use stripe_shared::{PriceBillingScheme, PriceTiersMode};
use tokio::sync::Mutex;

use super::client::{Client, refused};
use super::mapping::meta;
use super::meters;
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
    let cycle = price.recurring.as_ref();
    let same = price.currency.parse() == Ok::<Currency, _>(spec.unit.currency)
        && cycle.is_some_and(|r| r.interval == spec.interval.as_str() && r.interval_count == 1)
        && match &spec.meter {
            None => price.unit_amount == Some(spec.unit.minor),
            // Its tiers are not in the answer; the version in the key stands for them.
            Some(_) => cycle.is_some_and(|r| r.usage_type.as_deref() == Some("metered")),
        };
    if same {
        return Ok(Some(ProviderPriceId(price.id)));
    }
    let message = format!("{} has the lookup key {key}, but another amount, currency or interval", price.id);
    Err(refused("usher_price_differs", message, "-".to_owned()))
}

async fn make(client: &Client, spec: &PriceSpec, key: &str) -> Result<ProviderPriceId, PaymentError> {
    let (product, name) = product(spec);
    let of_plan = HashMap::from([(meta::PLAN.to_owned(), spec.plan.to_string())]);
    let request = CreateProduct::new(&*name).id(&*product).metadata(of_plan.clone());
    match client.call::<Named>(request.build(), None).await {
        Ok(_) => {}
        Err(PaymentError::Refused { code, .. }) if code == "resource_already_exists" => {}
        Err(error) => return Err(error),
    }
    let mut metadata = of_plan;
    metadata.insert(meta::VERSION.to_owned(), spec.version.clone());
    metadata.insert(meta::PART.to_owned(), spec.part.as_str().to_owned());
    metadata.insert(meta::INTERVAL.to_owned(), spec.interval.as_str().to_owned());
    let interval = match spec.interval {
        domain::Interval::Month => CreatePriceRecurringInterval::Month,
        domain::Interval::Year => CreatePriceRecurringInterval::Year,
    };
    let mut recurring = CreatePriceRecurring::new(interval);
    if let Some(meter) = &spec.meter {
        metadata.insert(meta::METER.to_owned(), meter.key.clone());
        recurring.meter = Some(meters::ensure(client, meter).await?);
        recurring.usage_type = Some(CreatePriceRecurringUsageType::Metered);
    }
    let Ok(currency) = spec.unit.currency.code().parse::<stripe_types::Currency>();
    let request = CreatePrice::new(currency).product(product).recurring(recurring).lookup_key(key).metadata(metadata);
    let request = match spec.meter.as_ref().map(|meter| &meter.price) {
        None => request.unit_amount(spec.unit.minor),
        Some(MeterPrice::Unit(unit)) => request.unit_amount(unit.minor),
        Some(MeterPrice::Package { size, price }) => {
            let size = i64::try_from(*size).unwrap_or(i64::MAX);
            let begun = CreatePriceTransformQuantity::new(size, CreatePriceTransformQuantityRound::Up);
            request.unit_amount(price.minor).transform_quantity(begun)
        }
        Some(MeterPrice::Graduated(tiers)) => tiered(request, PriceTiersMode::Graduated, tiers),
        Some(MeterPrice::Volume(tiers)) => tiered(request, PriceTiersMode::Volume, tiers),
    };
    match client.call::<Named>(request.build(), None).await {
        Ok(price) => Ok(ProviderPriceId(price.id)),
        // Two prices cannot have one lookup key: another process, or our own unanswered attempt, was faster.
        Err(refusal @ PaymentError::Refused { .. }) => find(client, spec, key).await?.ok_or(refusal),
        Err(unknown) => Err(unknown),
    }
}

/// The product's id and name. What is counted is a product of its own, because an invoice names products.
fn product(spec: &PriceSpec) -> (String, String) {
    match (&spec.meter, spec.part) {
        (Some(meter), _) => (
            format!("usher_{}_{}", spec.plan, meter.key.replace('.', "_")),
            format!("{}: {}", spec.plan_name, meter.name),
        ),
        (None, Part::Overage) => {
            (format!("usher_{}_overage", spec.plan), format!("{}: seats beyond the plan", spec.plan_name))
        }
        (None, _) => (format!("usher_{}", spec.plan), spec.plan_name.clone()),
    }
}

fn tiered(request: CreatePrice, mode: PriceTiersMode, tiers: &[Tier]) -> CreatePrice {
    let tier = |tier: &Tier| {
        let up_to = tier.up_to.and_then(|up_to| i64::try_from(up_to).ok());
        let mut made = CreatePriceTiers::new(up_to.map_or(CreatePriceTiersUpTo::Inf, CreatePriceTiersUpTo::I64));
        made.unit_amount = Some(tier.unit.minor);
        made.flat_amount = tier.flat.map(|flat| flat.minor);
        made
    };
    request
        .billing_scheme(PriceBillingScheme::Tiered)
        .tiers_mode(mode)
        .tiers(tiers.iter().map(tier).collect::<Vec<_>>())
}
