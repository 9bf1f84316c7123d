//! The one thing to know now: at most one banner, the gravest first.

use std::time::Duration;

use domain::view::{BillingView, CheckoutOutcome, OpenCheckout, WaitingChange};
use domain::{Permission, SubscriptionStatus as Status};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::{AbandonCheckout, Back};
use crate::components::banner::{Banner, Tone};
use crate::components::button::Submit;
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
) -> impl IntoView {
    let payer = view.desk.role.may(Permission::BillingManage);
    let slug = view.desk.slug.clone();
    let ask = if payer { String::new() } else { owners(&view) };
    let active = view.subscription.as_ref().is_some_and(|bought| bought.status.access() == domain::Access::Full);
    let status = view.subscription.as_ref().map(|bought| bought.status);
    let ends_at = view.subscription.as_ref().filter(|bought| bought.status.is_live()).and_then(|bought| bought.ends_at);

    match back {
        Some(Back::Paid(CheckoutOutcome::Activating)) if !active => {
            return view! { <Activating slug=slug.to_string() again/> }.into_any();
        }
        Some(Back::Paid(CheckoutOutcome::Active | CheckoutOutcome::Activating)) => {
            return view! {
                <Banner tone=Tone::Good>
                    <p>
                        <strong>{format!("Welcome to {}.", view.plan.name)}</strong>
                        " The payment went through. Next: "
                        <a href=Page::Team.at(&slug)>"invite your colleagues"</a>"."
                    </p>
                </Banner>
            }
            .into_any();
        }
        Some(Back::Paid(CheckoutOutcome::Expired)) => {
            return view! {
                <Banner><p>"The payment page has expired. Nothing was charged. Choose a plan to get a new one."</p></Banner>
            }
            .into_any();
        }
        Some(Back::Cancelled) if !active => {
            return view! { <Banner><p>"Payment cancelled. Nothing was charged."</p></Banner> }.into_any();
        }
        Some(Back::Cancelled | Back::Paid(CheckoutOutcome::Open)) | None => {}
    }
    let waiting = view.waiting_change.clone();
    if let Some(debt) = view.debt.clone() {
        return view! { <Debt debt access=view.desk.access ask/> }.into_any();
    }
    match status {
        Some(Status::PastDue) => view! {
            <Banner tone=Tone::Warn>
                <p>
                    <strong>"The last payment did not go through."</strong>
                    " It will be tried again. Nobody loses a seat; none can be added until it is paid. "{ask}
                </p>
            </Banner>
        }
        .into_any(),
        _ if waiting.is_some() => {
            waiting.map(|waiting| view! { <Waits waiting slug=slug.to_string() payer ask/> }).into_any()
        }
        _ => match (view.open_checkout.filter(|_| payer), ends_at) {
            (Some(open), _) => view! { <Unfinished open slug=slug.to_string() abandon/> }.into_any(),
            (None, Some(at)) => view! {
                <Banner><p>"The plan ends on "<Day at/>". Everything stays as it is until then."</p></Banner>
            }
            .into_any(),
            (None, None) => ().into_any(),
        },
    }
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
