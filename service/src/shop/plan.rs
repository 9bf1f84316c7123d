//! From what stands in the shop to what is to stand in it: which changes, in which order.
//!
//! A price is never edited: another amount is another price, with another lookup key. A price that the catalogue has no
//! more is put away only if nobody pays it.

use domain::plan::{Aggregation, PriceSpec};
use payments::event::KINDS;
use payments::provider::{ShopChange, ShopEndpoint, ShopPrice};

use super::Found;
use super::wanted::Wanted;

/// What to do, and what a person has to look at.
pub(super) struct Planned {
    pub(super) changes: Vec<ShopChange>,
    pub(super) left: Vec<String>,
}

pub(super) fn plan(wanted: &Wanted, found: &Found) -> Planned {
    let mut planned = Planned { changes: Vec::new(), left: Vec::new() };
    products(wanted, found, &mut planned);
    prices(wanted, found, &mut planned);
    meters(wanted, found, &mut planned);
    portal(wanted, found, &mut planned);
    endpoint(wanted, found, &mut planned);
    planned
}

fn products(wanted: &Wanted, found: &Found, planned: &mut Planned) {
    for product in &wanted.products {
        let there = found.products.iter().find(|there| there.id == product.id);
        match there {
            None => planned.changes.push(ShopChange::MakeProduct {
                id: product.id.clone(),
                plan: product.plan.clone(),
                name: product.name.clone(),
                description: product.description.clone(),
            }),
            Some(there)
                if there.name != product.name
                    || there.description.as_deref() != Some(product.description.as_str())
                    || !there.active =>
            {
                planned.changes.push(ShopChange::NameProduct {
                    id: product.id.clone(),
                    name: product.name.clone(),
                    description: product.description.clone(),
                });
            }
            Some(_) => {}
        }
    }
}

/// Whether a price at the provider is what its lookup key says.
pub(super) fn is_what_it_says(price: &ShopPrice, spec: &PriceSpec) -> bool {
    price.unit == Some(spec.unit.minor)
        && price.currency.parse() == Ok::<domain::Currency, _>(spec.unit.currency)
        && price.interval.as_deref() == Some(spec.interval.as_str())
        && price.interval_count == 1
}

fn prices(wanted: &Wanted, found: &Found, planned: &mut Planned) {
    let by_key = |key: &str| found.prices.iter().find(|price| price.lookup_key.as_deref() == Some(key));
    for spec in &wanted.prices {
        let key = spec.lookup_key();
        match by_key(&key) {
            None => planned.changes.push(ShopChange::MakePrice(spec.clone())),
            Some(price) if !is_what_it_says(price, spec) => planned.left.push(format!(
                "{} has the lookup key {key}, but another amount, currency or interval; take the key away from it",
                price.id
            )),
            Some(price) if !price.active => planned.changes.push(ShopChange::SellPrice(price.id.clone())),
            Some(_) => {}
        }
    }
    for price in found.prices.iter().filter(|price| price.active) {
        let still_wanted =
            price.lookup_key.as_ref().is_none_or(|key| wanted.prices.iter().any(|spec| spec.lookup_key() == *key));
        if still_wanted {
            continue;
        }
        if found.paid.contains(&price.id) {
            let key = price.lookup_key.as_deref().unwrap_or_default();
            planned.left.push(format!("{} ({key}) is not in the catalogue any more, and somebody pays it", price.id));
        } else {
            planned.changes.push(ShopChange::PutPriceAway(price.id.clone()));
        }
    }
}

/// How the provider adds up what we add up so.
pub(super) const fn formula(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Sum => "sum",
        Aggregation::Count => "count",
        Aggregation::Max | Aggregation::Last => "last",
    }
}

