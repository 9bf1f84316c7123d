//! Stripe as far as this measurement asks it: subscriptions by their id, from memory, counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::in_days;

/// How many there are.
pub const SUBSCRIPTIONS: usize = 1_000;

/// The provider, until it is dropped.
pub struct Provider {
    base: String,
    state: Arc<Told>,
    server: JoinHandle<()>,
}

struct Told {
    answers: Vec<String>,
    fetches: AtomicU64,
}

impl Provider {
    /// Starts it.
    pub async fn start() -> Result<Self> {
        let answers = (0..SUBSCRIPTIONS).map(|at| subscription(at, seats(at)).to_string()).collect();
        let state = Arc::new(Told { answers, fetches: AtomicU64::new(0) });
        let router = Router::new().route("/v1/subscriptions/{id}", get(answer)).with_state(state.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}/", listener.local_addr()?);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the provider ended: {error}");
            }
        });
        Ok(Self { base, state, server })
    }

    /// Where it is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How often it was asked since [`Self::forget`].
    pub fn fetches(&self) -> u64 {
        self.state.fetches.load(Ordering::Relaxed)
    }

    /// Counts from zero.
    pub fn forget(&self) {
        self.state.fetches.store(0, Ordering::Relaxed);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(told): State<Arc<Told>>, Path(id): Path<String>) -> Response {
    told.fetches.fetch_add(1, Ordering::Relaxed);
    let at: Option<usize> = id.strip_prefix("sub_bench").and_then(|at| at.parse().ok());
    match at.and_then(|at| told.answers.get(at)) {
        Some(answer) => ([("content-type", "application/json")], answer.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// How many seats a subscription has in truth.
pub fn seats(at: usize) -> usize {
    50 + at % 50
}

/// `sub_bench17`.
pub fn id(at: usize) -> String {
    format!("sub_bench{at}")
}

/// `cus_bench17`.
pub fn customer(at: usize) -> String {
    format!("cus_bench{at}")
}

/// An event with an old snapshot: other seats than in truth.
pub fn event(number: usize, at: usize, seats: usize, created: i64) -> Vec<u8> {
    json!({
        "id": format!("evt_bench{number}"), "object": "event", "api_version": "2026-09-30.endive", "created": created,
        "livemode": false, "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null },
        "type": "customer.subscription.updated",
        "data": { "object": subscription(at, seats), "previous_attributes": { "quantity": 1 } },
    })
    .to_string()
    .into_bytes()
}

fn subscription(at: usize, seats: usize) -> Value {
    let price = json!({
        "id": "price_bench", "object": "price", "active": true, "billing_scheme": "per_unit", "created": in_days(-90),
        "currency": "usd", "livemode": false, "lookup_key": "usher_premium_year_usd_per_seat_27800",
        "metadata": { "usher_plan": "premium", "usher_part": "per_seat", "usher_interval": "year" }, "nickname": null,
        "product": "prod_bench", "recurring": { "interval": "year", "interval_count": 1, "meter": null,
        "trial_period_days": null, "usage_type": "licensed" }, "tax_behavior": "unspecified", "tiers_mode": null,
        "transform_quantity": null, "type": "recurring", "unit_amount": 27_800, "unit_amount_decimal": "27800",
    });
    let items = json!({ "object": "list", "has_more": false, "total_count": 1, "url": "/v1/subscription_items", "data": [{
            "id": format!("si_bench{at}"), "object": "subscription_item", "created": in_days(-30), "discounts": [],
            "current_period_start": in_days(-30), "current_period_end": in_days(335), "metadata": {}, "price": price,
            "quantity": seats, "subscription": id(at), "tax_rates": [],
        }] });
    json!({
        "id": id(at), "object": "subscription", "customer": customer(at), "status": "active", "currency": "usd",
        "application": null, "application_fee_percent": null, "automatic_tax": { "enabled": false },
        "billing_cycle_anchor": in_days(-30), "billing_mode": { "type": "flexible" }, "billing_thresholds": null,
        "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null,
        "cancellation_details": { "comment": null, "feedback": null, "reason": null },
        "collection_method": "charge_automatically", "created": in_days(-30), "days_until_due": null,
        "default_payment_method": null, "default_source": null, "default_tax_rates": [], "description": null,
        "discounts": [], "ended_at": null, "invoice_settings": { "issuer": { "type": "self" } },
        "latest_invoice": null, "livemode": false, "metadata": {}, "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null, "pause_collection": null, "payment_settings": null,
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null, "schedule": null,
        "start_date": in_days(-30), "test_clock": null, "transfer_data": null, "trial_end": null,
        "trial_settings": null, "trial_start": null,
        "items": items,
    })
}
