//! Invoices: what they are and how they look. They are made in [`super::invoice_draft`] and paid in
//! [`super::collection`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::balance::{self, Split};
use super::error::ApiError;
use super::invoice_line::{self, Line};
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, credit_note, list, tax_id, test_clock};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Open,
    Paid,
    Void,
    Uncollectible,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
            Self::Uncollectible => "uncollectible",
        }
    }

    /// Whether what stands on the invoice was charged, or is going to be.
    pub const fn is_owed(self) -> bool {
        matches!(self, Self::Draft | Self::Open | Self::Paid)
    }
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
    /// The customer's balance before and after it; known once it is finalized.
    pub starting_balance: i64,
    #[serde(default)]
    pub ending_balance: Option<i64>,
    pub finalized_at: Option<i64>,
    pub paid_at: Option<i64>,
    #[serde(default)]
    pub voided_at: Option<i64>,
    #[serde(default)]
    pub marked_uncollectible_at: Option<i64>,
    pub attempt_count: u64,
    /// When its payment was first refused: retries are counted from there.
    #[serde(default)]
    pub first_failed_at: Option<i64>,
    #[serde(default)]
    pub next_payment_attempt: Option<i64>,
    /// Whether it is finalized and collected without anybody's doing.
    #[serde(default)]
    pub auto_advance: bool,
    /// When a draft becomes final by itself.
    #[serde(default)]
    pub automatically_finalizes_at: Option<i64>,
    /// Paid some other way than by card.
    #[serde(default)]
    pub paid_out_of_band: bool,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
    /// The second for which its prorations were reckoned.
    #[serde(default)]
    pub proration_date: Option<i64>,
    /// The event that told of it.
    #[serde(default)]
    pub created_event: Option<String>,
    pub period_start: i64,
    pub period_end: i64,
}
row!(Invoice);

impl Invoice {
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// What card and balance pay of it. For a draft: what they would pay now.
    pub fn split(&self, engine: &Engine) -> Split {
        let total = self.total();
        match self.ending_balance {
            Some(ending) => Split { due: total + self.starting_balance - ending, ending },
            None => balance::split(total, self.starting(engine), &self.currency),
        }
    }

    /// What is to be paid by card: never below nothing.
    pub fn amount_due(&self, engine: &Engine) -> i64 {
        let (credited, _) = credit_note::credited(engine, &self.id);
        (self.split(engine).due - credited).max(0)
    }

    /// The customer's balance before it.
    fn starting(&self, engine: &Engine) -> i64 {
        match self.ending_balance {
            Some(_) => self.starting_balance,
            None => engine.state.customers.get(&self.customer).map_or(0, |customer| customer.balance),
        }
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let (total, due) = (self.total(), self.amount_due(engine));
        let (before, after) = credit_note::credited(engine, &self.id);
        let paid = if self.status == Status::Paid { due } else { 0 };
        let shown = self.status != Status::Draft;
        let page = self.page(engine.base);
        json!({
            "id": self.id,
            "object": "invoice",
            "account_country": "US",
            "account_name": "Sandbox",
            "account_tax_ids": null,
            "amount_due": due,
            "amount_overpaid": 0,
            "amount_paid": paid,
            "amount_paid_off_stripe": if self.paid_out_of_band { paid } else { 0 },
            "amount_remaining": due - paid,
            "amount_shipping": 0,
            "application": null,
            "attempt_count": self.attempt_count,
            "attempted": self.attempt_count > 0 || self.status == Status::Paid,
            "auto_advance": self.auto_advance,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null },
            "automatically_finalizes_at": self.automatically_finalizes_at,
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
            "customer_tax_ids": tax_id::on_invoice(engine, &self.customer),
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": [],
            "due_date": null,
            "effective_at": self.finalized_at,
            "ending_balance": self.ending_balance,
            "footer": null,
            "from_invoice": null,
            "hosted_invoice_url": shown.then(|| page.clone()),
            "invoice_pdf": shown.then(|| self.pdf(engine.base)),
            "issuer": { "type": "self" },
            "last_finalization_error": null,
            "latest_revision": null,
            "lines": invoice_line::envelope(&self.lines, &self.id, &self.currency),
            "livemode": false,
            "metadata": self.metadata,
            "next_payment_attempt": self.next_payment_attempt,
            "number": self.number,
            "on_behalf_of": null,
            "parent": self.parent(),
            "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
            "period_end": self.period_end,
            "period_start": self.period_start,
            "post_payment_credit_notes_amount": after,
            "pre_payment_credit_notes_amount": before,
            "receipt_number": null,
            "rendering": null,
            "shipping_cost": null,
            "shipping_details": null,
            "starting_balance": self.starting(engine),
            "statement_descriptor": null,
            "status": self.status,
            "status_details": null,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": self.marked_uncollectible_at,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "test_clock": test_clock::of(engine.state, Some(&self.customer)),
            "total": total,
            "total_discount_amounts": [],
            "total_excluding_tax": total,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": if shown { Some(self.created) } else { None },
        })
    }

    /// Where it is on paper.
    fn pdf(&self, base: &str) -> String {
        format!("{base}_invoice/{}/pdf?s={}", self.id, self.secret)
    }

    /// Where it can be looked at.
    pub fn page(&self, base: &str) -> String {
        format!("{base}_invoice/{}?s={}", self.id, self.secret)
    }

    /// The subscription it is for.
    fn parent(&self) -> Value {
        let mut details = json!({ "metadata": self.subscription_metadata, "subscription": self.subscription });
        if let (Some(at), Value::Object(fields)) = (self.proration_date, &mut details) {
            fields.insert("subscription_proration_date".into(), json!(at));
        }
        json!({ "quote_details": null, "subscription_details": details, "type": "subscription_details" })
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
    // Everything here is charged; nothing is sent with a date to pay by.
    let sent = params.word("collection_method", &["charge_automatically", "send_invoice"])? == Some("send_invoice");
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.invoices,
        "/v1/invoices",
        |invoice| {
            !sent
                && customer.as_ref().is_none_or(|c| invoice.customer == *c)
                && subscription.as_ref().is_none_or(|s| invoice.subscription == *s)
                && status.is_none_or(|status| status == invoice.status.as_str())
        },
        |invoice| invoice.render(engine),
    )
}
