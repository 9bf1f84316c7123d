//! The one thing to know now: at most one banner, the gravest first.

use std::time::Duration;

use domain::Permission;
use domain::course::Step;
use domain::view::{BillingView, NextView, OpenCheckout, WaitingChange};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::{AbandonCheckout, Back};
use super::banner::{Notice, notice};
use super::course::{CourseDeeds, Resume, UndoChange, Unpause};
use crate::components::banner::{Banner, Tone};
use crate::components::button::Submit;
use crate::components::money::every as every_one;
use crate::components::outcome::{Failure, failure, once};
use crate::components::time::{Day, Minute};
use crate::features::invoices::parts::Debt;
use crate::routes::Page;

/// The one thing to know now.
#[component]
pub fn News(
    /// Everything.
    view: BillingView,
    /// How the visit to the payment page ended.
    back: Option<Back>,
    /// Asks again.
    again: Callback<()>,
    /// Closes the open payment page.
    abandon: ServerAction<AbandonCheckout>,
    /// What can be done with the plan.
    deeds: CourseDeeds,
) -> impl IntoView {
    let payer = view.desk.role.may(Permission::BillingManage);
    let slug = view.desk.slug.clone();
    let ask = if payer { String::new() } else { owners(&view) };
    let plan = view.plan.name.clone();
    let ways = Page::Reactivate.at(&slug);
    match notice(&view, back) {
        None => ().into_any(),
        Some(Notice::Activating) => view! { <Activating slug=slug.to_string() again/> }.into_any(),
        Some(Notice::Welcome) => view! {
            <Banner tone=Tone::Good>
                <p>
                    <strong>{format!("Welcome to {plan}.")}</strong>
                    " The payment went through. Next: "
                    <a href=Page::Team.at(&slug)>"invite your colleagues"</a>"."
                </p>
            </Banner>
        }
        .into_any(),
        Some(Notice::PageExpired) => view! {
            <Banner><p>"The payment page has expired. Nothing was charged. Choose a plan to get a new one."</p></Banner>
        }
        .into_any(),
        Some(Notice::PageLeft) => view! { <Banner><p>"Payment cancelled. Nothing was charged."</p></Banner> }.into_any(),
        Some(Notice::Over) => view! {
            <Banner tone=Tone::Bad>
                <p>
                    <strong>{format!("{plan} has ended.")}</strong>
                    " Everything can be read; nothing can be changed until an owner decides how to go on. "{ask}
                    <a href=ways>"See the ways on"</a>
                </p>
            </Banner>
        }
        .into_any(),
        Some(Notice::Unpaid) => view! {
            <Banner tone=Tone::Bad>
                <p>
                    <strong>{format!("{plan} is not paid.")}</strong>
                    " The payment service has given up trying. Everything can be read and exported; nothing can be changed \
                      until the open invoice is paid. "{ask}
                    <a href=ways>"See the ways on"</a>
                </p>
            </Banner>
        }
        .into_any(),
        Some(Notice::Paused) => {
            let may = payer && view.course.as_ref().is_some_and(|course| course.may(Step::Unpause));
            view! {
                <Banner>
                    <p>
                        <strong>{format!("{plan} is paused.")}</strong>
                        " Nothing is billed. Everything can be read; nothing can be changed until it goes on. "{ask}
                    </p>
                    {may.then(|| view! { <Unpause slug=slug.to_string() deeds/> })}
                </Banner>
            }
            .into_any()
        }
        Some(Notice::Debt(debt)) => view! { <Debt debt access=view.desk.access ask/> }.into_any(),
        Some(Notice::Waits(waiting)) => view! { <Waits waiting slug=slug.to_string() payer ask/> }.into_any(),
        Some(Notice::PastDue) => view! {
            <Banner tone=Tone::Warn>
                <p>
                    <strong>"The last payment did not go through."</strong>
                    " It will be tried again. Nobody loses a seat; none can be added until it is paid. "{ask}
                </p>
            </Banner>
        }
        .into_any(),
        Some(Notice::Unfinished(open)) => view! { <Unfinished open slug=slug.to_string() abandon/> }.into_any(),
        Some(Notice::NotCollected(until)) => view! {
            <Banner>
                <p>
                    "Payments are not collected now"
                    {until.map(|at| view! { ", until "<Day at/> })}
                    ". Everything works as before. "
                </p>
                {payer.then(|| view! { <Unpause slug=slug.to_string() deeds/> })}
            </Banner>
        }
        .into_any(),
        Some(Notice::Trial(trial)) => {
            let left = days(trial.days_left);
            let no_card = view.subscription.as_ref().is_some_and(|bought| bought.card.is_none());
            let card = if no_card { " There is no card yet: without one, the plan stops being paid then." } else { "" };
            view! {
                <Banner>
                    <p><strong>{format!("{left} left in the trial.")}</strong>" It ends on "<Day at=trial.ends_at/>"."{card}</p>
                </Banner>
            }
            .into_any()
        }
        Some(Notice::Ends(at)) => view! {
            <Banner>
                <p>"Ends "<Day at/>". You keep all features until then. "{ask}</p>
                {payer.then(|| view! { <Resume slug=slug.to_string() deeds/> })}
            </Banner>
        }
        .into_any(),
        Some(Notice::Changes(next)) => {
            let (what, then) = change(&plan, &next);
            view! {
                <Banner>
                    <p>{what}<Day at=next.at/>". "{then}"Until then nothing changes. "{ask}</p>
                    {payer.then(|| view! { <UndoChange slug=slug.to_string() deeds/> })}
                </Banner>
            }
            .into_any()
        }
    }
}

