//! Credit notes: an invoice made smaller after it was issued. Before it is paid, less is wanted; afterwards the
//! difference goes back to the card, to the customer's balance, or some other way.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::balance_transaction::{self, Cause, Kind};
use super::error::ApiError;
use super::invoice::{Invoice, Status as InvoiceStatus};
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, invoice, list, refund};

/// One note.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreditNote {
    pub id: String,
    pub created: i64,
    pub number: String,
    pub invoice: String,
    pub customer: String,
    pub currency: String,
    pub amount: i64,
    /// Whether the invoice was paid already.
    pub after_payment: bool,
    pub out_of_band: i64,
    pub refund: Option<(String, i64)>,
    pub balance_transaction: Option<String>,
    pub lines: Vec<NoteLine>,
    pub memo: Option<String>,
    pub reason: Option<String>,
    pub metadata: Metadata,
    pub voided_at: Option<i64>,
}
row!(CreditNote);

/// What is given back, and for which line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoteLine {
    pub id: String,
    pub amount: i64,
    pub description: String,
    pub invoice_line: Option<String>,
    pub quantity: Option<u64>,
}

impl CreditNote {
    fn line(line: &NoteLine) -> Value {
        let mut value = json!({
            "id": line.id,
            "object": "credit_note_line_item",
            "amount": line.amount,
            "description": line.description,
            "discount_amount": 0,
            "discount_amounts": [],
            "livemode": false,
            "metadata": {},
            "pretax_credit_amounts": [],
            "quantity": line.quantity,
            "tax_rates": [],
            "taxes": [],
            "type": if line.invoice_line.is_some() { "invoice_line_item" } else { "custom_line_item" },
            "unit_amount": null,
            "unit_amount_decimal": null,
        });
        // Left out, and not null, where no line is meant.
        if let Some(of) = &line.invoice_line {
            value["invoice_line_item"] = json!(of);
        }
        value
    }

    pub fn render(&self, base: &str) -> Value {
        let refunds: Vec<Value> = self
            .refund
            .iter()
            .map(|(id, amount)| json!({ "amount_refunded": amount, "payment_record_refund": null, "refund": id, "type": "refund" }))
            .collect();
        let lines = self.lines.iter().map(Self::line).collect();
        json!({
            "id": self.id,
            "object": "credit_note",
            "amount": self.amount,
            "amount_shipping": 0,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "customer_balance_transaction": self.balance_transaction,
            "discount_amount": 0,
            "discount_amounts": [],
            "effective_at": self.created,
            "invoice": self.invoice,
            "lines": list::envelope(lines, false, &format!("/v1/credit_notes/{}/lines", self.id)),
            "livemode": false,
            "memo": self.memo,
            "metadata": self.metadata,
            "number": self.number,
            "out_of_band_amount": if self.out_of_band == 0 { None } else { Some(self.out_of_band) },
            "pdf": format!("{base}_invoice/{}/pdf", self.invoice),
            "post_payment_amount": if self.after_payment { self.amount } else { 0 },
            "pre_payment_amount": if self.after_payment { 0 } else { self.amount },
            "pretax_credit_amounts": [],
            "reason": self.reason,
            "refunds": refunds,
            "shipping_cost": null,
            "status": if self.voided_at.is_some() { "void" } else { "issued" },
            "subtotal": self.amount,
            "subtotal_excluding_tax": self.amount,
            "total": self.amount,
            "total_excluding_tax": self.amount,
            "total_taxes": [],
            "type": if self.after_payment { "post_payment" } else { "pre_payment" },
            "voided_at": self.voided_at,
        })
    }
}

/// What was credited of an invoice: before and after it was paid.
pub fn credited(engine: &Engine, invoice: &str) -> (i64, i64) {
    let valid = engine.state.credit_notes.iter().filter(|note| note.invoice == invoice && note.voided_at.is_none());
    valid.fold(
        (0, 0),
        |(before, after), note| {
            if note.after_payment { (before, after + note.amount) } else { (before + note.amount, after) }
        },
    )
}

