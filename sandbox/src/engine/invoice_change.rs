//! What can be done to an invoice by hand.

use super::collection::{self, Attempt, Collected};
use super::customer;
use super::error::ApiError;
use super::invoice::{self, Invoice, Status};
use super::invoice_finalize::finalize as make_final;
use super::params::Params;
use super::{Answer, Engine, HOUR, balance_transaction, dunning, standing};

fn known(engine: &Engine, id: &str) -> Result<Invoice, ApiError> {
    engine.state.invoices.get(id).cloned().ok_or_else(|| ApiError::no_such("invoice", id))
}

fn not_editable(message: &str) -> ApiError {
    ApiError::bad(message).code("invoice_not_editable")
}

/// `POST /v1/invoices/{id}`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut invoice = known(engine, id)?;
    let before = invoice.render(engine);
    invoice.metadata = params.metadata("metadata", &invoice.metadata)?;
    if let Some(description) = params.patch("description")? {
        if invoice.status != Status::Draft {
            return Err(not_editable("This invoice is final, so its description cannot change.").param("description"));
        }
        invoice.description = description;
    }
    if let Some(advance) = params.boolean("auto_advance")? {
        if !matches!(invoice.status, Status::Draft | Status::Open) {
            return Err(not_editable("Finished invoices do not advance.").param("auto_advance"));
        }
        advance_or_not(engine, &mut invoice, advance);
    }
    params.finish()?;
    let value = invoice.render(engine);
    engine.state.invoices.insert(invoice);
    engine.emit_update("invoice.updated", &before, value.clone());
    Ok(value)
}

fn advance_or_not(engine: &Engine, invoice: &mut Invoice, advance: bool) {
    invoice.auto_advance = advance;
    if invoice.status == Status::Draft {
        invoice.automatically_finalizes_at = advance.then_some(engine.now + HOUR);
    } else {
        let next = dunning::next_attempt(engine, invoice).map(|at| at.max(engine.now));
        let first = (advance && invoice.attempt_count == 0).then_some(engine.now + HOUR);
        invoice.next_payment_attempt = next.or(first);
    }
}

/// `POST /v1/invoices/{id}/finalize`.
pub fn finalize(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut invoice = known(engine, id)?;
    if invoice.status != Status::Draft {
        return Err(not_editable("This invoice is already finalized, you can't re-finalize a non-draft invoice."));
    }
    let advance = params.boolean("auto_advance")?;
    params.finish()?;
    if let Some(advance) = advance {
        invoice.auto_advance = advance;
        engine.state.invoices.insert(invoice);
    }
    make_final(engine, id);
    if let Some(invoice) = engine.state.invoices.get_mut(id)
        && invoice.status == Status::Open
        && invoice.auto_advance
    {
        invoice.next_payment_attempt = Some(engine.now + HOUR);
    }
    invoice::get(engine, id)
}

/// `POST /v1/invoices/{id}/pay`.
pub fn pay(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let invoice = known(engine, id)?;
    let method = params.text("payment_method")?;
    let out_of_band = params.boolean("paid_out_of_band")? == Some(true);
    let absent = params.boolean("off_session")?.unwrap_or(true);
    params.boolean("forgive")?;
    if let Some(method) = &method {
        let known = engine.state.payment_methods.get(method);
        if known.is_none_or(|known| known.customer.as_ref() != Some(&invoice.customer)) {
            return Err(ApiError::missing("PaymentMethod", method, "payment_method"));
        }
    }
    params.finish()?;
    match invoice.status {
        Status::Paid => return Err(ApiError::bad("Invoice is already paid").code("invoice_already_paid")),
        Status::Void => return Err(not_editable("This invoice is void, so it can't be paid.")),
        Status::Draft => make_final(engine, id),
        Status::Open | Status::Uncollectible => {}
    }
    if out_of_band {
        if let Some(invoice) = engine.state.invoices.get_mut(id) {
            invoice.paid_out_of_band = invoice.status != Status::Paid;
        }
        collection::settle(engine, id);
        return invoice::get(engine, id);
    }
    match collection::attempt(engine, id, &Attempt { method, present: !absent, scheduled: false }) {
        Collected::Paid | Collected::NotOpen => invoice::get(engine, id),
        Collected::Declined(decline) => Err(decline.into()),
        Collected::NoMethod => Err(no_method()),
        Collected::Action => Err(ApiError::new(
            402,
            "card_error",
            "This payment requires additional user action before it can be completed successfully. Payment can be \
             completed using the PaymentIntent associated with the invoice.",
        )
        .code("invoice_payment_intent_requires_action")),
    }
}