/// What begins, up to its day, and what it means, where nobody here has seen that beforehand.
fn change(plan: &str, next: &NextView) -> (String, String) {
    let to = next.plan.as_deref().unwrap_or("another plan");
    let every = next.interval.map(|interval| format!(", paid {}", interval.adverb())).unwrap_or_default();
    if !next.moved {
        return (format!("Changes to {to}{every} on "), String::new());
    }
    let what = if to == plan { format!("We change {plan} on ") } else { format!("We change {plan} to {to} on ") };
    let costs = next.total.zip(next.interval);
    let costs = costs.map(|(total, interval)| format!("It then costs {total} {}. ", every_one(interval)));
    let different = (!next.differences.is_empty()).then(|| format!("{}. ", next.differences.join("; ")));
    (what, costs.into_iter().chain(different).collect())
}

/// `1 day`, `5 days`.
pub(super) fn days(count: u32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

fn owners(view: &BillingView) -> String {
    let names: Vec<String> = view.owners.iter().map(ToString::to_string).collect();
    if names.is_empty() { "Ask an owner.".to_owned() } else { format!("Ask {}.", names.join(" or ")) }
}

/// Paid, and on its way. Asks again every two seconds; without scripts there is a link.
#[component]
fn Activating(slug: String, again: Callback<()>) -> impl IntoView {
    Effect::new(move |_| {
        let waiting = set_timeout_with_handle(move || again.run(()), Duration::from_secs(2));
        on_cleanup(move || {
            if let Ok(waiting) = waiting {
                waiting.clear();
            }
        });
    });
    view! {
        <Banner>
            <p>
                <strong class="waiting">"Payment received, activating…"</strong>
                " This takes a few seconds. You can leave this page; nothing is lost. "
                <a href=format!("/app/{slug}/billing") rel="external">"Look again"</a>
            </p>
        </Banner>
    }
}

/// A change that waits for its payment.
#[component]
fn Waits(waiting: WaitingChange, slug: String, payer: bool, ask: String) -> impl IntoView {
    let WaitingChange { more_seats, plan, pay_url, quote, until } = waiting;
    let what = match (plan, more_seats) {
        (Some(plan), _) => format!("The change to {plan} is waiting for payment."),
        (None, 0) => "A change is waiting for payment.".to_owned(),
        (None, 1) => "1 seat is waiting for payment.".to_owned(),
        (None, more) => format!("{more} seats are waiting for payment."),
    };
    let deeds = payer.then(|| {
        view! {
            <div class="banner-deeds">
                {pay_url.map(|url| view! { <a class="button button-primary" href=url rel="external">"Confirm the payment"</a> })}
                {quote.map(|id| view! {
                    <a class="button" href=format!("/app/{slug}/billing/change?quote={id}")>"Look at the change"</a>
                })}
            </div>
        }
    });
    view! {
        <Banner tone=Tone::Warn>
            <p>
                <strong>{what}</strong>" Your bank needs you to confirm it. It is given up at "<Minute at=until/>"; until then nothing has changed. "{ask}
            </p>
            {deeds}
        </Banner>
    }
}

/// A payment page that was opened and left.
#[component]
fn Unfinished(open: OpenCheckout, slug: String, abandon: ServerAction<AbandonCheckout>) -> impl IntoView {
    let failed = failure(abandon);
    view! {
        <Banner>
            <p>
                "A payment was started and not finished. It stays open until "<Minute at=open.expires_at/>"; nothing is charged until you finish it."
            </p>
            <Failure of=failed/>
            <div class="banner-deeds">
                <a class="button" href=open.url rel="external">"Continue payment"</a>
                <ActionForm action=abandon on:submit:capture=once(abandon)>
                    <input type="hidden" name="slug" value=slug/>
                    <Submit label="Close it" pending=abandon.pending()/>
                </ActionForm>
            </div>
        </Banner>
    }
}
