//! Talks to the server about plan and money.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::{BillingView, CheckoutOutcome, LaterView, LeavingView, ReactivateView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What the billing tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Plan, money, seats.
    pub view: BillingView,
    /// How the visit to the payment page ended, for who comes from there.
    pub back: Option<Back>,
}

/// How somebody comes back from the payment page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// By the link of the payment page.
    Cancelled,
    /// After paying, or so it seems.
    Paid(CheckoutOutcome),
}

/// The billing tab. `checkout` is what the payment page put into the address: the page's name at the provider, whose
/// outcome is then asked for at once, or `cancelled`, which closes the page so that nobody pays on it later; or `portal`,
/// for who comes back from the payment service's own page, so that what was changed there is seen at once.
#[server(prefix = "/api", endpoint = "billing")]
pub async fn billing(slug: String, checkout: Option<String>) -> Result<Sheet, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let back = match checkout.as_deref() {
        None | Some("") => None,
        Some("portal") => match service::back_from_portal(&services, &caller, &slug).await {
            Ok(()) | Err(service::Error::Forbidden(_)) => None,
            Err(error) => return Err(error.into()),
        },
        Some("cancelled") => match service::abandon_checkout(&services, &caller, &slug).await {
            // Who may not pay, or a provider that does not answer now: the page is closed when it expires.
            Ok(()) | Err(service::Error::Forbidden(_) | service::Error::Refused(_)) => Some(Back::Cancelled),
            Err(error) => return Err(error.into()),
        },
        Some(id) => match service::finish_checkout(&services, &caller, &slug, id).await {
            Ok(outcome) => Some(Back::Paid(outcome)),
            // An old or foreign address is no reason to hide the billing tab.
            Err(service::Error::NotFound | service::Error::Forbidden(_)) => None,
            Err(service::Error::Refused(_) | service::Error::Busy) => Some(Back::Paid(CheckoutOutcome::Activating)),
            Err(error) => return Err(error.into()),
        },
    };
    let view = service::billing(&services, &caller, &slug).await?;
    Ok(Sheet { view, back })
}

/// What has ended and what can be done; `None` if the plan is in order.
#[server(prefix = "/api", endpoint = "reactivation")]
pub async fn reactivation(slug: String) -> Result<Option<ReactivateView>, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::reactivation(&crate::guard::services()?, &caller, &slug).await?)
}

/// Goes on with the free plan, and to the dashboard.
#[server(prefix = "/api", endpoint = "continue-on-free")]
pub async fn continue_on_free(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::continue_on_free(&crate::guard::services()?, &caller, &slug).await?;
    leptos_axum::redirect(&format!("/app/{slug}"));
    Ok(())
}

/// What ends with the plan, and what stays until when.
#[server(prefix = "/api", endpoint = "leaving")]
pub async fn leaving(slug: String) -> Result<LeavingView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::leaving(&crate::guard::services()?, &caller, &slug).await?)
}

/// Ends the plan with its period, and goes to the billing tab.
#[server(prefix = "/api", endpoint = "cancel-plan")]
pub async fn cancel_plan(slug: String, reason: Option<String>, comment: Option<String>) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::cancel_plan(&crate::guard::services()?, &caller, &slug, reason, comment).await?;
    leptos_axum::redirect(&format!("/app/{slug}/billing"));
    Ok(())
}

/// Takes the end of the plan back.
#[server(prefix = "/api", endpoint = "resume-plan")]
pub async fn resume_plan(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::resume_plan(&crate::guard::services()?, &caller, &slug).await?)
}

/// Stops the plan for a while, and goes to the billing tab.
#[server(prefix = "/api", endpoint = "pause-plan")]
pub async fn pause_plan(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::pause_plan(&crate::guard::services()?, &caller, &slug).await?;
    leptos_axum::redirect(&format!("/app/{slug}/billing"));
    Ok(())
}

/// Goes on with a plan that is paused.
#[server(prefix = "/api", endpoint = "unpause-plan")]
pub async fn unpause_plan(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::unpause_plan(&crate::guard::services()?, &caller, &slug).await?)
}

/// Begins to pay before the trial is over.
#[server(prefix = "/api", endpoint = "end-trial")]
pub async fn end_trial(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::end_trial(&crate::guard::services()?, &caller, &slug).await?)
}

/// What a smaller plan, or another interval, would do from the next period on.
#[server(prefix = "/api", endpoint = "later")]
pub async fn later(slug: String, plan: String, interval: String) -> Result<LaterView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::later(&crate::guard::services()?, &caller, &slug, &plan, &interval).await?)
}

/// Schedules it, if it is still what `hash` stands for, and goes to the billing tab.
#[server(prefix = "/api", endpoint = "schedule-change")]
pub async fn schedule_change(slug: String, plan: String, interval: String, hash: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::schedule_change(&crate::guard::services()?, &caller, &slug, &plan, &interval, &hash).await?;
    leptos_axum::redirect(&format!("/app/{slug}/billing"));
    Ok(())
}

/// Lets the renewal bill fewer of the seats that were bought ahead.
#[server(prefix = "/api", endpoint = "fewer-seats")]
pub async fn fewer_seats(slug: String, seats: u32) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::fewer_seats(&crate::guard::services()?, &caller, &slug, seats).await?)
}

/// Takes back what was to begin with the next period.
#[server(prefix = "/api", endpoint = "undo-plan-change")]
pub async fn undo_plan_change(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::undo_change(&crate::guard::services()?, &caller, &slug).await?)
}

/// Opens the payment service's own page and goes there; `part` is `home` or `payment_method`.
#[server(prefix = "/api", endpoint = "open-portal")]
pub async fn open_portal(slug: String, part: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let url = service::open_portal(&crate::guard::services()?, &caller, &slug, &part).await?;
    leptos_axum::redirect(&url);
    Ok(())
}

/// Opens the payment page for a plan and goes there. `currency` is only said where there is a choice.
#[server(prefix = "/api", endpoint = "start-checkout")]
pub async fn start_checkout(
    slug: String,
    plan: String,
    interval: String,
    seats: u32,
    #[server(default)] currency: Option<String>,
) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let input = service::StartCheckout { plan, interval, seats, currency };
    let url = service::start_checkout(&services, &caller, &slug, input).await?;
    leptos_axum::redirect(&url);
    Ok(())
}

/// Closes the open payment page.
#[server(prefix = "/api", endpoint = "abandon-checkout")]
pub async fn abandon_checkout(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::abandon_checkout(&crate::guard::services()?, &caller, &slug).await?)
}
