//! What must hold between the plans of a catalogue.

use std::collections::BTreeMap;
use std::ops::Range;

use super::mistake::Mistake;
use super::{file, plan};
use crate::plan::{Aggregation, Visibility};
use crate::{Plan, PlanKey};

/// Where the parts of a plan stand that other plans can contradict.
struct Place {
    plan: Range<usize>,
    key: Range<usize>,
    order: Range<usize>,
    highlighted: Range<usize>,
    successor: Range<usize>,
}

/// All plans of a file, checked, in the order of the page.
pub(super) fn check(raw: file::Catalog) -> Result<Vec<Plan>, Mistake> {
    let mut plans: Vec<(Place, Plan)> = Vec::with_capacity(raw.plans.len());
    for written in raw.plans {
        let whole = written.span();
        let fields = written.get_ref();
        let place = Place {
            key: fields.key.span(),
            order: fields.order.span(),
            highlighted: fields.highlighted.as_ref().map_or(whole.clone(), toml::Spanned::span),
            successor: fields.successor.as_ref().map_or(whole.clone(), toml::Spanned::span),
            plan: whole,
        };
        plans.push((place, plan::plan(written)?));
    }
    one_of_each(&plans)?;
    free(&plans)?;
    successors(&plans)?;
    meanings(&plans)?;
    if !plans.iter().any(|(_, plan)| plan.visibility == Visibility::Public) {
        return Err(Mistake::new(0..0, "No plan is public, so the pricing page would be empty. Make one public."));
    }
    plans.sort_by_key(|(_, plan)| plan.order);
    Ok(plans.into_iter().map(|(_, plan)| plan).collect())
}

fn one_of_each(plans: &[(Place, Plan)]) -> Result<(), Mistake> {
    let mut highlighted = None;
    for (at, (place, plan)) in plans.iter().enumerate() {
        let before = plans.get(..at).unwrap_or_default();
        if before.iter().any(|(_, other)| other.key == plan.key) {
            return Err(Mistake::new(
                place.key.clone(),
                format!("There are two plans `{}`. Rename one of them.", plan.key),
            ));
        }
        if let Some((_, other)) = before.iter().find(|(_, other)| other.order == plan.order) {
            return Err(Mistake::new(
                place.order.clone(),
                format!(
                    "`{}` and `{}` have the same place on the page. Give one another `order`.",
                    other.key, plan.key
                ),
            ));
        }
        if plan.highlighted
            && let Some(other) = highlighted.replace(&plan.key)
        {
            return Err(Mistake::new(
                place.highlighted.clone(),
                format!("`{other}` is highlighted already, and one plan can be. Choose between them."),
            ));
        }
    }
    Ok(())
}

fn free(plans: &[(Place, Plan)]) -> Result<(), Mistake> {
    let mut free = plans.iter().filter(|(_, plan)| plan.is_free());
    let Some((place, first)) = free.next() else {
        return Err(Mistake::new(
            0..0,
            "No plan is free. Add one without prices: it is what an organization has before it buys.",
        ));
    };
    if let Some((place, second)) = free.next() {
        return Err(Mistake::new(
            place.plan.clone(),
            format!(
                "`{}` and `{}` both have no prices, and one plan is free. Give one prices, or custom_price = true.",
                first.key, second.key
            ),
        ));
    }
    if first.visibility == Visibility::Legacy {
        return Err(Mistake::new(
            place.plan.clone(),
            format!(
                "`{}` is what a new organization has, so it cannot be legacy. Make it public or hidden.",
                first.key
            ),
        ));
    }
    Ok(())
}

fn successors(plans: &[(Place, Plan)]) -> Result<(), Mistake> {
    let next: BTreeMap<&PlanKey, Option<&PlanKey>> =
        plans.iter().map(|(_, plan)| (&plan.key, plan.successor.as_ref())).collect();
    for (place, plan) in plans {
        let mut at = plan.successor.as_ref();
        let mut steps = 0;
        while let Some(key) = at {
            let Some(after) = next.get(key) else {
                return Err(Mistake::new(
                    place.successor.clone(),
                    format!("There is no plan `{key}` to succeed `{}`. Write the key of another plan.", plan.key),
                ));
            };
            steps += 1;
            if key == &plan.key || steps > plans.len() {
                return Err(Mistake::new(
                    place.successor.clone(),
                    format!("`{}` would be its own successor. Write the key of a plan that stays.", plan.key),
                ));
            }
            at = *after;
        }
    }
    Ok(())
}

/// A key means one thing in all plans: use is counted the same way before and after a change of plan.
fn meanings(plans: &[(Place, Plan)]) -> Result<(), Mistake> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Feature,
        Limit,
        Meter(Aggregation),
    }
    let mut known: BTreeMap<&str, (Kind, &PlanKey)> = BTreeMap::new();
    for (place, plan) in plans {
        let features = plan.features.keys().map(|name| (name, Kind::Feature));
        let limits = plan.limits.keys().map(|name| (name, Kind::Limit));
        let meters = plan.meters.iter().map(|(name, meter)| (name, Kind::Meter(meter.aggregation)));
        for (name, kind) in features.chain(limits).chain(meters) {
            let (first, other) = *known.entry(name).or_insert((kind, &plan.key));
            if first != kind {
                return Err(Mistake::new(
                    place.plan.clone(),
                    format!(
                        "`{name}` is something else in `{other}` than in `{}`. Use one kind and one aggregation.",
                        plan.key
                    ),
                ));
            }
        }
    }
    Ok(())
}
