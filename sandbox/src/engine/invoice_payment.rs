//! Invoice payments: which payment intent pays which invoice. Derived; nothing of it is kept.

use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice::{Invoice, Status};
use super::params::Params;
use super::{Answer, Engine, list};

/// The payment of an invoice that wanted money.
pub fn render(engine: &Engine, invoice: &Invoice) -> Option<Value> {
    let intent = invoice.payment_intent.as_ref()?;
    let due = invoice.amount_due(engine);
    let status = match invoice.status {
        Status::Paid if !invoice.paid_out_of_band => "paid",
        Status::Paid | Status::Void => "canceled",
        Status::Draft | Status::Open | Status::Uncollectible => "open",
    };
    let canceled = (status == "canceled").then_some(invoice.voided_at.or(invoice.paid_at)).flatten();
    Some(json!({
        "id": format!("inpay_{}", invoice.id.trim_start_matches("in_")),
        "object": "invoice_payment",
        "amount_paid": (status == "paid").then_some(due),
        "amount_requested": due,
        "created": invoice.created,
        "currency": invoice.currency,
        "invoice": invoice.id,
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": intent, "type": "payment_intent" },
        "status": status,
        "status_transitions": { "canceled_at": canceled, "paid_at": if status == "paid" { invoice.paid_at } else { None } },
    }))
}

/// The list that `expand[]=payments` puts into an invoice.
pub fn of_invoice(engine: &Engine, invoice: &str) -> Value {
    let data = engine.state.invoices.get(invoice).and_then(|invoice| render(engine, invoice)).into_iter().collect();
    list::envelope(data, false, "/v1/invoice_payments")
}

/// Of one invoice, which must be named.
pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let invoice = params.required("invoice")?;
    params.natural("limit")?;
    params.finish()?;
    if engine.state.invoices.get(&invoice).is_none() {
        return Err(ApiError::missing("invoice", &invoice, "invoice"));
    }
    Ok(of_invoice(engine, &invoice))
}
