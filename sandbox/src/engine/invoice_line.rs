//! Lines of invoices.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::debit::Debit;
use super::params::Metadata;
use super::subscription::Subscription;
use super::subscription_item::Item;
use super::{Engine, list, meter_event};

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
    /// What a credit gives back.
    #[serde(default)]
    pub credits: Option<Debit>,
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
                    "proration_details": { "credited_items": self.credits.as_ref().and_then(Debit::render_lines) },
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

/// What the current periods of a subscription's items cost, before an invoice gives the lines their names. Nothing is
/// said of metered items, which are paid for afterwards.
pub fn of_periods(engine: &Engine, subscription: &Subscription) -> Vec<Line> {
    subscription.items.iter().filter_map(|item| of_period(engine, subscription, item)).collect()
}

/// What was used of a metered item in its current period, which is paid for when that is over.
pub fn of_usage(engine: &Engine, subscription: &Subscription, item: &Item) -> Option<Line> {
    let price = engine.state.prices.get(&item.price)?;
    if subscription.trial_end.is_some_and(|end| end == item.current_period_end) {
        return None;
    }
    let period = (item.current_period_start, item.current_period_end);
    let used = meter_event::used(engine, price.meter.as_ref()?, &subscription.customer, period);
    let amount = price.amount(used);
    let words = price.describe(engine, used);
    Some(Line { quantity: used, ..charge(engine, subscription, item, amount, words)? })
}

/// The same for one item.
pub fn of_period(engine: &Engine, subscription: &Subscription, item: &Item) -> Option<Line> {
    let price = engine.state.prices.get(&item.price).filter(|price| price.meter.is_none())?;
    if subscription.trial_end.is_some_and(|end| end == item.current_period_end) {
        let words = format!("Trial period for {}", price.product_name(engine));
        let line = charge(engine, subscription, item, 0, words)?;
        return Some(Line { unit_amount_decimal: Some("0".to_owned()), ..line });
    }
    charge(engine, subscription, item, price.amount(item.quantity), price.describe(engine, item.quantity))
}

fn charge(engine: &Engine, subscription: &Subscription, item: &Item, amount: i64, description: String) -> Option<Line> {
    let price = engine.state.prices.get(&item.price)?;
    Some(Line {
        id: String::new(),
        amount,
        description,
        quantity: item.quantity,
        start: item.current_period_start,
        end: item.current_period_end,
        price: item.price.clone(),
        product: price.product.clone(),
        unit_amount_decimal: price.unit_amount_decimal(),
        subscription: subscription.id.clone(),
        subscription_item: item.id.clone(),
        invoice_item: None,
        proration: false,
        credits: None,
        metadata: subscription.metadata.clone(),
    })
}

/// The first lines of an invoice, as they stand inside it.
pub fn envelope(lines: &[Line], invoice: &str, currency: &str) -> Value {
    const INSIDE: usize = 10;
    let first = lines.iter().take(INSIDE).map(|line| line.render(invoice, currency)).collect();
    list::envelope(first, lines.len() > INSIDE, &format!("/v1/invoices/{invoice}/lines"))
}