/// There is nothing to charge.
pub fn no_method() -> ApiError {
    ApiError::bad(
        "This customer has no attached payment source or default payment method. Please consider adding a default \
         payment method.",
    )
    .code("resource_missing")
}

/// `POST /v1/invoices/{id}/void`.
pub fn void(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let invoice = known(engine, id)?;
    if !matches!(invoice.status, Status::Open | Status::Uncollectible) {
        let status = invoice.status.as_str();
        return Err(not_editable(&format!(
            "You can only pass in open or uncollectible invoices. This one is {status}."
        )));
    }
    void_open(engine, id);
    invoice::get(engine, id)
}

/// Voids an open or uncollectible invoice: no money is wanted for it, and what the balance gave goes back.
pub fn void_open(engine: &mut Engine, id: &str) {
    let Some(mut invoice) = engine.state.invoices.get(id).cloned() else { return };
    let back = invoice.starting_balance - invoice.ending_balance.unwrap_or(invoice.starting_balance);
    invoice.status = Status::Void;
    invoice.voided_at = Some(engine.now);
    stop(engine, invoice, "invoice.voided", |customer| customer.balance += back);
    balance_transaction::given_back(engine, id, back);
}

/// `POST /v1/invoices/{id}/mark_uncollectible`.
pub fn mark_uncollectible(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let invoice = known(engine, id)?;
    if invoice.status != Status::Open {
        let status = invoice.status.as_str();
        return Err(not_editable(&format!("You can only mark open invoices uncollectible. This one is {status}.")));
    }
    write_off(engine, id);
    invoice::get(engine, id)
}

/// Nobody expects the money of an open invoice any more.
pub fn write_off(engine: &mut Engine, id: &str) {
    let Some(mut invoice) = engine.state.invoices.get(id).cloned() else { return };
    invoice.status = Status::Uncollectible;
    invoice.marked_uncollectible_at = Some(engine.now);
    stop(engine, invoice, "invoice.marked_uncollectible", |_| {});
}

/// What a subscription that has ended still has open or as a draft goes no further by itself.
pub fn let_rest(engine: &mut Engine, subscription: &str) {
    let of = |i: &&Invoice| i.subscription == subscription && i.auto_advance;
    let running: Vec<String> = engine.state.invoices.iter().filter(of).map(|invoice| invoice.id.clone()).collect();
    for id in running {
        let Some(mut invoice) = engine.state.invoices.get(&id).cloned() else { continue };
        let before = invoice.render(engine);
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.automatically_finalizes_at = None;
        let after = invoice.render(engine);
        engine.state.invoices.insert(invoice);
        engine.emit_update("invoice.updated", &before, after);
    }
}

/// Ends the collection of an invoice.
fn stop(engine: &mut Engine, mut invoice: Invoice, kind: &str, balance: impl FnOnce(&mut customer::Customer)) {
    invoice.auto_advance = false;
    invoice.next_payment_attempt = None;
    let value = invoice.render(engine);
    engine.state.invoices.insert(invoice.clone());
    engine.emit(kind, value, None);
    if invoice.status == Status::Void {
        collection::cancel_intent(engine, &invoice);
    }
    customer::change(engine, &invoice.customer, balance);
    standing::forgiven(engine, &invoice);
}

/// `DELETE /v1/invoices/{id}`: as at Stripe, never what a subscription made; nothing else makes invoices here.
pub fn delete(engine: &Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let invoice = known(engine, id)?;
    Err(not_editable(if invoice.status == Status::Draft {
        "You can't delete invoices created by subscriptions."
    } else {
        "You can only delete draft invoices."
    }))
}
