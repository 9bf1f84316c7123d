//! `/pricing`.

use domain::{Interval, Plan};
use leptos::prelude::*;

use super::parts::PublicPlans;
use crate::routes::Page;

/// What is sold, and the questions that money raises.
#[component]
pub fn PricingPage(
    /// What is sold, in order.
    plans: Vec<Plan>,
    /// Paid how often.
    interval: Interval,
) -> impl IntoView {
    let answers = [
        (
            "What is a seat?",
            "A place for one person. Members hold one each; a pending invitation holds one too, so that it is still there when it is accepted.",
        ),
        (
            "Does an invitation cost anything?",
            "No. Where seats are billed, a seat is billed from when somebody accepts. An invitation that is not answered gives its seat back after seven days.",
        ),
        (
            "What happens when all seats are in use?",
            "Nobody loses theirs. The team page says so in place of the form, and what can be done: free a seat, or move to a plan with more.",
        ),
        (
            "What happens when a payment fails?",
            "Everything goes on, and the billing page says what is due. Seats can be added again when it is paid.",
        ),
        (
            "Why are some plans for one e-mail domain only?",
            "They are priced for one company. Whoever is invited there has an address that ends like the company's own; a free mailbox does not count as a company.",
        ),
    ];
    view! {
        <section class="hero hero-plain">
            <h1>"Pricing"</h1>
            <p class="lead">"Start free. Pay for the team, or for each seat, by the month or by the year."</p>
        </section>
        <section id="plans" class="public-section" aria-labelledby="plans-title">
            <h2 id="plans-title" class="public-title">"Plans"</h2>
            <PublicPlans plans interval page=Page::Pricing.path()/>
        </section>
        <section class="public-section questions" aria-labelledby="questions-title">
            <h2 id="questions-title">"Questions about money and seats"</h2>
            <dl>
                {answers.into_iter().map(|(ask, answer)| view! { <div><dt>{ask}</dt><dd>{answer}</dd></div> }).collect_view()}
            </dl>
        </section>
    }
}