const REASONS: &[&str] = &["duplicate", "fraudulent", "order_change", "product_unsatisfactory"];

/// `POST /v1/credit_notes`.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let id = params.required("invoice")?;
    let known = engine.state.invoices.get(&id).cloned().ok_or_else(|| ApiError::missing("invoice", &id, "invoice"))?;
    let amount = params.integer("amount")?;
    let lines = match params.hashes("lines")? {
        Some(given) => read_lines(engine, &known, given)?,
        None => Vec::new(),
    };
    let amount = match (amount, lines.is_empty()) {
        (Some(amount), _) => amount,
        (None, false) => lines.iter().map(|line| line.amount).sum(),
        (None, true) => return Err(ApiError::required("amount")),
    };
    let sends: [i64; 3] = {
        let mut read =
            |name: &str| params.natural(name).map(|given| given.and_then(|n| i64::try_from(n).ok()).unwrap_or(0));
        [read("refund_amount")?, read("credit_amount")?, read("out_of_band_amount")?]
    };
    let reason = params.word("reason", REASONS)?;
    let (memo, metadata) = (params.text("memo")?, params.metadata("metadata", &Metadata::new())?);
    params.finish()?;
    let after_payment = check(engine, &known, amount, sends)?;
    issue(engine, &known, amount, sends, Words { lines, reason, memo, metadata, after_payment })
}

/// What a note says besides its amounts.
struct Words {
    lines: Vec<NoteLine>,
    reason: Option<&'static str>,
    memo: Option<String>,
    metadata: Metadata,
    after_payment: bool,
}

/// Whether so much can be credited. Answers with whether the invoice was paid.
fn check(engine: &Engine, known: &Invoice, amount: i64, sends: [i64; 3]) -> Result<bool, ApiError> {
    if amount <= 0 {
        return Err(ApiError::bad("This value must be greater than or equal to 1.").param("amount"));
    }
    let (before, after) = credited(engine, &known.id);
    let sent: i64 = sends.iter().sum();
    match known.status {
        InvoiceStatus::Open => {
            if sent != 0 {
                return Err(ApiError::bad(
                    "You can only refund, credit to the balance, or credit out of band what was paid already.",
                ));
            }
            let left = known.amount_due(engine);
            if amount > left {
                return Err(ApiError::bad(format!(
                    "The amount of the credit note ({amount}) is greater than what is left of the invoice ({left})."
                ))
                .param("amount"));
            }
            Ok(false)
        }
        InvoiceStatus::Paid => {
            let left = known.total() - before - after;
            if amount > left {
                return Err(ApiError::bad(format!(
                    "The amount of the credit note ({amount}) is greater than what is left of the invoice ({left})."
                ))
                .param("amount"));
            }
            if sent != amount {
                return Err(ApiError::bad(format!(
                    "The sum of credit amount, refund amount and out of band amount ({sent}) must equal the post \
                     payment amount ({amount})."
                )));
            }
            Ok(true)
        }
        _ => {
            Err(ApiError::bad("You can only create a credit note for an invoice that is open or paid.")
                .param("invoice"))
        }
    }
}

fn read_lines(engine: &mut Engine, known: &Invoice, given: Vec<Params>) -> Result<Vec<NoteLine>, ApiError> {
    let mut lines = Vec::new();
    for mut line in given {
        let id = engine.state.ids.next("cnli_", 24);
        let kind = line.word("type", &["custom_line_item", "invoice_line_item"])?;
        let amount = line.integer("amount")?;
        let quantity = line.natural("quantity")?;
        let kind = kind.ok_or_else(|| ApiError::required(line.name("type")))?;
        lines.push(if kind == "invoice_line_item" {
            let of = line.required("invoice_line_item")?;
            let held = known.lines.iter().find(|held| held.id == of);
            let missing = || ApiError::missing("line item", &of, line.name("invoice_line_item"));
            let held = held.ok_or_else(missing)?;
            NoteLine {
                id,
                amount: amount.unwrap_or(held.amount),
                description: held.description.clone(),
                invoice_line: Some(of),
                quantity,
            }
        } else {
            let each = line.integer("unit_amount")?;
            let reckoned =
                each.map(|each| each.saturating_mul(i64::try_from(quantity.unwrap_or(1)).unwrap_or(i64::MAX)));
            let amount = amount.or(reckoned).ok_or_else(|| ApiError::required(line.name("unit_amount")))?;
            NoteLine { id, amount, description: line.required("description")?, invoice_line: None, quantity }
        });
        line.finish()?;
    }
    Ok(lines)
}

