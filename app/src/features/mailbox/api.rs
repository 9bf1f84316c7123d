//! Talks to the server about the development mailbox.

use domain::view::Letter;
use leptos::prelude::*;

use crate::AppError;
use crate::guard;

/// The latest letters, the newest first. Only in development.
#[server(prefix = "/api", endpoint = "letters")]
pub async fn letters() -> Result<Vec<Letter>, AppError> {
    Ok(service::letters(&guard::services()?).await?)
}
