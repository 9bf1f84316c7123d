//! How much a request may say.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use domain::Refusal;
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};

use super::problem::problem;

/// For forms, in bytes. The longest honest one is a few hundred.
pub const FORM: usize = 64 * 1024;
/// For webhooks, in bytes.
pub const WEBHOOK: usize = 1024 * 1024;

/// Refuses what is longer, by what it announces or by what comes. What passes is in memory, so nothing behind this
/// waits for a slow sender.
pub async fn check(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let limit = if request.uri().path().starts_with("/webhooks/") { WEBHOOK } else { FORM };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let (parts, body) = request.into_parts();
    let whole = if announced.is_some_and(|length| length > limit) { None } else { to_bytes(body, limit).await.ok() };
    match whole {
        Some(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        None => problem(&parts.headers, StatusCode::PAYLOAD_TOO_LARGE, &too_long(limit)),
    }
}

fn too_long(limit: usize) -> Refusal {
    Refusal::new(
        "too-long",
        format!("What was sent is longer than {} KiB, or did not arrive whole, so nothing was changed.", limit / 1024),
        "Shorten it and send it again.",
    )
}
