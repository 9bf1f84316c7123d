//! What is sold, side by side.

use domain::course::Step;
use domain::quote::{Cost, When};
use domain::view::BillingView;
use domain::{Access, Currency, Interval, Permission, Plan, Price, SubscriptionStatus};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::StartCheckout;
use crate::components::button::{Disabled, Submit, Weight};
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::interval_switch::{IntervalSwitch, saving};
use crate::components::outcome::{Failure, failure, once};
use crate::components::plan_card::{PlanCard, PlanPanel, shown_price};
use crate::routes::Page;

/// What is sold. The interval may change without anything being fetched.
#[component]
pub fn Plans(
    /// Everything.
    view: BillingView,
    /// Paid how often.
    #[prop(into)]
    interval: Signal<Interval>,
    /// Opens the payment page.
    start: ServerAction<StartCheckout>,
) -> impl IntoView {
    let failed = failure(start);
    let save = saving(&view.plans);
    let why_not = why_not(&view);
    let free_to_choose = why_not.is_none();
    let page = Page::Billing.at(&view.desk.slug);
    view! {
        <section id="plans" class="section" aria-labelledby="plans-title">
            <header class="section-head">
                <div>
                    <h2 id="plans-title">"Plans"</h2>
                    {why_not.map(|why| view! { <p class="section-note">{why}</p> })}
                </div>
                {move || view! { <IntervalSwitch page=page.clone() chosen=interval.get() saving=save/> }}
            </header>
            <Failure of=failed/>
            {move || {
                let view = view.clone();
                let interval = interval.get();
                let cards = view
                    .plans
                    .iter()
                    .map(|plan| {
                        let current = plan.key == view.plan.key;
                        let (plan, view, mut card) = (plan.clone(), view.clone(), plan.clone());
                        // Nothing is recommended to who cannot choose.
                        card.highlighted &= free_to_choose;
                        view! {
                            <PlanCard plan=card interval current>
                                <Deed plan current view interval start/>
                            </PlanCard>
                        }
                    })
                    .collect_view();
                view! { <PlanPanel>{cards}</PlanPanel> }
            }}
        </section>
    }
}

fn bought(view: &BillingView) -> bool {
    view.subscription.as_ref().is_some_and(|bought| bought.status.is_live())
}

/// Why no other plan can be chosen now, if none can.
fn why_not(view: &BillingView) -> Option<String> {
    if !view.desk.role.may(Permission::BillingManage) {
        let owners: Vec<String> = view.owners.iter().map(ToString::to_string).collect();
        return Some(format!("Owners choose the plan. Here that is {}.", owners.join(" or ")));
    }
    None
}

/// To another plan than the one that is bought: what it costs stands on the page it leads to.
#[component]
fn Switch(plan: Plan, price: Price, view: BillingView) -> impl IntoView {
    let up = view.subscription.as_ref().is_some_and(|bought| {
        let seats = bought.quantity.max(view.desk.seats.count.active);
        let today = Cost { interval: bought.interval, amount: bought.total };
        // As on the page: at the interval of today, where it is sold so.
        let like = plan.price(bought.interval, price.currency).unwrap_or(&price);
        like.amount(&plan.seats, seats).is_ok_and(|amount| {
            let wanted = Cost { interval: like.interval, amount };
            When::of(today, wanted, price.interval, false) == When::Now
        })
    });
    let word = if up { "Upgrade" } else { "Downgrade" };
    let page = Page::Change.at(&view.desk.slug);
    let href = format!("{page}?plan={}&interval={}", plan.key, price.interval);
    // What is to be paid comes first; then nothing else is the main thing to do.
    let urgent = view.debt.is_some() || view.waiting_change.is_some();
    let weight = if plan.highlighted && up && !urgent { Weight::Primary } else { Weight::Plain };
    view! { <a class=weight.class() href=href>{word}<span class="unseen">" to "{plan.name}</span></a> }
}

/// The way to a plan that would begin with the next period: something smaller, or paid by the month again.
fn later(view: &BillingView, plan: &Plan, interval: Interval) -> Option<String> {
    let may = view.desk.role.may(Permission::BillingManage) && view.course.as_ref()?.may(Step::Schedule);
    let bought = view.subscription.as_ref().filter(|_| may)?;
    if plan.key == view.plan.key && interval == bought.interval {
        return None;
    }
    let currency = bought.total.currency;
    let cost = |interval: Interval| {
        let amount = plan.price(interval, currency)?.amount(&plan.seats, view.desk.seats.count.active).ok()?;
        Some(Cost { interval, amount })
    };
    let wanted = cost(interval)?;
    let today = Cost { interval: bought.interval, amount: bought.total };
    let trial = bought.status == SubscriptionStatus::Trialing;
    let then = When::of(today, cost(bought.interval).unwrap_or(wanted), interval, trial);
    let page = Page::PlanLater.at(&view.desk.slug);
    (then == When::AtPeriodEnd).then(|| format!("{page}?plan={}&interval={interval}", plan.key))
}

