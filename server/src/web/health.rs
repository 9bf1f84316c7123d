//! For load balancers: does the process run, and could it serve a page now?

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::Web;

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers and has the shape that this version needs.
pub async fn ready(State(web): State<Web>) -> Response {
    match web.services.store().ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer or is not migrated; run `usher migrate`.\n")
                .into_response()
        }
    }
}
