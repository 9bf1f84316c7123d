//! Items of subscriptions: a price and how many of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::{Answer, Engine, list, subscription_change};

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub created: i64,
    pub price: String,
    pub quantity: u64,
    pub metadata: Metadata,
    pub current_period_start: i64,
    pub current_period_end: i64,
}

impl Item {
    pub fn render(&self, engine: &Engine, subscription: &str) -> Value {
        let price = engine.state.prices.get(&self.price);
        json!({
            "id": self.id,
            "object": "subscription_item",
            "billing_thresholds": null,
            "created": self.created,
            "current_period_end": self.current_period_end,
            "current_period_start": self.current_period_start,
            "current_trial": null,
            "discounts": [],
            "metadata": self.metadata,
            "plan": price.map(super::price::Price::render_plan),
            "price": price.map(super::price::Price::render),
            "quantity": self.quantity,
            "subscription": subscription,
            "tax_rates": [],
        })
    }
}

fn owner<'a>(engine: &'a Engine, id: &str) -> Result<(&'a str, &'a Item), ApiError> {
    engine
        .state
        .subscriptions
        .iter()
        .find_map(|s| s.items.iter().find(|item| item.id == id).map(|item| (s.id.as_str(), item)))
        .ok_or_else(|| ApiError::no_such("subscription_item", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    owner(engine, id).map(|(subscription, item)| item.render(engine, subscription))
}

/// Changes one item: the same as changing it through its subscription.
pub fn update(engine: &mut Engine, id: &str, params: Params) -> Answer {
    let subscription = owner(engine, id)?.0.to_owned();
    subscription_change::update_item(engine, &subscription, id, params)?;
    get(engine, id)
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let id = params.required("subscription")?;
    params.natural("limit")?;
    params.finish()?;
    let subscription =
        engine.state.subscriptions.get(&id).ok_or_else(|| ApiError::missing("subscription", &id, "subscription"))?;
    let data = subscription.items.iter().map(|item| item.render(engine, &id)).collect();
    Ok(list::envelope(data, false, &format!("/v1/subscription_items?subscription={id}")))
}
