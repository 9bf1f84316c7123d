//! The plans for who is not signed in.

use domain::{Interval, Plan};
use leptos::prelude::*;

use crate::components::interval_switch::{IntervalSwitch, saving};
use crate::components::plan_card::{PlanCard, PlanPanel};

/// The plans, each with the way in.
#[component]
pub fn PublicPlans(
    /// What is sold, in order.
    plans: Vec<Plan>,
    /// Paid how often.
    interval: Interval,
    /// The page that this stands on.
    page: &'static str,
) -> impl IntoView {
    let save = saving(&plans);
    view! {
        <div class="public-switch"><IntervalSwitch page chosen=interval saving=save/></div>
        <PlanPanel>
            {plans
                .into_iter()
                .map(|plan| {
                    let class = if plan.highlighted { "button button-primary" } else { "button" };
                    let word = if plan.is_free() { "Start free".to_owned() } else { format!("Start with {}", plan.name) };
                    view! {
                        <PlanCard plan interval>
                            <a class=class href="/signup">{word}</a>
                        </PlanCard>
                    }
                })
                .collect_view()}
        </PlanPanel>
    }
}
