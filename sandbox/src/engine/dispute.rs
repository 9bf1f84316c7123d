//! Disputes: a card's owner goes to the bank instead of to the seller. The dispute card does so whenever it is charged.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::charge::Charge;
use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, card, charge, list};

/// Seconds until it must be answered.
const TIME_TO_ANSWER: i64 = 7 * 86_400;

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

/// One dispute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub currency: String,
    pub charge: String,
    pub payment_intent: String,
    pub brand: String,
    pub status: Status,
    pub evidence: Option<String>,
    pub submissions: u64,
    pub metadata: Metadata,
}
row!(Dispute);

/// What a seller may say; only the text is kept.
const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
];

impl Dispute {
    pub fn render(&self) -> Value {
        let mut evidence: serde_json::Map<String, Value> =
            EVIDENCE.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        evidence.insert("enhanced_evidence".into(), json!({}));
        evidence.insert("uncategorized_text".into(), json!(self.evidence));
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": [],
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": evidence,
            "evidence_details": {
                "due_by": self.created + TIME_TO_ANSWER,
                "enhanced_eligibility": {},
                "has_evidence": self.evidence.is_some(),
                "past_due": false,
                "submission_count": self.submissions,
            },
            "is_charge_refundable": false,
            "livemode": false,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "payment_method_details": {
                "card": {
                    "brand": self.brand,
                    "case_type": "chargeback",
                    "network": self.brand,
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": "fraudulent",
            "status": self.status,
        })
    }
}

/// Opens the dispute that a charge to the dispute card brings; nothing for any other.
pub fn follow(engine: &mut Engine, charge: &str) {
    let Some(charge) = engine.state.charges.get(charge).cloned() else { return };
    if charge.failure.is_none() && !charge.disputed && charge.method.number == card::DISPUTE {
        open(engine, &charge);
    }
}

fn open(engine: &mut Engine, charge: &Charge) {
    let before = charge.render(engine);
    let dispute = Dispute {
        id: engine.state.ids.next("du_", 24),
        created: engine.now,
        amount: charge.amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        brand: charge.method.brand.clone(),
        status: Status::NeedsResponse,
        evidence: None,
        submissions: 0,
        metadata: Metadata::new(),
    };
    if let Some(charge) = engine.state.charges.get_mut(&charge.id) {
        charge.disputed = true;
    }
    let value = dispute.render();
    engine.state.disputes.insert(dispute);
    if let Ok(after) = charge::get(engine, &charge.id) {
        engine.emit_update("charge.updated", &before, after);
    }
    engine.emit("charge.dispute.created", value, None);
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Dispute, ApiError> {
    engine.state.disputes.get(id).ok_or_else(|| ApiError::no_such("dispute", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(Dispute::render)
}

/// `POST /v1/disputes/{id}`: Stripe's words decide it, `winning_evidence` and `losing_evidence`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut dispute = find(engine, id)?.clone();
    let before = dispute.render();
    if !matches!(dispute.status, Status::NeedsResponse | Status::UnderReview) {
        return Err(ApiError::bad("This dispute is already closed."));
    }
    if let Some(mut evidence) = params.hash("evidence")? {
        if let Some(text) = evidence.patch("uncategorized_text")? {
            dispute.evidence = text;
        }
        evidence.finish()?;
    }
    dispute.metadata = params.metadata("metadata", &dispute.metadata)?;
    let submit = params.boolean("submit")?.unwrap_or(true);
    params.finish()?;
    if submit && dispute.evidence.is_some() {
        dispute.submissions += 1;
        dispute.status = match dispute.evidence.as_deref() {
            Some("winning_evidence") => Status::Won,
            Some("losing_evidence") => Status::Lost,
            _ => Status::UnderReview,
        };
    }
    keep(engine, dispute, &before);
    get(engine, id)
}

/// `POST /v1/disputes/{id}/close`: it is lost.
pub fn close(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let mut dispute = find(engine, id)?.clone();
    if dispute.status != Status::NeedsResponse {
        return Err(ApiError::bad("This dispute is already closed."));
    }
    let before = dispute.render();
    dispute.status = Status::Lost;
    keep(engine, dispute, &before);
    get(engine, id)
}

fn keep(engine: &mut Engine, dispute: Dispute, before: &Value) {
    let closed = matches!(dispute.status, Status::Won | Status::Lost);
    let value = dispute.render();
    engine.state.disputes.insert(dispute);
    engine.emit_update("charge.dispute.updated", before, value.clone());
    if closed {
        engine.emit("charge.dispute.closed", value, None);
    }
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (charge, intent) = (params.text("charge")?, params.text("payment_intent")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.disputes,
        "/v1/disputes",
        |dispute| {
            charge.as_ref().is_none_or(|charge| dispute.charge == *charge)
                && intent.as_ref().is_none_or(|intent| dispute.payment_intent == *intent)
        },
        Dispute::render,
    )
}
