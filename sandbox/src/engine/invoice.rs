//! Invoices.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice_line::{self, Line};
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, list};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Open,
    Paid,
}

/// A bill.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invoice {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub customer_email: Option<String>,
    pub customer_name: Option<String>,
    pub subscription: String,
    pub subscription_metadata: Metadata,
    pub currency: String,
    pub billing_reason: String,
    pub lines: Vec<Line>,
    pub status: Status,
    pub number: Option<String>,
    pub secret: String,
    pub payment_intent: Option<String>,
    pub starting_balance: i64,
    pub finalized_at: Option<i64>,
    pub paid_at: Option<i64>,
    pub attempt_count: u64,
    pub period_start: i64,
    pub period_end: i64,
}
row!(Invoice);

impl Invoice {
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// What is to be paid now: never below nothing.
    pub fn amount_due(&self) -> i64 {
        self.total().max(0)
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let (total, due) = (self.total(), self.amount_due());
        let paid = self.status == Status::Paid;
        let shown = self.status != Status::Draft;
        let page = format!("{}_invoice/{}?s={}", engine.base, self.id, self.secret);
        json!({
            "id": self.id,
            "object": "invoice",
            "account_country": "US",
            "account_name": "Sandbox",
            "account_tax_ids": null,
            "amount_due": due,
            "amount_overpaid": 0,
            "amount_paid": if paid { due } else { 0 },
            "amount_paid_off_stripe": 0,
            "amount_remaining": if paid { 0 } else { due },
            "amount_shipping": 0,
            "application": null,
            "attempt_count": self.attempt_count,
            "attempted": self.attempt_count > 0 || paid,
            "auto_advance": false,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null },
            "automatically_finalizes_at": null,
            "billing_reason": self.billing_reason,
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency,
            "custom_fields": null,
            "customer": self.customer,
            "customer_account": null,
            "customer_address": null,
            "customer_email": self.customer_email,
            "customer_name": self.customer_name,
            "customer_phone": null,
            "customer_shipping": null,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": [],
            "due_date": null,
            "effective_at": self.finalized_at,
            "ending_balance": if shown { Some(0) } else { None },
            "footer": null,
            "from_invoice": null,
            "hosted_invoice_url": shown.then(|| page.clone()),
            "invoice_pdf": shown.then(|| page.clone()),
            "issuer": { "type": "self" },
            "last_finalization_error": null,
            "latest_revision": null,
            "lines": invoice_line::envelope(&self.lines, &self.id, &self.currency),
            "livemode": false,
            "metadata": {},
            "next_payment_attempt": null,
            "number": self.number,
            "on_behalf_of": null,
            "parent": {
                "quote_details": null,
                "subscription_details": { "metadata": self.subscription_metadata, "subscription": self.subscription },
                "type": "subscription_details",
            },
            "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
            "period_end": self.period_end,
            "period_start": self.period_start,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": null,
            "rendering": null,
            "shipping_cost": null,
            "shipping_details": null,
            "starting_balance": self.starting_balance,
            "statement_descriptor": null,
            "status": self.status,
            "status_details": null,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": null,
                "paid_at": self.paid_at,
                "voided_at": null,
            },
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "test_clock": null,
            "total": total,
            "total_discount_amounts": [],
            "total_excluding_tax": total,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": if shown { Some(self.created) } else { None },
        })
    }
}

/// What a browser would need to pay it; there only while money is wanted or was paid.
pub fn confirmation_secret(engine: &Engine, id: &str) -> Option<Value> {
    let intent = engine.state.invoices.get(id)?.payment_intent.as_ref()?;
    let secret = &engine.state.payment_intents.get(intent)?.client_secret;
    Some(json!({ "client_secret": secret, "type": "payment_intent" }))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.invoices.get(id).map(|i| i.render(engine)).ok_or_else(|| ApiError::no_such("invoice", id))
}

pub fn lines(engine: &Engine, id: &str, mut params: Params) -> Answer {
    let invoice = engine.state.invoices.get(id).ok_or_else(|| ApiError::no_such("invoice", id))?;
    let limit = params.natural("limit")?.unwrap_or(10).clamp(1, 100);
    let after = params.text("starting_after")?;
    params.finish()?;
    let skip = match &after {
        None => 0,
        Some(after) => {
            let place = invoice.lines.iter().position(|line| line.id == *after);
            place.ok_or_else(|| ApiError::missing("line item", after, "starting_after"))? + 1
        }
    };
    let limit = usize::try_from(limit).unwrap_or(100);
    let data: Vec<Value> =
        invoice.lines.iter().skip(skip).take(limit).map(|l| l.render(id, &invoice.currency)).collect();
    let more = skip + data.len() < invoice.lines.len();
    Ok(list::envelope(data, more, &format!("/v1/invoices/{id}/lines")))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, subscription) = (params.text("customer")?, params.text("subscription")?);
    let status = params.word("status", &["draft", "open", "paid", "uncollectible", "void"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.invoices,
        "/v1/invoices",
        |invoice| {
            let stands = match invoice.status {
                Status::Draft => "draft",
                Status::Open => "open",
                Status::Paid => "paid",
            };
            customer.as_ref().is_none_or(|c| invoice.customer == *c)
                && subscription.as_ref().is_none_or(|s| invoice.subscription == *s)
                && status.is_none_or(|status| status == stands)
        },
        |invoice| invoice.render(engine),
    )
}
