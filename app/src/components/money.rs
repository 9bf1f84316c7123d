//! Money on the screen.

use domain::{Interval, Money};
use leptos::prelude::*;

/// An amount in tabular figures: `$4,999.00`.
#[component]
pub fn Amount(
    /// How much.
    money: Money,
) -> impl IntoView {
    view! { <span class="money">{money.to_string()}</span> }
}

/// An amount without its cents where there are none: `$99`, `$4,999`. For price tags, not for bills.
#[must_use]
pub fn tag(money: Money) -> String {
    let text = money.to_string();
    match text.strip_suffix(".00") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// `a month`, `a year`.
#[must_use]
pub const fn every(interval: Interval) -> &'static str {
    match interval {
        Interval::Month => "a month",
        Interval::Year => "a year",
    }
}
