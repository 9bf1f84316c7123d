//! One plan: from how it is written to a [`Plan`].

use std::collections::BTreeMap;

use toml::Spanned;

use super::mistake::Mistake;
use super::{file, meter, price};
use crate::Plan;
use crate::plan::{NamedLimit, Visibility};

/// Stripe's longest trial, in days.
const LONGEST_TRIAL: u32 = 730;

/// A text for people: something, in one line, and not longer than a card can show.
pub(super) fn words(written: &Spanned<String>, field: &str, most: usize) -> Result<String, Mistake> {
    let text = written.get_ref().trim();
    if text.is_empty() {
        return Err(Mistake::at(
            written,
            format!("`{field}` is empty. Write something, or leave an optional field out."),
        ));
    }
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Mistake::at(written, format!("`{field}` is one line of at most {most} characters. Shorten it.")));
    }
    Ok(text.to_owned())
}

/// A name for programs: `sso`, or `trucking.max_locations` for one product's.
fn key(written: &Spanned<String>) -> Result<String, Mistake> {
    let text = written.get_ref();
    let part = |part: &str| part.parse::<crate::PlanKey>().is_ok();
    if text.len() <= 80 && text.split('.').all(part) {
        Ok(text.clone())
    } else {
        Err(Mistake::at(
            written,
            "This is not a key. Write a-z, 0-9 and _, a letter first; dots may stand between such words.",
        ))
    }
}

pub(super) fn plan(here: Spanned<file::Plan>) -> Result<Plan, Mistake> {
    let span = here.span();
    let raw = here.into_inner();
    let text = |written: &Option<Spanned<String>>, field, most| {
        written.as_ref().map(|written| words(written, field, most)).transpose()
    };

    let per_seat = raw.prices.iter().any(|price| price.get_ref().per_seat.is_some());
    let mut seats = price::seats(&raw.seats, per_seat)?;
    let usage = raw.meters.values().any(|meter| *meter.get_ref().beyond.get_ref() == file::Beyond::Overage);
    let prices = price::prices(&raw.prices, seats.included, usage)?;
    seats.overage = price::overage(&raw.seats, &prices, seats.max)?;

    let custom_price = raw.custom_price.as_ref().is_some_and(|custom| *custom.get_ref());
    if let Some(custom) = &raw.custom_price
        && custom_price
        && !prices.is_empty()
    {
        return Err(Mistake::at(
            custom,
            "A plan with a price on request has no prices. Drop `custom_price`, or the prices.",
        ));
    }
    let trial_days = raw.trial_days.as_ref().map_or(0, |days| *days.get_ref());
    if let Some(days) = &raw.trial_days {
        if trial_days > LONGEST_TRIAL {
            return Err(Mistake::at(days, format!("A trial has at most {LONGEST_TRIAL} days. Write fewer.")));
        }
        if trial_days > 0 && prices.is_empty() {
            return Err(Mistake::at(
                days,
                "A trial ends with a payment, and this plan has no price. Drop `trial_days`.",
            ));
        }
    }
    if let Some(days) = &raw.retention_days
        && *days.get_ref() == 0
    {
        return Err(Mistake::at(
            days,
            "Nothing would be kept. Write the days, or leave `retention_days` out to keep all.",
        ));
    }

    let currency = price::only_currency(&prices);
    let mut features = BTreeMap::new();
    for (name, label) in &raw.features {
        features.insert(key(name)?, words(label, name.get_ref(), 80)?);
    }
    let mut limits = BTreeMap::new();
    for (name, limit) in &raw.limits {
        limits.insert(key(name)?, NamedLimit { name: words(&limit.name, "name", 60)?, limit: limit.limit.0 });
    }
    let mut meters = BTreeMap::new();
    for (name, written) in &raw.meters {
        meters.insert(key(name)?, meter::meter(written, currency)?);
    }
    for (name, kind) in limits.keys().map(|name| (name, "limit")).chain(meters.keys().map(|name| (name, "meter"))) {
        let twice = features.contains_key(name) || (kind == "meter" && limits.contains_key(name));
        if twice {
            return Err(Mistake::new(span, format!("`{name}` names two things in this plan. Rename the {kind}.")));
        }
    }

    let visibility = raw.visibility.as_ref().map_or(Visibility::Public, |seen| *seen.get_ref());
    let highlighted = raw.highlighted.as_ref().is_some_and(|yes| *yes.get_ref());
    if let Some(yes) = &raw.highlighted
        && highlighted
        && visibility != Visibility::Public
    {
        return Err(Mistake::at(
            yes,
            "Only a public plan can be highlighted. Drop `highlighted`, or make the plan public.",
        ));
    }

    Ok(Plan {
        key: raw.key.into_inner(),
        name: words(&raw.name, "name", 40)?,
        description: words(&raw.description, "description", 200)?,
        order: raw.order.into_inner(),
        visibility,
        highlighted,
        badge: text(&raw.badge, "badge", 24)?,
        custom_price,
        prices,
        seats,
        trial_days,
        same_domain: raw.same_domain,
        features,
        limits,
        meters,
        retention_days: raw.retention_days.map(Spanned::into_inner),
        support: text(&raw.support, "support", 80)?,
        successor: raw.successor.map(Spanned::into_inner),
    })
}
