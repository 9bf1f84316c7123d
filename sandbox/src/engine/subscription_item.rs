//! Items of subscriptions: a price and how many of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::subscription::Subscription;
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
    /// The same of the same for the same time.
    pub fn costs_like(&self, other: &Self) -> bool {
        let what = |item: &Self| (item.quantity, item.current_period_start, item.current_period_end);
        self.price == other.price && what(self) == what(other)
    }

    pub fn render(&self, engine: &Engine, subscription: &str) -> Value {
        let price = engine.state.prices.get(&self.price);
        let mut value = json!({
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
            "subscription": subscription,
            "tax_rates": [],
        });
        // What is metered has none: it is left out, and not null.
        if price.is_none_or(|price| price.meter.is_none()) {
            value["quantity"] = json!(self.quantity);
        }
        value
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

/// Takes one of `items`: an item is changed, taken away, or added when it names none.
pub fn read(engine: &Engine, new: &mut Subscription, mut given: Params) -> Result<(), ApiError> {
    if let Some(item) = given.text("id")? {
        if given.boolean("deleted")? == Some(true) {
            given.boolean("clear_usage")?;
            let place = new.items.iter().position(|known| known.id == item);
            let place = place.ok_or_else(|| ApiError::missing("subscription item", &item, given.name("id")))?;
            new.items.remove(place);
            return given.finish();
        }
        return change(engine, new, &item, given);
    }
    let price = given.required("price")?;
    let (start, end) = (engine.now, new.trial_end.filter(|end| *end > engine.now).unwrap_or(engine.now));
    let mut item = Item {
        id: String::new(),
        created: engine.now,
        price: String::new(),
        quantity: 1,
        metadata: Metadata::new(),
        current_period_start: start,
        current_period_end: end,
    };
    set_price(engine, new, &mut item, price, &given)?;
    if new.items.iter().any(|known| known.price == item.price) {
        return Err(given.invalid(
            "price",
            format!("Price `{}` is already used by an existing Subscription Item on this subscription.", item.price),
        ));
    }
    set_rest(engine, &mut item, given)?;
    new.items.push(item);
    Ok(())
}

/// Changes one item by its parameters.
pub fn change(engine: &Engine, new: &mut Subscription, id: &str, mut given: Params) -> Result<(), ApiError> {
    let known = new.items.iter().position(|known| known.id == id);
    let place = known.ok_or_else(|| ApiError::missing("subscription item", id, given.name("id")))?;
    let mut item = new.items[place].clone();
    if let Some(price) = given.text("price")?
        && price != item.price
    {
        set_price(engine, new, &mut item, price, &given)?;
        // A new price without a quantity means one of it.
        item.quantity = 1;
    }
    set_rest(engine, &mut item, given)?;
    new.items[place] = item;
    Ok(())
}

fn set_price(
    engine: &Engine,
    subscription: &Subscription,
    item: &mut Item,
    id: String,
    given: &Params,
) -> Result<(), ApiError> {
    let price = engine.state.prices.get(&id).ok_or_else(|| ApiError::missing("price", &id, given.name("price")))?;
    if !price.active {
        return Err(given.invalid("price", "The price specified is inactive. This field only accepts active prices."));
    }
    if price.recurring.is_none() {
        return Err(given.invalid(
            "price",
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
        ));
    }
    if price.currency != subscription.currency {
        return Err(given.invalid("price", "The price must have the subscription's currency."));
    }
    item.price = id;
    Ok(())
}

fn set_rest(engine: &Engine, item: &mut Item, mut given: Params) -> Result<(), ApiError> {
    let metered = engine.state.prices.get(&item.price).is_some_and(|price| price.meter.is_some());
    if let Some(quantity) = given.natural("quantity")? {
        if metered {
            return Err(given.invalid("quantity", "A quantity cannot be set for a metered price: it is what is used."));
        }
        if quantity > 999_999 {
            return Err(given.invalid("quantity", "This value must be less than or equal to 999999."));
        }
        item.quantity = quantity;
    }
    given.boolean("clear_usage")?;
    item.metadata = given.metadata("metadata", &item.metadata)?;
    given.finish()
}
