//! For load balancers: does the process run, and could it serve a page now?

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use service::{Services, Which};

use super::Web;

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers and has the shape that this version needs. Who asks from this very machine is also told how the
/// inbox is: a late inbox is no reason to take a node out, and a reason to look.
pub async fn ready(State(web): State<Web>, request: Request) -> Response {
    if let Err(error) = web.services.store().ready().await {
        tracing::warn!(error = %error, "not ready");
        let told = "The database does not answer or is not migrated; run `usher migrate`.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, told).into_response();
    }
    if !from_here(&request) {
        return "ready\n".into_response();
    }
    format!("ready\n{}", details(&web.services).await).into_response()
}

/// Whether nobody else stands between the asker and this machine: proxies say for whom they ask.
fn from_here(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback())
        && !request.headers().contains_key("x-forwarded-for")
        && !request.headers().contains_key("forwarded")
}

async fn details(s: &Services) -> String {
    match service::inbox(s, Which::All, 0).await {
        Ok((state, lag, _)) => format!(
            "inbox: {} waiting for up to {} s, {} parked, {} dead\n",
            state.waiting,
            lag.as_secs(),
            state.parked,
            state.dead
        ),
        Err(error) => {
            tracing::warn!(%error, "how the inbox is cannot be told");
            String::new()
        }
    }
}
