//! Invoice items: what waits for the next invoice.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, list};

/// One item. All of them are prorations here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InvoiceItem {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub subscription: String,
    pub subscription_item: String,
    pub price: String,
    pub amount: i64,
    pub currency: String,
    pub description: String,
    pub quantity: u64,
    pub start: i64,
    pub end: i64,
    /// The invoice it went to.
    pub invoice: Option<String>,
}
row!(InvoiceItem);

impl InvoiceItem {
    pub fn render(&self, engine: &Engine) -> Value {
        let product = engine.state.prices.get(&self.price).map_or("", |price| price.product.as_str());
        json!({
            "id": self.id,
            "object": "invoiceitem",
            "amount": self.amount,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "date": self.created,
            "description": self.description,
            "discountable": false,
            "discounts": [],
            "invoice": self.invoice,
            "livemode": false,
            "metadata": {},
            "net_amount": self.amount,
            "parent": {
                "subscription_details": { "subscription": self.subscription, "subscription_item": self.subscription_item },
                "type": "subscription_details",
            },
            "period": { "start": self.start, "end": self.end },
            "pricing": {
                "price_details": { "price": self.price, "product": product },
                "type": "price_details",
                "unit_amount_decimal": null,
            },
            "proration": true,
            "proration_details": { "discount_amounts": [] },
            "quantity": self.quantity,
            "quantity_decimal": self.quantity.to_string(),
            "tax_rates": [],
            "test_clock": super::test_clock::of(engine.state, Some(&self.customer)),
        })
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.invoice_items.get(id).map(|i| i.render(engine)).ok_or_else(|| ApiError::no_such("invoiceitem", id))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, invoice) = (params.text("customer")?, params.text("invoice")?);
    let pending = params.boolean("pending")?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.invoice_items,
        "/v1/invoiceitems",
        |item| {
            customer.as_ref().is_none_or(|c| item.customer == *c)
                && (invoice.is_none() || item.invoice == invoice)
                && pending.is_none_or(|pending| pending == item.invoice.is_none())
        },
        |item| item.render(engine),
    )
}
