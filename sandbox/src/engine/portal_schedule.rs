//! Changes in the portal that wait for the end of the period, as its settings want it: a schedule makes them.

use super::calendar;
use super::price::Price;
use super::schedule::{self, Item, Phase};
use super::subscription::Subscription;
use super::{Answer, Engine, route};

/// What an item becomes: its id, price and quantity.
pub type Wanted = (String, String, u64);

/// Whether a change meets one of the conditions under which it waits.
pub fn waits(engine: &Engine, conditions: &[String], held: &Subscription, wanted: &[Wanted]) -> bool {
    conditions.iter().any(|condition| {
        wanted.iter().any(|(item, price, quantity)| {
            let known = held.items.iter().find(|known| known.id == *item);
            let prices = known.and_then(|known| {
                Some((known, engine.state.prices.get(&known.price)?, engine.state.prices.get(price)?))
            });
            let Some((known, old, new)) = prices else { return false };
            match condition.as_str() {
                "decreasing_item_amount" => new.cost(*quantity) < old.cost(known.quantity),
                _ => period_end(new, known.current_period_start) < period_end(old, known.current_period_start),
            }
        })
    })
}

/// When a period that begins at `start` would end.
fn period_end(price: &Price, start: i64) -> Option<i64> {
    price.recurring.map(|recurring| calendar::step(start, recurring.interval, recurring.count, 1))
}

/// Lets the change happen with the next period. It takes the place of whatever was to happen then.
pub fn put(engine: &mut Engine, id: &str, wanted: &[Wanted]) -> Answer {
    if let Some(old) = schedule::of(engine, id).map(|schedule| schedule.id.clone()) {
        route::post(engine, &format!("/v1/subscription_schedules/{old}/release"), &[])?;
    }
    let made = route::post(engine, "/v1/subscription_schedules", &[("from_subscription", id)])?;
    let schedule = made["id"].as_str().and_then(|id| engine.state.schedules.get(id)).cloned();
    let (Some(mut schedule), Some(held)) = (schedule, engine.state.subscriptions.get(id)) else { return Ok(made) };
    let start = held.period_end();
    let mut next = Phase::of(held, (start, start));
    for (place, item) in held.items.iter().enumerate() {
        if let Some((_, price, quantity)) = wanted.iter().find(|(id, ..)| *id == item.id)
            && let Some(phased) = next.items.get_mut(place)
        {
            *phased = Item { price: price.clone(), quantity: Some(*quantity), metadata: item.metadata.clone() };
        }
    }
    let first = next.items.first().and_then(|item| engine.state.prices.get(&item.price));
    let Some(end) = first.and_then(|price| period_end(price, start)) else { return Ok(made) };
    next.end = end;
    next.proration_behavior = "none".into();
    schedule.phases.push(next);
    let after = schedule.render(engine);
    engine.state.schedules.insert(schedule);
    engine.emit_update("subscription_schedule.updated", &made, after.clone());
    Ok(after)
}
