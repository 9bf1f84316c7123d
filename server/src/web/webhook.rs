//! Stripe tells that something has changed.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use service::{Received, WebhookError};

use super::Web;

/// Where.
pub const PATH: &str = "/webhooks/stripe";

/// Keeps the event and says so. Nothing else is done before the answer: the worker applies it.
///
/// 200: it is kept (or was). 400: it is not from Stripe, not from now, or no event; sending it again changes nothing.
/// 500: it could not be kept, and is to be sent again.
pub async fn stripe(State(web): State<Web>, headers: HeaderMap, raw: Bytes) -> Response {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    match service::receive_webhook(&web.services, &raw, signature).await {
        Ok(Received::Stored) => {
            web.services.wake();
            "stored\n".into_response()
        }
        Ok(Received::Duplicate) => "known\n".into_response(),
        Err(error @ WebhookError::Store(_)) => {
            tracing::error!(error = %chain(&error), "a webhook could not be kept");
            (StatusCode::INTERNAL_SERVER_ERROR, "The event could not be kept. Send it again.\n").into_response()
        }
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a webhook was refused");
            (StatusCode::BAD_REQUEST, format!("Refused: {error}.\n")).into_response()
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
