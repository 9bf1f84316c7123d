//! Plans side by side: one panel, one column each, every line at the same height.

use domain::number::grouped;
use domain::plan::{Limit, Price};
use domain::{Interval, Plan, SeatLimit};
use leptos::prelude::*;

use super::icon::{Draw, Icon};
use super::money::{every, tag};

/// The panel around the columns.
#[component]
pub fn PlanPanel(
    /// One [`PlanCard`] for each plan.
    children: Children,
) -> impl IntoView {
    view! { <div class="plans">{children()}</div> }
}

/// One plan: name, price, deed, what is in it.
#[component]
pub fn PlanCard(
    /// Which.
    plan: Plan,
    /// Paid how often; a plan that is not sold so shows how it is sold.
    interval: Interval,
    /// It is the one that the organization has.
    #[prop(optional)]
    current: bool,
    /// The button, or why there is none.
    children: Children,
) -> impl IntoView {
    let key = plan.key.to_string();
    let heading = format!("plan-{key}");
    let label = heading.clone();
    let lines = lines(&plan);
    let price = shown_price(&plan, interval).cloned();
    let (highlighted, badge) = (plan.highlighted, plan.badge.clone());
    let (name, description) = (plan.name.clone(), plan.description.clone());
    view! {
        <article
            class="plan"
            class:plan-highlighted=highlighted
            class:plan-current=current
            data-plan=key
            aria-labelledby=label
        >
            <header class="plan-head">
                <h3 id=heading>{name}</h3>
                {badge.map(|badge| view! { <span class="badge">{badge}</span> })}
                <p>{description}</p>
            </header>
            <PriceTag plan=plan price=price asked=interval/>
            <div class="plan-deed">{children()}</div>
            <ul class="plan-lines">
                {lines
                    .into_iter()
                    .map(|line| view! { <li><Draw icon=Icon::Check/><span>{line}</span></li> })
                    .collect_view()}
            </ul>
        </article>
    }
}

/// The price that a card shows: for the interval asked for, or else for the one there is.
#[must_use]
pub fn shown_price(plan: &Plan, interval: Interval) -> Option<&Price> {
    plan.offer(interval, None).or_else(|| plan.prices.first())
}

#[component]
fn PriceTag(plan: Plan, price: Option<Price>, asked: Interval) -> impl IntoView {
    let Some(price) = price else {
        let (figure, unit) = if plan.custom_price { ("On request", "") } else { ("$0", "no card needed") };
        return view! {
            <div class="plan-price"><p class="plan-figure">{figure}</p><p class="plan-unit">{unit}</p><p class="plan-note"></p></div>
        }
        .into_any();
    };
    let (figure, unit) = match (price.base, price.per_seat) {
        (Some(base), Some(seat)) => (tag(base), format!("{}, plus {} per seat", every(price.interval), tag(seat))),
        (Some(base), None) => (tag(base), every(price.interval).to_owned()),
        (None, Some(seat)) => (tag(seat), format!("per seat {}", every(price.interval))),
        (None, None) => ("$0".to_owned(), String::new()),
    };
    let unit = match others(&plan, &price) {
        Some(others) => format!("{unit}, or {others}"),
        None => unit,
    };
    let note = if price.interval != asked {
        format!("paid {} only", price.interval.adverb())
    } else if plan.trial_days > 0 {
        format!("{} days free first", plan.trial_days)
    } else {
        saved(&plan, &price).unwrap_or_default()
    };
    view! {
        <div class="plan-price">
            <p class="plan-figure">{figure}</p>
            <p class="plan-unit">{unit}</p>
            <p class="plan-note">{note}</p>
        </div>
    }
    .into_any()
}

/// `€26 or ¥4,400`: the same in other currencies, where it can be paid in them.
fn others(plan: &Plan, shown: &Price) -> Option<String> {
    let same = plan.prices.iter().filter(|price| price.interval == shown.interval && price.currency != shown.currency);
    let amounts: Vec<_> = same.filter_map(|price| price.base.or(price.per_seat)).map(tag).collect();
    (!amounts.is_empty()).then(|| amounts.join(" or "))
}

/// `saves $238`: against twelve months.
fn saved(plan: &Plan, year: &Price) -> Option<String> {
    if year.interval != Interval::Year {
        return None;
    }
    let month = plan.price(Interval::Month, year.currency)?;
    let (month, paid) = match (month.base, year.base) {
        (Some(month), Some(year)) => (month, year),
        _ => (month.per_seat?, year.per_seat?),
    };
    let mut difference = month.times(12).ok()?;
    difference.minor = difference.minor.checked_sub(paid.minor)?;
    (difference.minor > 0).then(|| format!("saves {}", tag(difference)))
}

/// What is in a plan, for people, the most asked for first.
#[must_use]
pub fn lines(plan: &Plan) -> Vec<String> {
    let by_seat = plan.prices.iter().any(|price| price.per_seat.is_some());
    let seats = match (plan.seats.max, by_seat) {
        (SeatLimit::Unlimited, true) => "As many seats as you need".to_owned(),
        (SeatLimit::Unlimited, false) => "Unlimited members".to_owned(),
        (SeatLimit::Capped(cap), true) => format!("Up to {cap} seats"),
        (SeatLimit::Capped(cap), false) => format!("{cap} members"),
    };
    let meters = plan.meters.values().map(|meter| match meter.allowance {
        Limit::Unlimited => format!("Unlimited {}", inside(&meter.name)),
        Limit::AtMost(most) => format!("{} {} a month", grouped(most), inside(&meter.name)),
    });
    let limits = plan.limits.values().map(|named| match named.limit {
        Limit::Unlimited => format!("Unlimited {}", inside(&named.name)),
        Limit::AtMost(1) => format!("1 {}", singular(&inside(&named.name))),
        Limit::AtMost(most) => format!("{} {}", grouped(most), inside(&named.name)),
    });
    std::iter::once(seats)
        .chain(plan.same_domain.then(|| "Only people of your own domain".to_owned()))
        .chain(meters)
        .chain(limits)
        .chain(plan.features.values().cloned())
        .chain(plan.support.clone())
        .collect()
}

/// A name inside a sentence: `Test runs` → `test runs`, `GB of storage` stays.
fn inside(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

/// One of them: `projects` → `project`. Plan names are English and regular; what does not end in `s` stays.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_catalogue_fit_into_sentences() {
        assert_eq!(inside("Test runs"), "test runs");
        assert_eq!(inside("GB of storage"), "GB of storage");
        assert_eq!(singular("projects"), "project");
        assert_eq!(singular("access"), "access");
    }
}