/// The button of a plan, or why there is none.
#[component]
fn Deed(
    plan: Plan,
    current: bool,
    view: BillingView,
    interval: Interval,
    start: ServerAction<StartCheckout>,
) -> impl IntoView {
    if let Some(to) = later(&view, &plan, interval) {
        let words =
            if current { format!("Pay {} instead", interval.adverb()) } else { format!("Downgrade to {}", plan.name) };
        return view! { <a class=Weight::Plain.class() href=to>{words}</a> }.into_any();
    }
    if current && (bought(&view) || view.desk.access == Access::Free) {
        return view! { <Disabled label="Current plan"/> }.into_any();
    }
    let shown = shown_price(&plan, interval).filter(|_| !plan.custom_price);
    if let (Some(shown), Some(pays_in)) = (shown, view.currency)
        && plan.price(shown.interval, pays_in).is_none()
        && !bought(&view)
    {
        let word = format!("Not sold in {}, in which you pay.", pays_in.code().to_uppercase());
        return view! { <p class="plan-word">{word}</p> }.into_any();
    }
    let Some(price) = shown.cloned() else {
        let payer = view.desk.role.may(Permission::BillingManage);
        if plan.is_free() && view.desk.access == Access::ReadOnly && payer {
            let there = Page::Reactivate.at(&view.desk.slug);
            return view! { <a class=Weight::Plain.class() href=there>{format!("Continue on {}", plan.name)}</a> }
                .into_any();
        }
        let word = if plan.custom_price { "Ask us for an offer." } else { "What you have when a plan ends." };
        return view! { <p class="plan-word">{word}</p> }.into_any();
    };
    if !view.desk.role.may(Permission::BillingManage) {
        return ().into_any();
    }
    if bought(&view) {
        return view! { <Switch plan price view/> }.into_any();
    }
    let held = view.desk.seats.count;
    let Some(on_sale) = plan.seats.on_sale(held) else {
        let over = held.held().saturating_sub(plan.seats.limit().cap().unwrap_or_default()).max(1);
        let people = if over == 1 { "1 person".to_owned() } else { format!("{over} people") };
        return view! { <p class="plan-word">{format!("Too small: {people} would have no seat.")}</p> }.into_any();
    };
    let (fewest, most) = on_sale.into_inner();
    let word = format!("Choose {}", plan.name);
    let (key, slug) = (plan.key.to_string(), view.desk.slug.to_string());
    let weight = if plan.highlighted { Weight::Primary } else { Weight::Plain };
    let mine = {
        let key = key.clone();
        Signal::derive(move || {
            start.pending().get() && start.input().read().as_ref().is_some_and(|input| input.plan == key)
        })
    };
    let seats = if price.per_seat.is_some() {
        view! {
            <Field name="seats" id=format!("seats-{key}") label="Seats" kind="number" value=fewest.to_string()
                min=fewest max=most required=true/>
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="seats" value=fewest.to_string()/> }.into_any()
    };
    let currency = currency_field(&plan, price.interval, view.currency);
    view! {
        <ActionForm action=start on:submit:capture=once(start)>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="plan" value=key/>
            <input type="hidden" name="interval" value=price.interval.to_string()/>
            {currency}
            {seats}
            <Submit label=word weight pending=mine/>
        </ActionForm>
    }
    .into_any()
}

/// The choice of the currency, where there is one: who has bought before pays in the same again.
fn currency_field(plan: &Plan, interval: Interval, fixed: Option<Currency>) -> AnyView {
    let currencies = plan.currencies(interval);
    if fixed.is_some() || currencies.len() < 2 {
        return ().into_any();
    }
    let first = plan.offer(interval, None).map(|price| price.currency);
    let id = format!("currency-{}", plan.key);
    let options = currencies
        .into_iter()
        .map(|currency| {
            let code = currency.code().to_owned();
            let (word, chosen) = (code.to_uppercase(), first == Some(currency));
            view! { <option value=code selected=chosen>{word}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>"Currency"</label>
            <div class="select">
                <select id=id name="currency">{options}</select>
                <Draw icon=Icon::Chevron/>
            </div>
        </div>
    }
    .into_any()
}
