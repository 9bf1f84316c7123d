//! The pages: what a buyer sees and presses.

use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::clock;
use crate::engine::Caller;
use crate::engine::authentication::{self, Answered};
use crate::engine::card::Card;
use crate::engine::checkout::Status;
use crate::engine::completion::{self, Paid};
use crate::pages::card_form::Typed;
use crate::pages::{self};
use crate::shared::Shared;
use crate::state::Outcome;

/// How long the buyer waits for the application to take the news.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing from elsewhere, no scripts at all. No `form-action`: after paying, the form leads back to the application.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn show(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(html)).into_response()
}

pub(super) fn missing(what: &str) -> Response {
    show(StatusCode::NOT_FOUND, pages::notice("Not found", &format!("The sandbox has no {what} of this name."), None))
}

/// `GET /`.
pub async fn index(State(shared): State<Arc<Shared>>) -> Response {
    let (html, _) = shared.act(Caller::default(), |engine| pages::index::render(engine));
    show(StatusCode::OK, html)
}

/// `GET /_sandbox.css`.
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], pages::STYLE)
}

/// For who comes back from the 3-D Secure page without having proved to be the owner.
pub const NOT_THE_OWNER: &str = "We were unable to authenticate your card. Use another one, or try again.";

/// Why somebody comes back to the page.
#[derive(Deserialize)]
pub struct Back {
    failed: Option<String>,
}

/// `GET /_checkout/{session}`.
pub async fn checkout(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(back): Query<Back>) -> Response {
    let typed = Typed { refusal: back.failed.map(|_| NOT_THE_OWNER.to_owned()), ..Typed::default() };
    checkout_page(&shared, &id, &typed, StatusCode::OK)
}

fn checkout_page(shared: &Shared, id: &str, typed: &Typed, status: StatusCode) -> Response {
    let (page, _) = shared.act(Caller::default(), |engine| {
        let session = engine.state.sessions.get(id)?;
        Some((session.status, pages::checkout::render(engine, session, typed)))
    });
    match page {
        None => missing("payment page"),
        Some((Status::Open, html)) => show(status, html),
        Some((Status::Complete, html)) => show(StatusCode::OK, html),
        Some((Status::Expired, html)) => show(StatusCode::GONE, html),
    }
}

/// The form of the page.
#[derive(Deserialize)]
pub struct PayForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    expiry: String,
    #[serde(default)]
    cvc: String,
    /// A test card's button.
    test_card: Option<String>,
}

impl PayForm {
    pub const fn of(number: String, expiry: String, cvc: String, test_card: Option<String>) -> Self {
        Self { number, expiry, cvc, test_card }
    }

    /// The card, or the form again with what is wrong.
    pub fn card(self) -> Result<Card, Typed> {
        let card = match &self.test_card {
            Some(number) => Ok(Card::test(number)),
            None => Card::read(&self.number, &self.expiry, &self.cvc, today()),
        };
        card.map_err(|mistakes| Typed { number: self.number, expiry: self.expiry, mistakes, refusal: None })
    }
}

/// `POST /_checkout/{session}`.
pub async fn pay(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Form(form): Form<PayForm>) -> Response {
    let mut typed = Typed { number: form.number.clone(), expiry: form.expiry.clone(), ..Typed::default() };
    let card = match form.card() {
        Ok(card) => card,
        Err(typed) => return checkout_page(&shared, &id, &typed, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let (paid, version) = shared.act(Caller::default(), |engine| completion::pay(engine, &id, &card));
    if let Err(error) = shared.kept(version).await {
        return broken(&error);
    }
    match paid {
        Paid::Done { url, event } => {
            delivered(&shared, &event).await;
            Redirect::to(&url).into_response()
        }
        Paid::Authenticate { attempt } => Redirect::to(&format!("/_3ds/{attempt}")).into_response(),
        Paid::Declined(message) => {
            typed.refusal = Some(message.into());
            checkout_page(&shared, &id, &typed, StatusCode::PAYMENT_REQUIRED)
        }
        Paid::Closed(_) => checkout_page(&shared, &id, &typed, StatusCode::CONFLICT),
        Paid::Unknown => missing("payment page"),
    }
}

/// `GET /_3ds/{attempt}`.
pub async fn three_d_secure(State(shared): State<Arc<Shared>>, Path(attempt): Path<String>) -> Response {
    let (html, _) = shared.act(Caller::default(), |engine| {
        authentication::question(engine, &attempt).map(|what| pages::three_d_secure::render(&what, &attempt))
    });
    html.map_or_else(|| missing("payment that waits for its owner"), |html| show(StatusCode::OK, html))
}

/// The two buttons of the 3-D Secure page.
#[derive(Deserialize)]
pub struct Answer {
    answer: String,
}

/// `POST /_3ds/{attempt}`.
pub async fn authenticate(
    State(shared): State<Arc<Shared>>,
    Path(attempt): Path<String>,
    Form(form): Form<Answer>,
) -> Response {
    let is_owner = form.answer == "complete";
    let (answered, version) =
        shared.act(Caller::default(), |engine| authentication::answer(engine, &attempt, is_owner));
    if let Err(error) = shared.kept(version).await {
        return broken(&error);
    }
    match answered {
        Answered::Paid { url, event } => {
            delivered(&shared, &event).await;
            Redirect::to(&url).into_response()
        }
        Answered::Go(url) => Redirect::to(&url).into_response(),
        Answered::Unknown => missing("payment that waits for its owner"),
    }
}

pub(super) fn broken(error: &anyhow::Error) -> Response {
    let text = format!("{error}. Nothing is lost that was confirmed before; free some space and try again.");
    show(StatusCode::INTERNAL_SERVER_ERROR, pages::notice("The sandbox cannot write its state", &text, None))
}

/// Waits, not for long, until every endpoint took the event. Held or given up deliveries are not waited for.
async fn delivered(shared: &Shared, event: &str) {
    let mut moved = shared.moved.subscribe();
    let all_taken = async {
        loop {
            let waits = {
                let inner = shared.lock();
                !inner.held && inner.state.deliveries.iter().any(|d| d.event == event && d.outcome == Outcome::Pending)
            };
            if !waits || moved.changed().await.is_err() {
                return;
            }
        }
    };
    if tokio::time::timeout(PATIENCE, all_taken).await.is_err() {
        tracing::warn!(event, "the application did not take the news in time; the buyer goes back all the same");
    }
}

fn today() -> (i32, u8) {
    let now = OffsetDateTime::from_unix_timestamp(clock::wall_millis().div_euclid(1000));
    now.map_or((1970, 1), |now| (now.year(), u8::from(now.month())))
}
