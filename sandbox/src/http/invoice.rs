//! The addresses of an invoice: its page, its receipt, its paper.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page::{self, PayForm};
use crate::engine::hosted_invoice::{self, Paid};
use crate::engine::invoice::{Invoice, Status};
use crate::engine::{Caller, Engine};
use crate::pages;
use crate::pages::card_form::Typed;
use crate::shared::Shared;

/// What an invoice's link carries.
#[derive(Deserialize)]
pub struct Secret {
    #[serde(default)]
    s: String,
    failed: Option<String>,
}

/// Draws something of an invoice for who has its secret.
fn draw<T>(shared: &Shared, id: &str, secret: &str, draw: impl FnOnce(&Engine, &Invoice) -> T) -> Option<T> {
    let (drawn, _) = shared.act(Caller::default(), |engine| {
        let invoice = engine.state.invoices.get(id).filter(|invoice| invoice.secret == secret)?;
        Some(draw(engine, invoice))
    });
    drawn
}

fn show(shared: &Shared, id: &str, secret: &str, status: StatusCode, typed: &Typed) -> Response {
    let html = draw(shared, id, secret, |engine, invoice| pages::invoice::render(engine, invoice, typed));
    html.map_or_else(|| page::missing("invoice"), |html| page::show(status, html))
}

/// `GET /_invoice/{invoice}`.
pub async fn page(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(given): Query<Secret>) -> Response {
    let typed = Typed { refusal: given.failed.map(|_| page::NOT_THE_OWNER.into()), ..Typed::default() };
    show(&shared, &id, &given.s, StatusCode::OK, &typed)
}

/// The form of the page: a card, or the button for the one that is kept.
#[derive(Deserialize)]
pub struct Payment {
    saved: Option<String>,
    #[serde(default)]
    number: String,
    #[serde(default)]
    expiry: String,
    #[serde(default)]
    cvc: String,
    test_card: Option<String>,
}

/// `POST /_invoice/{invoice}`.
pub async fn pay(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(given): Query<Secret>,
    Form(form): Form<Payment>,
) -> Response {
    if draw(&shared, &id, &given.s, |_, _| ()).is_none() {
        return page::missing("invoice");
    }
    let card = if form.saved.is_some() {
        None
    } else {
        match PayForm::of(form.number, form.expiry, form.cvc, form.test_card).card() {
            Ok(card) => Some(card),
            Err(typed) => return show(&shared, &id, &given.s, StatusCode::UNPROCESSABLE_ENTITY, &typed),
        }
    };
    let (paid, version) = shared.act(Caller::default(), |engine| hosted_invoice::pay(engine, &id, card.as_ref()));
    if let Err(error) = shared.kept(version).await {
        return page::broken(&error);
    }
    match paid {
        Paid::Done => Redirect::to(&format!("/_invoice/{id}?s={}", given.s)).into_response(),
        Paid::Authenticate(intent) => Redirect::to(&format!("/_3ds/{intent}")).into_response(),
        Paid::Declined(reason) => {
            let typed = Typed { refusal: Some(reason.into()), ..Typed::default() };
            show(&shared, &id, &given.s, StatusCode::PAYMENT_REQUIRED, &typed)
        }
        Paid::Closed => show(&shared, &id, &given.s, StatusCode::CONFLICT, &Typed::default()),
    }
}

/// `GET /_invoice/{invoice}/receipt`.
pub async fn receipt(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(given): Query<Secret>,
) -> Response {
    let html = draw(&shared, &id, &given.s, |engine, invoice| {
        (invoice.status == Status::Paid).then(|| pages::invoice::receipt(engine, invoice))
    });
    html.flatten().map_or_else(|| page::missing("receipt"), |html| page::show(StatusCode::OK, html))
}

/// `GET /_invoice/{invoice}/pdf`.
pub async fn pdf(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(given): Query<Secret>) -> Response {
    let drawn = draw(&shared, &id, &given.s, |engine, invoice| {
        (invoice.number.clone().unwrap_or_else(|| "draft".into()), pages::invoice::pdf(engine, invoice))
    });
    let Some((number, bytes)) = drawn else { return page::missing("invoice") };
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"Invoice-{number}.pdf\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}
