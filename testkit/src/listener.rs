//! The world's door for webhooks: what the sandbox posts goes into `service::receive_webhook`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use payments::{WebhookSecret, signature};
use service::{Clock, Services, SystemClock, WebhookError, receive_webhook};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where the door is.
pub(crate) const PATH: &str = "/webhooks/stripe";

#[derive(Clone)]
struct Door {
    services: Services,
    secret: WebhookSecret,
}

/// Opens it. It is shut by aborting the task.
pub(crate) fn open(listener: TcpListener, services: Services, secret: WebhookSecret) -> JoinHandle<()> {
    let router = Router::new().route(PATH, post(receive)).with_state(Door { services, secret });
    tokio::spawn(async move {
        // Ends only with the task.
        axum::serve(listener, router).await.ok();
    })
}

/// The sandbox signs with the machine's time, as Stripe does, and the world's clock may be elsewhere by now. So the
/// signature is checked against the machine's time here, and put again at the world's.
async fn receive(State(door): State<Door>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if signature::verify(&raw, header, std::slice::from_ref(&door.secret), SystemClock::default().now()).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let header = signature::sign(&raw, &door.secret, door.services.now());
    match receive_webhook(&door.services, &raw, Some(&header)).await {
        Ok(_) => StatusCode::OK,
        Err(WebhookError::Store(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}
