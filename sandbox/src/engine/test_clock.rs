//! Test clocks: customers for whom time passes when it is told to.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, HOUR, calendar, list, subscription, timers};
use crate::state::State;

const DAY: i64 = 24 * HOUR;

/// A clock that stands still.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestClock {
    pub id: String,
    pub created: i64,
    pub name: Option<String>,
    pub frozen_time: i64,
}
row!(TestClock);

impl TestClock {
    fn render(&self, status: &str) -> Value {
        json!({
            "id": self.id,
            "object": "test_helpers.test_clock",
            "created": self.created,
            "deletes_after": self.created + 30 * DAY,
            "frozen_time": self.frozen_time,
            "livemode": false,
            "name": self.name,
            "status": status,
            "status_details": if status == "advancing" {
                json!({ "advancing": { "target_frozen_time": self.frozen_time } })
            } else {
                json!({})
            },
        })
    }
}

/// The clock that a customer lives on.
pub fn of<'a>(state: &'a State, customer: Option<&str>) -> Option<&'a str> {
    state.customers.get(customer?)?.test_clock.as_deref()
}

/// The time of a customer.
pub fn now(engine: &Engine, customer: Option<&str>) -> i64 {
    let clock = of(engine.state, customer).and_then(|clock| engine.state.test_clocks.get(clock));
    clock.map_or(engine.now, |clock| clock.frozen_time)
}

/// The customer whom a request is about, by its address or its parameters.
pub fn customer_of(engine: &Engine, parts: &[&str], params: &Params) -> Option<String> {
    let state = &*engine.state;
    let text = |name: &str| params.clone().text(name).ok().flatten();
    let by_subscription = |id: &str| state.subscriptions.get(id).map(|s| s.customer.clone());
    let by_path = match parts {
        ["customers", id, ..] => Some((*id).to_owned()),
        ["subscriptions", id, ..] => by_subscription(id),
        ["subscription_items", id, ..] => {
            let of = |s: &&subscription::Subscription| s.items.iter().any(|item| item.id == *id);
            state.subscriptions.iter().find(of).map(|s| s.customer.clone())
        }
        ["invoices", id, ..] => state.invoices.get(id).map(|invoice| invoice.customer.clone()),
        ["checkout", "sessions", id, ..] => state.sessions.get(id).and_then(|session| session.customer.clone()),
        _ => None,
    };
    by_path.or_else(|| text("customer")).or_else(|| by_subscription(&text("subscription")?))
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let frozen_time = params.integer("frozen_time")?.ok_or_else(|| ApiError::required("frozen_time"))?;
    let name = params.text("name")?;
    params.finish()?;
    let clock = TestClock { id: engine.state.ids.next("clock_", 24), created: engine.now, name, frozen_time };
    let value = clock.render("ready");
    engine.state.test_clocks.insert(clock);
    engine.emit("test_helpers.test_clock.created", value.clone(), None);
    Ok(value)
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    let clock = engine.state.test_clocks.get(id);
    clock.map(|clock| clock.render("ready")).ok_or_else(|| ApiError::no_such("test_clock", id))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(&engine.state.test_clocks, "/v1/test_helpers/test_clocks", |_| true, |clock| clock.render("ready"))
}

/// Deletes a clock with the customers on it.
pub fn delete(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let clock = engine.state.test_clocks.get(id).ok_or_else(|| ApiError::no_such("test_clock", id))?;
    let last = clock.render("ready");
    let of = |c: &&super::customer::Customer| c.test_clock.as_deref() == Some(id) && !c.deleted;
    let customers: Vec<String> = engine.state.customers.iter().filter(of).map(|c| c.id.clone()).collect();
    for customer in customers {
        super::customer::delete(engine, &customer, Params::default())?;
    }
    engine.state.test_clocks.remove(id);
    engine.emit("test_helpers.test_clock.deleted", last, None);
    Ok(json!({ "id": id, "object": "test_helpers.test_clock", "deleted": true }))
}

/// Advances a clock: everything on it that is due happens. The answer is from before, as at Stripe, where it takes a
/// while; here it is done when the answer is read.
pub fn advance(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let clock = engine.state.test_clocks.get(id).ok_or_else(|| ApiError::no_such("test_clock", id))?;
    let from = clock.frozen_time;
    let to = params.integer("frozen_time")?.ok_or_else(|| ApiError::required("frozen_time"))?;
    if to <= from {
        return Err(params.invalid("frozen_time", "A test clock only goes forward."));
    }
    if to > furthest(engine, id, from) {
        return Err(params.invalid(
            "frozen_time",
            "A test clock advances at most two intervals of its shortest subscription at once, or two years without one.",
        ));
    }
    params.finish()?;
    let caller = std::mem::take(&mut engine.caller);
    let wall = engine.now;
    let Some(clock) = engine.state.test_clocks.get_mut(id) else { return Err(ApiError::no_such("test_clock", id)) };
    clock.frozen_time = to;
    let advancing = clock.render("advancing");
    engine.emit("test_helpers.test_clock.advancing", advancing.clone(), None);
    timers::run(engine, Some(id), from, to);
    engine.now = wall;
    let ready = get(engine, id)?;
    engine.emit("test_helpers.test_clock.ready", ready, None);
    engine.caller = caller;
    Ok(advancing)
}

fn furthest(engine: &Engine, clock: &str, from: i64) -> i64 {
    let state = &*engine.state;
    let here = state.subscriptions.iter().filter(|s| !s.is_ended() && of(state, Some(&s.customer)) == Some(clock));
    let recurring = here.flat_map(|s| &s.items).filter_map(|item| state.prices.get(&item.price)?.recurring);
    let shortest = recurring.map(|r| calendar::step(from, r.interval, r.count, 2)).min();
    shortest.unwrap_or_else(|| calendar::step(from, calendar::Interval::Year, 1, 2))
}
