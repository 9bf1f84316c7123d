//! Monthly or yearly: two links, so that it works without any script.

use domain::{Currency, Interval, Plan};
use leptos::prelude::*;

/// Monthly or yearly: two links to the same page.
#[component]
pub fn IntervalSwitch(
    /// The page, without its query.
    #[prop(into)]
    page: String,
    /// What is shown now.
    chosen: Interval,
    /// What a year saves: `Save 20 %`, from the plans.
    saving: Option<u64>,
) -> impl IntoView {
    let link = move |interval: Interval, word: &'static str, saving: Option<u64>| {
        view! {
            <a
                href=format!("{page}?interval={interval}#plans")
                class="switch-choice"
                aria-current=(interval == chosen).then_some("true")
            >
                {word}
            </a>
            {saving.map(|percent| view! { <span class="switch-note">{format!("save up to {percent} %")}</span> })}
        }
    };
    view! {
        <nav class="switch" aria-label="Paid how often">
            {link.clone()(Interval::Month, "Monthly", None)}
            {link(Interval::Year, "Yearly", saving)}
        </nav>
    }
}

/// The most that a year saves against twelve months, in whole per cent.
#[must_use]
pub fn saving(plans: &[Plan]) -> Option<u64> {
    plans
        .iter()
        .filter_map(|plan| {
            let month = plan.price(Interval::Month, Currency::USD)?;
            let year = plan.price(Interval::Year, Currency::USD)?;
            let (month, year) = match (month.base, year.base) {
                (Some(month), Some(year)) => (month.minor, year.minor),
                _ => (month.per_seat?.minor, year.per_seat?.minor),
            };
            let twelve = u64::try_from(month).ok()?.checked_mul(12).filter(|sum| *sum > 0)?;
            let saved = twelve.checked_sub(u64::try_from(year).ok()?)?;
            // Rounded to the nearest per cent.
            Some((saved * 100 + twelve / 2) / twelve)
        })
        .max()
        .filter(|percent| *percent > 0)
}
