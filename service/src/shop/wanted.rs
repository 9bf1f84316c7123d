//! What is to stand in the shop, as catalogue and settings have it.

use std::collections::BTreeMap;

use domain::Catalog;
use domain::plan::{Aggregation, Beyond, PriceSpec};

/// A plan's product.
pub(super) struct Product {
    pub(super) id: String,
    pub(super) plan: String,
    pub(super) name: String,
    pub(super) description: String,
}

/// A meter.
pub(super) struct Meter {
    pub(super) event_name: String,
    pub(super) display_name: String,
    pub(super) aggregation: Aggregation,
}

/// Everything.
pub(super) struct Wanted {
    pub(super) products: Vec<Product>,
    pub(super) prices: Vec<PriceSpec>,
    pub(super) meters: Vec<Meter>,
    /// Where webhooks go.
    pub(super) endpoint: String,
    /// Where the portal's way back leads.
    pub(super) return_url: String,
}

impl Wanted {
    pub(super) fn of(catalog: &Catalog, public_url: &str) -> Self {
        let sold: Vec<_> = catalog.plans().iter().filter(|plan| plan.is_sold()).collect();
        let products = sold
            .iter()
            .map(|plan| Product {
                id: format!("usher_{}", plan.key),
                plan: plan.key.to_string(),
                name: plan.name.clone(),
                description: plan.description.clone(),
            })
            .collect();
        let prices =
            sold.iter().flat_map(|plan| plan.prices.iter().flat_map(|price| plan.price_specs(price))).collect();
        // One meter for all plans: usage is told once, whoever has which plan.
        let mut meters: BTreeMap<String, Meter> = BTreeMap::new();
        for (key, meter) in catalog.plans().iter().flat_map(|plan| &plan.meters) {
            if matches!(meter.beyond, Beyond::Overage(_)) {
                let event_name = format!("usher_{key}");
                meters.entry(event_name.clone()).or_insert_with(|| Meter {
                    event_name,
                    display_name: meter.name.clone(),
                    aggregation: meter.aggregation,
                });
            }
        }
        Self {
            products,
            prices,
            meters: meters.into_values().collect(),
            endpoint: format!("{public_url}/webhooks/stripe"),
            return_url: format!("{public_url}/app"),
        }
    }
}
