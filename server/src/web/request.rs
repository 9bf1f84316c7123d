//! What happens around every request that is not answered from memory: an id, a line in the log, a limit of time, and
//! a net under panics.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use app::guard::ClientIp;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::Refusal;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tracing::Instrument as _;

use super::problem::problem;
use super::{Web, client, redact};

const ID: HeaderName = HeaderName::from_static("x-request-id");
const TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Runs the request inside of all that. The id is ours, whatever the request says, and it is what a person is shown
/// as the incident when something broke.
pub async fn around(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = web.ids.next();
    let span =
        tracing::info_span!("request", id, method = %request.method(), path = %redact::path(request.uri().path()));
    let quiet = matches!(request.uri().path(), "/healthz" | "/readyz");
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let address = client::address(peer, request.headers(), web.proxies);
        request.extensions_mut().insert(ClientIp(address.to_string()));
    }
    // Whoever draws the answer names incidents by it.
    request.headers_mut().remove(ID);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(ID, value);
    }
    let headers = request.headers().clone();
    let mut response = guarded(&headers, &id, web.patience, request, next).instrument(span.clone()).await;

    // Milliseconds, to the microsecond.
    let ms = (started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1_000.0;
    let _in_span = span.enter();
    let status = response.status().as_u16();
    if quiet {
        tracing::debug!(status, ms, "answered");
    } else {
        tracing::info!(status, ms, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(ID, value);
    }
    if web.server_timing
        && let Ok(value) = HeaderValue::from_str(&format!("app;dur={ms}"))
    {
        response.headers_mut().insert(TIMING, value);
    }
    response
}

async fn guarded(headers: &HeaderMap, id: &str, patience: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text =
                panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!(incident = id, panic = text.unwrap_or("of another type"), "a request broke");
            let refusal = Refusal::new(
                "broken",
                format!("Something broke on our side. The incident is {id}."),
                "Try again; if it stays, tell the operator the incident's name.",
            );
            problem(headers, StatusCode::INTERNAL_SERVER_ERROR, &refusal)
        }
        Err(_) => {
            tracing::error!(incident = id, "a request took too long");
            let refusal = Refusal::new(
                "too-slow",
                format!("This took longer than {} seconds and was given up.", patience.as_secs()),
                "Look whether it was done, and try again in a minute if it was not.",
            );
            problem(headers, StatusCode::SERVICE_UNAVAILABLE, &refusal)
        }
    }
}
