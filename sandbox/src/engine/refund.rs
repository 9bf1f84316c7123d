//! Refunds: money given back from a charge, in whole or in parts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::money;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, charge, list};

/// One giving back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub currency: String,
    pub charge: String,
    pub payment_intent: String,
    pub reason: Option<String>,
    pub metadata: Metadata,
}
row!(Refund);

impl Refund {
    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": { "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }
}

/// What was given back of a charge so far.
pub fn refunded(engine: &Engine, charge: &str) -> i64 {
    engine.state.refunds.iter().filter(|refund| refund.charge == charge).map(|refund| refund.amount).sum()
}

/// `POST /v1/refunds`.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let (charge, intent) = (params.text("charge")?, params.text("payment_intent")?);
    let charge = match (charge, intent) {
        (Some(charge), _) => charge,
        (None, Some(intent)) => {
            let known = engine.state.payment_intents.get(&intent);
            let known = known.ok_or_else(|| ApiError::missing("payment_intent", &intent, "payment_intent"))?;
            let unpaid =
                || ApiError::bad(format!("This PaymentIntent ({intent}) does not have a successful charge to refund."));
            known.latest_charge.clone().ok_or_else(unpaid)?
        }
        (None, None) => {
            return Err(ApiError::bad(
                "One of the following params should be provided for this request: payment_intent or charge.",
            ));
        }
    };
    let amount = params.integer("amount")?;
    let reason = params.word("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let metadata = params.metadata("metadata", &Metadata::new())?;
    params.finish()?;
    make(engine, &charge, amount, reason, metadata).map(|refund| refund.render())
}

/// Gives back so much of a charge; the rest of it without an amount.
pub fn make(
    engine: &mut Engine,
    id: &str,
    amount: Option<i64>,
    reason: Option<&str>,
    metadata: Metadata,
) -> Result<Refund, ApiError> {
    let known = engine.state.charges.get(id).cloned().ok_or_else(|| ApiError::missing("charge", id, "charge"))?;
    if known.failure.is_some() {
        return Err(ApiError::bad(format!("This charge ({id}) has failed, so it can't be refunded.")).param("charge"));
    }
    if known.disputed {
        return Err(ApiError::bad(format!("Charge {id} has been charged back; cannot issue a refund."))
            .code("charge_disputed")
            .param("charge"));
    }
    let left = known.amount - refunded(engine, id);
    if left == 0 {
        return Err(ApiError::bad(format!("Charge {id} has already been refunded.")).code("charge_already_refunded"));
    }
    let amount = amount.unwrap_or(left);
    if amount <= 0 {
        return Err(ApiError::bad("This value must be greater than or equal to 1.")
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    if amount > left {
        let (wanted, left) = (money::show(amount, &known.currency), money::show(left, &known.currency));
        return Err(ApiError::bad(format!(
            "Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})"
        ))
        .param("amount"));
    }
    let before = known.render(engine);
    let refund = Refund {
        id: engine.state.ids.next("re_", 24),
        created: engine.now,
        amount,
        currency: known.currency.clone(),
        charge: id.to_owned(),
        payment_intent: known.payment_intent.clone(),
        reason: reason.map(Into::into),
        metadata,
    };
    engine.state.refunds.insert(refund.clone());
    let after = charge::get(engine, id)?;
    engine.emit("refund.created", refund.render(), None);
    engine.emit_update("charge.refunded", &before, after);
    Ok(refund)
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Refund, ApiError> {
    engine.state.refunds.get(id).ok_or_else(|| ApiError::no_such("refund", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(Refund::render)
}

/// `POST /v1/refunds/{id}`: metadata only.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut refund = find(engine, id)?.clone();
    let before = refund.render();
    refund.metadata = params.metadata("metadata", &refund.metadata)?;
    params.finish()?;
    let value = refund.render();
    engine.state.refunds.insert(refund);
    engine.emit_update("refund.updated", &before, value.clone());
    Ok(value)
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (charge, intent) = (params.text("charge")?, params.text("payment_intent")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.refunds,
        "/v1/refunds",
        |refund| {
            charge.as_ref().is_none_or(|charge| refund.charge == *charge)
                && intent.as_ref().is_none_or(|intent| refund.payment_intent == *intent)
        },
        Refund::render,
    )
}
