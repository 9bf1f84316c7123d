//! The console: time, chaos and events in the hands of whoever runs the sandbox. Only here; the API has none of it.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page;
use crate::chaos::Chaos;
use crate::control::Control;
use crate::engine::Caller;
use crate::pages;
use crate::shared::Shared;

/// `GET /_sandbox`.
pub async fn console(State(shared): State<Arc<Shared>>) -> Response {
    let (html, _) = shared.act(Caller::default(), |engine| pages::console::render(engine));
    page::show(StatusCode::OK, html)
}

/// Whether a form comes from the console itself: not from another site, and not under a name that somebody has pointed
/// at this machine.
fn is_ours(shared: &Shared, headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else { return false };
    let (name, _) = host.rsplit_once(':').unwrap_or((host, ""));
    let loopback = |name: &str| matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    let own = shared.base.trim_start_matches("http://").trim_end_matches('/');
    let (own, _) = own.rsplit_once(':').unwrap_or((own, ""));
    origin.strip_prefix("http://") == Some(host) && (!loopback(own) || loopback(name))
}

fn stranger() -> Response {
    let text =
        "This form did not come from the console. Open the console at its own address and press the button there.";
    page::show(StatusCode::FORBIDDEN, pages::notice("Not from here", text, Some(("/_sandbox", "Console"))))
}

fn back() -> Response {
    Redirect::to("/_sandbox").into_response()
}

fn answer(done: anyhow::Result<()>) -> Response {
    match done {
        Ok(()) => back(),
        Err(error) => {
            let text = format!("{error}. Nothing was changed.");
            page::show(
                StatusCode::UNPROCESSABLE_ENTITY,
                pages::notice("That does not go", &text, Some(("/_sandbox", "Console"))),
            )
        }
    }
}

/// Which stretch of time.
#[derive(Deserialize)]
pub struct Time {
    step: String,
    subscription: Option<String>,
}

/// `POST /_sandbox/time`.
pub async fn time(State(control): State<Control>, headers: HeaderMap, Form(form): Form<Time>) -> Response {
    if !is_ours(control.shared(), &headers) {
        return stranger();
    }
    answer(match (form.step.as_str(), form.subscription) {
        ("hour", _) => control.advance(3_600).await,
        ("day", _) => control.advance(86_400).await,
        ("month", _) => control.advance(31 * 86_400).await,
        (_, Some(subscription)) => control.advance_to_next_renewal(&subscription).await,
        (_, None) => Err(anyhow::anyhow!("There is no subscription that renews")),
    })
}

/// How many.
#[derive(Deserialize)]
pub struct Count {
    count: Option<u32>,
}

/// `POST /_sandbox/fail`.
pub async fn fail(State(control): State<Control>, headers: HeaderMap, Form(form): Form<Count>) -> Response {
    if !is_ours(control.shared(), &headers) {
        return stranger();
    }
    control.fail_next_payments(form.count.unwrap_or(1).min(100));
    back()
}

/// `POST /_sandbox/events/{event}/resend`.
pub async fn resend(State(control): State<Control>, headers: HeaderMap, Path(event): Path<String>) -> Response {
    if !is_ours(control.shared(), &headers) {
        return stranger();
    }
    answer(control.redeliver(&event).await.map(|_| ()))
}

/// The switches, as a form sends them: what is not ticked is not there.
#[derive(Deserialize)]
pub struct Switches {
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    duplicate: u8,
    #[serde(default)]
    reorder: u8,
    #[serde(default)]
    delay: u8,
    #[serde(default)]
    drop: u8,
    #[serde(default)]
    stale: u8,
    #[serde(default)]
    old_version: u8,
    #[serde(default)]
    wrong_signature: u8,
    #[serde(default)]
    two_signatures: u8,
    #[serde(default)]
    old_timestamp: u8,
    burst: Option<String>,
    calm: Option<String>,
}

/// `POST /_sandbox/chaos`.
pub async fn chaos(State(control): State<Control>, headers: HeaderMap, Form(form): Form<Switches>) -> Response {
    if !is_ours(control.shared(), &headers) {
        return stranger();
    }
    let per_cent = |number: u8| number.min(100);
    control.set_chaos(if form.calm.is_some() {
        Chaos::default()
    } else {
        Chaos {
            seed: form.seed,
            duplicate: per_cent(form.duplicate),
            reorder: per_cent(form.reorder),
            window_millis: 3_000,
            delay: per_cent(form.delay),
            delay_millis: 10_000,
            drop: per_cent(form.drop),
            stale: per_cent(form.stale),
            old_version: per_cent(form.old_version),
            wrong_signature: per_cent(form.wrong_signature),
            two_signatures: per_cent(form.two_signatures),
            old_timestamp: per_cent(form.old_timestamp),
            burst: form.burst.is_some(),
        }
    });
    back()
}