fn meters(wanted: &Wanted, found: &Found, planned: &mut Planned) {
    for meter in &wanted.meters {
        let there = found.meters.iter().find(|there| there.active && there.event_name == meter.event_name);
        match there {
            None => planned.changes.push(ShopChange::MakeMeter {
                event_name: meter.event_name.clone(),
                display_name: meter.display_name.clone(),
                aggregation: meter.aggregation,
            }),
            Some(there) if there.formula != formula(meter.aggregation) => planned.left.push(format!(
                "the meter {} adds up by {}, and the catalogue says {}; deactivate it when its period has been billed",
                there.event_name,
                there.formula,
                formula(meter.aggregation)
            )),
            Some(there) if there.display_name != meter.display_name => planned
                .changes
                .push(ShopChange::NameMeter { id: there.id.clone(), display_name: meter.display_name.clone() }),
            Some(_) => {}
        }
    }
}

fn portal(wanted: &Wanted, found: &Found, planned: &mut Planned) {
    let return_url = wanted.return_url.clone();
    match found.portals.iter().find(|portal| portal.ours) {
        None => planned.changes.push(ShopChange::MakePortal { return_url }),
        Some(portal) if !portal.is_right() => {
            planned.changes.push(ShopChange::SetPortal { id: portal.id.clone(), return_url });
        }
        Some(_) => {}
    }
}

/// Whether an endpoint is told of exactly the events that are wanted.
pub(super) fn is_told_right(endpoint: &ShopEndpoint) -> bool {
    let mut told: Vec<&str> = endpoint.events.iter().map(String::as_str).collect();
    told.sort_unstable();
    told.dedup();
    told == KINDS
}

fn endpoint(wanted: &Wanted, found: &Found, planned: &mut Planned) {
    let here: Vec<&ShopEndpoint> = found.endpoints.iter().filter(|there| there.url == wanted.endpoint).collect();
    let right_version = |there: &&&ShopEndpoint| there.api_version.as_deref() == Some(found.api_version.as_str());
    match here.iter().find(right_version) {
        None => planned.changes.push(ShopChange::MakeEndpoint { url: wanted.endpoint.clone() }),
        Some(there) if !is_told_right(there) || !there.enabled => {
            planned.changes.push(ShopChange::SetEndpoint { id: there.id.clone() });
        }
        Some(_) => {}
    }
    // Its version cannot be changed. Only when the new one is there, so that nothing goes untold meanwhile.
    for old in here.iter().filter(|there| !right_version(there) && there.enabled) {
        planned.changes.push(ShopChange::SwitchEndpointOff { id: old.id.clone() });
    }
}

/// A change in words.
pub(super) fn words(change: &ShopChange) -> String {
    match change {
        ShopChange::MakeProduct { id, name, .. } => format!("+ product {id} \u{201c}{name}\u{201d}"),
        ShopChange::NameProduct { id, name, .. } => format!("~ product {id}: \u{201c}{name}\u{201d} with its sentence"),
        ShopChange::MakePrice(spec) => format!("+ price {}", spec.lookup_key()),
        ShopChange::SellPrice(id) => format!("~ price {id}: sold again"),
        ShopChange::PutPriceAway(id) => format!("- price {id}: put away, nobody pays it"),
        ShopChange::MakeMeter { event_name, display_name, .. } => {
            format!("+ meter {event_name} \u{201c}{display_name}\u{201d}")
        }
        ShopChange::NameMeter { id, display_name } => format!("~ meter {id}: \u{201c}{display_name}\u{201d}"),
        ShopChange::MakePortal { .. } => "+ portal configuration, without changes of plan and seats".to_owned(),
        ShopChange::SetPortal { id, .. } => format!("~ portal configuration {id}: without changes of plan and seats"),
        ShopChange::MakeEndpoint { url } => format!("+ webhook endpoint {url} for {} events", KINDS.len()),
        ShopChange::SetEndpoint { id } => format!("~ webhook endpoint {id}: exactly {} events, enabled", KINDS.len()),
        ShopChange::SwitchEndpointOff { id } => format!("- webhook endpoint {id}: it is told in another version"),
    }
}
