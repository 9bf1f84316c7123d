//! Talks to the server about an organization as a whole.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view;
use leptos::prelude::*;

use crate::AppError;

/// What every page of an organization needs.
#[server(prefix = "/api", endpoint = "desk")]
pub async fn desk(slug: String) -> Result<view::Desk, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::desk(&crate::guard::services()?, &caller, &slug).await?)
}
