//! Movements of a customer's balance: credit that pays later invoices, or a debt that is added to the next.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::invoice::Invoice;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, customer, list};

/// Why a balance moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Adjustment,
    AppliedToInvoice,
    CreditNote,
    InvoiceTooSmall,
    UnappliedFromInvoice,
}

/// One movement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Movement {
    pub id: String,
    pub created: i64,
    pub customer: String,
    /// Below zero is credit given, above zero is credit used or debt.
    pub amount: i64,
    pub ending_balance: i64,
    pub currency: String,
    pub kind: Kind,
    pub invoice: Option<String>,
    pub credit_note: Option<String>,
    pub description: Option<String>,
    pub metadata: Metadata,
}
row!(Movement);

impl Movement {
    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "customer_balance_transaction",
            "amount": self.amount,
            "checkout_session": null,
            "created": self.created,
            "credit_note": self.credit_note,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "description": self.description,
            "ending_balance": self.ending_balance,
            "invoice": self.invoice,
            "livemode": false,
            "metadata": self.metadata,
            "type": self.kind,
        })
    }
}

/// What moves a balance.
pub struct Cause<'a> {
    pub kind: Kind,
    pub invoice: Option<&'a str>,
    pub credit_note: Option<&'a str>,
    pub description: Option<String>,
}

/// Moves a customer's balance and writes it down. Answers with the movement's id; nothing for no amount.
pub fn move_balance(engine: &mut Engine, id: &str, amount: i64, currency: &str, cause: &Cause) -> Option<String> {
    engine.state.customers.get(id)?;
    if amount == 0 {
        return None;
    }
    let mut ending = 0;
    customer::change(engine, id, |customer| {
        customer.balance = customer.balance.saturating_add(amount);
        ending = customer.balance;
        customer.currency.get_or_insert_with(|| currency.to_owned());
    });
    Some(note(engine, id, (amount, ending), currency, cause))
}

/// Writes down a movement that somebody else has made.
pub fn note(engine: &mut Engine, id: &str, (amount, ending): (i64, i64), currency: &str, cause: &Cause) -> String {
    let movement = Movement {
        id: engine.state.ids.next("cbtxn_", 24),
        created: engine.now,
        customer: id.to_owned(),
        amount,
        ending_balance: ending,
        currency: currency.to_owned(),
        kind: cause.kind,
        invoice: cause.invoice.map(Into::into),
        credit_note: cause.credit_note.map(Into::into),
        description: cause.description.clone(),
        metadata: Metadata::new(),
    };
    let name = movement.id.clone();
    let value = movement.render();
    engine.state.balance_transactions.insert(movement);
    engine.emit("customer_balance_transaction.created", value, None);
    name
}

/// Writes down what an invoice has done to the balance, which is `ending` now: credit used, or kept for later.
pub fn of_invoice(engine: &mut Engine, invoice: &Invoice, ending: i64) {
    let moved = ending - invoice.starting_balance;
    // Too little for a card is owed with the next invoice.
    let small = moved > 0 && invoice.starting_balance >= 0;
    let kind = if small { Kind::InvoiceTooSmall } else { Kind::AppliedToInvoice };
    let cause = Cause { kind, invoice: Some(&invoice.id), credit_note: None, description: None };
    if moved != 0 {
        note(engine, &invoice.customer, (moved, ending), &invoice.currency, &cause);
    }
}

/// Writes down what a void invoice has given back to the balance.
pub fn given_back(engine: &mut Engine, id: &str, amount: i64) {
    let Some(invoice) = engine.state.invoices.get(id).cloned() else { return };
    let Some(ending) = engine.state.customers.get(&invoice.customer).map(|customer| customer.balance) else { return };
    let cause = Cause { kind: Kind::UnappliedFromInvoice, invoice: Some(id), credit_note: None, description: None };
    if amount != 0 {
        note(engine, &invoice.customer, (amount, ending), &invoice.currency, &cause);
    }
}

/// `POST /v1/customers/{id}/balance_transactions`.
pub fn create(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let held = customer::named(engine, id, "id").map_err(|_| ApiError::no_such("customer", id))?;
    let currency = held.currency.clone();
    let amount = params.integer("amount")?.ok_or_else(|| ApiError::required("amount"))?;
    let given = params.required("currency")?.to_lowercase();
    if currency.as_ref().is_some_and(|currency| *currency != given) {
        return Err(params.invalid("currency", "The customer's balance is in another currency."));
    }
    let (description, metadata) = (params.text("description")?, params.metadata("metadata", &Metadata::new())?);
    params.finish()?;
    if amount == 0 {
        return Err(ApiError::bad("The amount of a balance transaction cannot be 0.").param("amount"));
    }
    let cause = Cause { kind: Kind::Adjustment, invoice: None, credit_note: None, description };
    let moved = move_balance(engine, id, amount, &given, &cause).unwrap_or_default();
    if let Some(movement) = engine.state.balance_transactions.get_mut(&moved) {
        movement.metadata = metadata;
    }
    get(engine, id, &moved)
}

pub fn get(engine: &Engine, customer: &str, id: &str) -> Answer {
    let known = engine.state.balance_transactions.get(id).filter(|known| known.customer == customer);
    known.map(Movement::render).ok_or_else(|| ApiError::no_such("customer_balance_transaction", id))
}

pub fn list(engine: &Engine, customer: &str, mut params: Params) -> Answer {
    if engine.state.customers.get(customer).is_none() {
        return Err(ApiError::no_such("customer", customer));
    }
    let invoice = params.text("invoice")?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    let url = format!("/v1/customers/{customer}/balance_transactions");
    page.of(
        &engine.state.balance_transactions,
        &url,
        |known| known.customer == customer && (invoice.is_none() || known.invoice == invoice),
        Movement::render,
    )
}
