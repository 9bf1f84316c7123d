//! The network side: addresses to the engine and to pages.

mod api;
mod console;
mod invoice;
mod page;
mod portal;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};

use crate::control::Control;
use crate::shared::Shared;

/// Everything the sandbox answers.
pub fn router(shared: Arc<Shared>, control: Control) -> Router {
    let controls = Router::new()
        .route("/_sandbox/time", post(console::time))
        .route("/_sandbox/fail", post(console::fail))
        .route("/_sandbox/chaos", post(console::chaos))
        .route("/_sandbox/events/{event}/resend", post(console::resend))
        .with_state(control);
    Router::new()
        .route("/", get(page::index))
        .route("/_sandbox.css", get(page::style))
        .route("/_checkout/{session}", get(page::checkout).post(page::pay))
        .route("/_3ds/{attempt}", get(page::three_d_secure).post(page::authenticate))
        .route("/_invoice/{invoice}", get(invoice::page).post(invoice::pay))
        .route("/_invoice/{invoice}/receipt", get(invoice::receipt))
        .route("/_invoice/{invoice}/pdf", get(invoice::pdf))
        .route("/_sandbox", get(console::console))
        .merge(controls)
        .route("/_portal/{session}", get(portal::overview))
        .route("/_portal/{session}/card", get(portal::card).post(portal::save_card))
        .route("/_portal/{session}/cancel/{subscription}", get(portal::cancelling).post(portal::cancel))
        .route("/_portal/{session}/resume/{subscription}", post(portal::resume))
        .route("/_portal/{session}/plan/{subscription}", get(portal::plans).post(portal::change))
        .route("/_portal/{session}/confirm", post(portal::confirm))
        .fallback(any(api::answer))
        .layer(DefaultBodyLimit::max(1 << 20))
        .with_state(shared)
}