fn issue(
    engine: &mut Engine,
    known: &Invoice,
    amount: i64,
    [back, credit, elsewhere]: [i64; 3],
    words: Words,
) -> Answer {
    let id = engine.state.ids.next("cn_", 24);
    let refund = if back > 0 {
        let intent = known.payment_intent.as_ref().and_then(|intent| engine.state.payment_intents.get(intent));
        let charge = intent.and_then(|intent| intent.latest_charge.clone());
        let charge = charge.ok_or_else(|| ApiError::bad("No card has paid this invoice.").param("refund_amount"))?;
        Some((refund::make(engine, &charge, Some(back), None, Metadata::new())?.id, back))
    } else {
        None
    };
    let cause = Cause { kind: Kind::CreditNote, invoice: Some(&known.id), credit_note: Some(&id), description: None };
    let balance_transaction =
        balance_transaction::move_balance(engine, &known.customer, -credit, &known.currency, &cause);
    let count = engine.state.credit_notes.iter().filter(|note| note.invoice == known.id).count() + 1;
    let Words { lines, reason, memo, metadata, after_payment } = words;
    let note = CreditNote {
        created: engine.now,
        number: format!("{}-CN-{count:02}", known.number.as_deref().unwrap_or_default()),
        invoice: known.id.clone(),
        customer: known.customer.clone(),
        currency: known.currency.clone(),
        amount,
        after_payment,
        out_of_band: elsewhere,
        refund,
        balance_transaction,
        lines,
        memo,
        reason: reason.map(Into::into),
        metadata,
        voided_at: None,
        id,
    };
    let before = known.render(engine);
    let value = note.render(engine.base);
    engine.state.credit_notes.insert(note);
    engine.emit("credit_note.created", value.clone(), None);
    if let Ok(after) = invoice::get(engine, &known.id) {
        engine.emit_update("invoice.updated", &before, after);
    }
    if !after_payment {
        shrink(engine, known);
    }
    Ok(value)
}

/// Less is wanted of an open invoice: of its payment too, and nothing at all when all was credited.
fn shrink(engine: &mut Engine, known: &Invoice) {
    let due = known.amount_due(engine);
    if due == 0 {
        super::collection::settle(engine, &known.id);
    } else if let Some(intent) = known.payment_intent.as_ref().and_then(|id| engine.state.payment_intents.get_mut(id)) {
        intent.amount = due;
    }
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a CreditNote, ApiError> {
    engine.state.credit_notes.get(id).ok_or_else(|| ApiError::no_such("credit_note", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(|note| note.render(engine.base))
}

/// The lines of a note.
pub fn lines(engine: &Engine, id: &str, mut params: Params) -> Answer {
    let note = find(engine, id)?;
    params.natural("limit")?;
    params.finish()?;
    let lines = note.lines.iter().map(CreditNote::line).collect();
    Ok(list::envelope(lines, false, &format!("/v1/credit_notes/{id}/lines")))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, invoice) = (params.text("customer")?, params.text("invoice")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.credit_notes,
        "/v1/credit_notes",
        |note| {
            customer.as_ref().is_none_or(|customer| note.customer == *customer)
                && invoice.as_ref().is_none_or(|invoice| note.invoice == *invoice)
        },
        |note| note.render(engine.base),
    )
}
