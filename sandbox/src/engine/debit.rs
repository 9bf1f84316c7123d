//! What was charged for an item of a subscription and can still be given back. In flexible billing a credit gives back
//! what was really charged: one credit for each charge, and never more than it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Engine;

/// A charge, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Debit {
    /// A line of an invoice.
    Line { invoice: String, line: String },
    /// A pending invoice item, by whatever invoice it goes to.
    Item(String),
}

impl Debit {
    /// As an invoice item shows it.
    pub fn render(&self) -> Value {
        match self {
            Self::Line { .. } => {
                json!({ "invoice_line_item_details": self.render_lines(), "type": "invoice_line_items" })
            }
            Self::Item(item) => json!({ "invoice_item": item, "type": "invoice_item" }),
        }
    }

    /// As a line of an invoice shows it; nothing for what no invoice has yet.
    pub fn render_lines(&self) -> Option<Value> {
        match self {
            Self::Line { invoice, line } => Some(json!({ "invoice": invoice, "invoice_line_items": [line] })),
            Self::Item(_) => None,
        }
    }

    /// The line of an invoice that a pending item has become, if it has.
    pub fn found(&self, engine: &Engine) -> Self {
        let Self::Item(item) = self else { return self.clone() };
        let invoice = engine.state.invoice_items.get(item).and_then(|item| item.invoice.as_ref());
        let invoice = invoice.and_then(|invoice| engine.state.invoices.get(invoice));
        let line = invoice.and_then(|invoice| {
            let line = invoice.lines.iter().find(|line| line.invoice_item.as_ref() == Some(item))?;
            Some(Self::Line { invoice: invoice.id.clone(), line: line.id.clone() })
        });
        line.unwrap_or_else(|| self.clone())
    }
}

/// A stretch of time that was charged for and not given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub debit: Debit,
    pub price: String,
    pub quantity: u64,
    /// What was charged and not given back yet.
    pub left: i64,
    /// From when until when it is charged for.
    pub start: i64,
    pub end: i64,
    /// How long a whole period of it is.
    pub whole: i64,
    created: (i64, bool),
}

/// What a subscription's item was charged for that lies after `at`, the newest charge first.
pub fn owed(engine: &Engine, subscription: &str, item: &str, at: i64) -> Vec<Owed> {
    let counts = |id: &str| engine.state.invoices.get(id).is_none_or(|invoice| invoice.status.is_owed());
    let mut owed = Vec::new();
    for invoice in engine.state.invoices.iter().filter(|i| i.subscription == subscription && i.status.is_owed()) {
        let ours = |line: &&super::invoice_line::Line| line.subscription_item == item && line.invoice_item.is_none();
        for line in invoice.lines.iter().filter(ours) {
            owed.push(Owed {
                debit: Debit::Line { invoice: invoice.id.clone(), line: line.id.clone() },
                price: line.price.clone(),
                quantity: line.quantity,
                left: line.amount,
                start: line.start,
                end: line.end,
                whole: line.end - line.start,
                created: (invoice.created, false),
            });
        }
    }
    let ours = engine.state.invoice_items.iter().filter(|i| i.subscription_item == item);
    let (credits, debits): (Vec<_>, Vec<_>) =
        ours.filter(|item| item.invoice.as_deref().is_none_or(counts)).partition(|item| item.credits.is_some());
    for item in debits {
        owed.push(Owed {
            debit: Debit::Item(item.id.clone()),
            price: item.price.clone(),
            quantity: item.quantity,
            left: item.amount,
            start: item.start,
            end: item.end,
            whole: item.whole,
            created: (item.created, true),
        });
    }
    for credit in credits {
        if let Some(given) = owed.iter_mut().find(|owed| Some(&owed.debit) == credit.credits.as_ref()) {
            given.left += credit.amount;
            given.end = given.end.min(credit.start);
        }
    }
    owed.retain(|owed| owed.end > at && owed.end > owed.start);
    owed.sort_by_key(|owed| owed.created);
    owed.reverse();
    owed
}
