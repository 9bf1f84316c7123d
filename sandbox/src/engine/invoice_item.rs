//! Invoice items: what waits for the next invoice.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::debit::Debit;
use super::error::ApiError;
use super::invoice_line::Line;
use super::params::{Metadata, Params};
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
    /// How long the whole period is of which this is a part, in seconds.
    #[serde(default)]
    pub whole: i64,
    /// What a credit gives back.
    #[serde(default)]
    pub credits: Option<Debit>,
    /// The invoice it went to.
    pub invoice: Option<String>,
}
row!(InvoiceItem);

impl InvoiceItem {
    /// As a line of an invoice that has no name yet.
    pub fn line(&self, engine: &Engine) -> Line {
        Line {
            id: String::new(),
            amount: self.amount,
            description: self.description.clone(),
            quantity: self.quantity,
            start: self.start,
            end: self.end,
            price: self.price.clone(),
            product: engine.state.prices.get(&self.price).map_or_else(String::new, |price| price.product.clone()),
            unit_amount_decimal: None,
            subscription: self.subscription.clone(),
            subscription_item: self.subscription_item.clone(),
            invoice_item: Some(self.id.clone()),
            proration: true,
            credits: self.credits.as_ref().map(|debit| debit.found(engine)),
            metadata: Metadata::new(),
        }
    }

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
            "proration_details": {
                "credited_items": self.credits.as_ref().map(|debit| debit.found(engine).render()),
                "discount_amounts": [],
            },
            "quantity": self.quantity,
            "quantity_decimal": self.quantity.to_string(),
            "tax_rates": [],
            "test_clock": super::test_clock::of(engine.state, Some(&self.customer)),
        })
    }
}

/// What waits for a subscription's next invoice, oldest first.
pub fn pending<'a>(engine: &'a Engine, subscription: &'a str) -> impl Iterator<Item = &'a InvoiceItem> {
    engine.state.invoice_items.iter().filter(move |item| item.subscription == subscription && item.invoice.is_none())
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
