//! Talks to the server about the audit log.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::AuditView;
use leptos::prelude::*;

use crate::AppError;

/// A page of the audit log: what was asked for, from below the line `older` on. An empty text asks for nothing.
#[server(prefix = "/api", endpoint = "audit-log")]
pub async fn audit_log(
    slug: String,
    who: String,
    action: String,
    about: String,
    from: String,
    to: String,
    older: Option<i64>,
) -> Result<AuditView, AppError> {
    let caller = crate::guard::caller().await?;
    let query = domain::view::AuditQuery { who, action, about, from, to };
    Ok(service::audit_log(&crate::guard::services()?, &caller, &slug, &query, older).await?)
}
