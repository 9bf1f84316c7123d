//! Lines of invoices.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::list;
use super::params::Metadata;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub amount: i64,
    pub description: String,
    pub quantity: u64,
    pub start: i64,
    pub end: i64,
    pub price: String,
    pub product: String,
    /// `null` on prorations.
    pub unit_amount_decimal: Option<String>,
    pub subscription: String,
    pub subscription_item: String,
    /// The pending item it came from.
    pub invoice_item: Option<String>,
    pub proration: bool,
    pub metadata: Metadata,
}

impl Line {
    pub fn render(&self, invoice: &str, currency: &str) -> Value {
        json!({
            "id": self.id,
            "object": "line_item",
            "amount": self.amount,
            "currency": currency,
            "description": self.description,
            "discount_amounts": [],
            "discountable": !self.proration,
            "discounts": [],
            "invoice": invoice,
            "livemode": false,
            "metadata": self.metadata,
            "parent": {
                "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": self.invoice_item,
                    "proration": self.proration,
                    "proration_details": { "credited_items": null },
                    "subscription": self.subscription,
                    "subscription_item": self.subscription_item,
                },
                "type": "subscription_item_details",
            },
            "period": { "start": self.start, "end": self.end },
            "pretax_credit_amounts": [],
            "pricing": {
                "price_details": { "price": self.price, "product": self.product },
                "type": "price_details",
                "unit_amount_decimal": self.unit_amount_decimal,
            },
            "quantity": self.quantity,
            "quantity_decimal": self.quantity.to_string(),
            "subscription": self.subscription,
            "subtotal": self.amount,
            "taxes": [],
        })
    }
}

/// The first lines of an invoice, as they stand inside it.
pub fn envelope(lines: &[Line], invoice: &str, currency: &str) -> Value {
    const INSIDE: usize = 10;
    let first = lines.iter().take(INSIDE).map(|line| line.render(invoice, currency)).collect();
    list::envelope(first, lines.len() > INSIDE, &format!("/v1/invoices/{invoice}/lines"))
}
