//! Invoice payments: which payment intent pays which invoice. Derived; nothing of it is kept.

use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice::{Invoice, Status};
use super::params::Params;
use super::{Answer, Engine, list};

/// The payment of an invoice that wanted money.
pub fn render(invoice: &Invoice) -> Option<Value> {
    let intent = invoice.payment_intent.as_ref()?;
    let paid = invoice.status == Status::Paid;
    Some(json!({
        "id": format!("inpay_{}", invoice.id.trim_start_matches("in_")),
        "object": "invoice_payment",
        "amount_paid": paid.then(|| invoice.amount_due()),
        "amount_requested": invoice.amount_due(),
        "created": invoice.created,
        "currency": invoice.currency,
        "invoice": invoice.id,
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": intent, "type": "payment_intent" },
        "status": if paid { "paid" } else { "open" },
        "status_transitions": { "canceled_at": null, "paid_at": invoice.paid_at },
    }))
}

/// The list that `expand[]=payments` puts into an invoice.
pub fn of_invoice(engine: &Engine, invoice: &str) -> Value {
    let data = engine.state.invoices.get(invoice).and_then(render).into_iter().collect();
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
