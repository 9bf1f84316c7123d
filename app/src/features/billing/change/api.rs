//! Talks to the server about changes of what is bought.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::ChangeView;
use leptos::prelude::*;

use crate::AppError;

/// The choice with what it costs. `quote` is one that was agreed to: then what became of it is shown.
#[server(prefix = "/api", endpoint = "change")]
pub async fn change(
    slug: String,
    plan: Option<String>,
    interval: Option<String>,
    seats: Option<u32>,
    quote: Option<String>,
) -> Result<ChangeView, AppError> {
    let caller = crate::guard::caller().await?;
    let input = service::ChangeInput { plan, interval, seats, quote };
    Ok(service::change(&crate::guard::services()?, &caller, &slug, input).await?)
}

/// Agrees to a quote, and to its page. `hash` is that of what was shown.
#[server(prefix = "/api", endpoint = "confirm-quote")]
pub async fn confirm_quote(slug: String, quote: String, hash: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let id = service::confirm_quote(&crate::guard::services()?, &caller, &slug, &quote, &hash).await?;
    leptos_axum::redirect(&format!("/app/{slug}/billing/change?quote={id}"));
    Ok(())
}

/// Takes a change back that waits for its payment, and to its page.
#[server(prefix = "/api", endpoint = "take-back-quote")]
pub async fn take_back_quote(slug: String, quote: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let id = service::take_back_quote(&crate::guard::services()?, &caller, &slug, &quote).await?;
    leptos_axum::redirect(&format!("/app/{slug}/billing/change?quote={id}"));
    Ok(())
}
