//! What comes after the period: Stripe's subscription schedules.
//!
//! A schedule is written whole: what a phase does not say is unset when the phase begins. So the phase that is running is
//! copied from what Stripe says it is, every setting that goes on, and only lines, times and rounding of money are ours.

use std::collections::HashMap;

use domain::billed::HowPaid;
use domain::plan::Part;
use domain::subscription::ProviderSubscriptionId;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stripe_billing::subscription::{RetrieveSubscription, UpdateSubscription};
use stripe_billing::subscription_schedule::{CreateSubscriptionSchedule, ReleaseSubscriptionSchedule};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};

use super::client::Client;
use super::mapping::{Known, meta};
use super::objects::{Expandable, Item, List, Price};
use super::seats;
use crate::PaymentError;
use crate::provider::course::NextPhase;
use crate::provider::{IdempotencyKey, SeatChange, SeatLine};

/// The settings of a phase that hold for the next one, too.
const SETTINGS: [&str; 13] = [
    "application_fee_percent",
    "automatic_tax",
    "billing_thresholds",
    "collection_method",
    "currency",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "discounts",
    "invoice_settings",
    "metadata",
    "on_behalf_of",
    "transfer_data",
];
/// The settings of a line.
const OF_A_LINE: [&str; 6] = ["price", "quantity", "tax_rates", "discounts", "metadata", "billing_thresholds"];
/// What Stripe says and does not take.
const SAID_ONLY: [&str; 2] = ["disabled_reason", "discount_end"];

/// A subscription with what is scheduled for it.
#[derive(Debug, Deserialize)]
struct Scheduled {
    items: List<Item>,
    schedule: Option<Expandable<Schedule>>,
}

/// What a subscription is and becomes. The phases are copied, so they are kept as they came.
#[derive(Debug, Deserialize)]
struct Schedule {
    id: String,
    phases: Vec<Value>,
    current_phase: Option<CurrentPhase>,
    metadata: Option<HashMap<String, String>>,
}

#[derive(Debug, Deserialize)]
struct CurrentPhase {
    start_date: i64,
}

impl Schedule {
    /// The phase that is running, and those that come after it.
    fn running_and_next(&self) -> impl Iterator<Item = &Value> {
        let from = self.current_phase.as_ref().map(|running| running.start_date);
        self.phases.iter().filter(move |phase| from.is_some_and(|from| phase["start_date"].as_i64() >= Some(from)))
    }

    /// The phase that is running.
    fn running(&self) -> Option<&Value> {
        self.running_and_next().next()
    }
}

/// The schedule of a subscription, if it has one that is not over.
async fn attached(client: &Client, id: &ProviderSubscriptionId) -> Result<Scheduled, PaymentError> {
    let request = RetrieveSubscription::new(id.as_str()).expand(vec!["schedule.phases.items.price".to_owned()]);
    client.call(request.build(), None).await
}

/// From the end of the running phase on, `next`. A subscription without a schedule gets one first.
pub(super) async fn set_next(
    client: &Client,
    key: &IdempotencyKey,
    id: &ProviderSubscriptionId,
    next: &NextPhase,
) -> Result<(), PaymentError> {
    let of = attached(client, id).await?;
    let schedule = match of.schedule {
        Some(Expandable::Object(schedule)) => schedule,
        Some(Expandable::Id(id)) => return Err(odd(&id, "was not expanded")),
        None => {
            let request = CreateSubscriptionSchedule::new().from_subscription(id.as_str()).build();
            client.call(request, Some(&format!("{}-new", key.0))).await?
        }
    };
    let running = schedule.running().ok_or_else(|| odd(&schedule.id, "has no running phase"))?;
    let now = as_it_is(running, |_| None)?;
    let mut then = settings(running);
    let theirs = lines(running)?.into_iter().filter(|line| known(line, &of.items.data).is_none());
    let theirs = theirs.map(|line| copied(&line));
    let ours = next.lines.iter().map(|line| json!({ "price": line.price.as_str(), "quantity": line.quantity }));
    then.insert("items".to_owned(), ours.chain(theirs).collect());
    then.insert("duration".to_owned(), json!({ "interval": next.interval.as_str(), "interval_count": 1 }));
    then.insert("proration_behavior".to_owned(), json!("none"));
    // An owner's wish takes the place of what was arranged for them, and with it the mark.
    let mark = match (next.moved, schedule.metadata.as_ref().is_some_and(|said| said.contains_key(meta::MOVED))) {
        (true, _) => Some("true"),
        (false, true) => Some(""),
        (false, false) => None,
    };
    write(client, &schedule, &[now, then.into()], "none", mark).await
}

/// So many of each line now, and so many seats from the next phase on, if something else is to be billed then. Money is
/// counted from now on: a schedule has no second to be told. `false`: there is no schedule, and nothing was done.
pub(super) async fn set_seats(
    client: &Client,
    key: &IdempotencyKey,
    id: &ProviderSubscriptionId,
    change: &SeatChange,
    then: Option<u32>,
) -> Result<bool, PaymentError> {
    let of = attached(client, id).await?;
    let schedule = match of.schedule {
        Some(Expandable::Object(schedule)) => schedule,
        Some(Expandable::Id(id)) => return Err(odd(&id, "was not expanded")),
        None => return Ok(false),
    };
    let mut wanted: Vec<(&str, u32)> = Vec::with_capacity(change.lines.len());
    for (line, quantity) in &change.lines {
        let price = match line {
            SeatLine::New(price) => price.as_str(),
            SeatLine::Item(item) => {
                let there = of.items.data.iter().find(|line| line.id == item.0);
                &there.ok_or_else(|| odd(&schedule.id, "has no line for seats"))?.price.id
            }
        };
        wanted.push((price, *quantity));
    }
    let of_price = |price: Option<&str>| wanted.iter().find(|(known, _)| Some(*known) == price).map(|(_, many)| *many);
    let seats_then = |line: &Value| then.filter(|_| is_by_seat(line, &of.items.data));
    let mut phases = Vec::new();
    for (at, phase) in schedule.running_and_next().enumerate() {
        if at > 0 {
            phases.push(as_it_is(phase, seats_then)?);
            continue;
        }
        let there = lines(phase)?;
        let mut now = as_it_is(phase, |line| of_price(price_of(line)))?;
        let new = wanted.iter().filter(|(price, _)| !there.iter().any(|line| price_of(line) == Some(price)));
        if let Some(items) = now["items"].as_array_mut() {
            items.extend(new.map(|(price, quantity)| json!({ "price": price, "quantity": quantity })));
        }
        phases.push(now);
    }
    if change.monthly {
        // Not a setting of a phase. It is said before the money that it is about, and says the same each time.
        let request = UpdateSubscription::new(id.as_str()).pending_invoice_item_interval(seats::monthly()).build();
        client.call::<Value>(request, Some(&format!("{}-monthly", key.0))).await?;
    }
    let how = match change.paid {
        HowPaid::Nothing => "none",
        HowPaid::NextInvoice { .. } => "create_prorations",
        HowPaid::Invoice { .. } => "always_invoice",
    };
    write(client, &schedule, &phases, how, None).await?;
    Ok(true)
}

/// Lets the subscription go on as it is.
pub(super) async fn release(
    client: &Client,
    key: &IdempotencyKey,
    id: &ProviderSubscriptionId,
) -> Result<(), PaymentError> {
    let Some(schedule) = attached(client, id).await?.schedule else { return Ok(()) };
    let schedule = match schedule {
        Expandable::Id(id) | Expandable::Object(Schedule { id, .. }) => id,
    };
    let released = client.call::<Value>(ReleaseSubscriptionSchedule::new(&*schedule).build(), Some(&key.0)).await;
    match released {
        Ok(_) => Ok(()),
        // It was released or is over since: what counts is whether the subscription still has it.
        Err(refusal @ PaymentError::Refused { .. }) => match attached(client, id).await?.schedule {
            None => Ok(()),
            Some(_) => Err(refusal),
        },
        Err(unknown) => Err(unknown),
    }
}

/// Writes all phases that are not over, and who has arranged them if that is to be another. The same words twice are the
/// same as once, so no key is needed.
async fn write(
    client: &Client,
    to: &Schedule,
    phases: &[Value],
    now: &str,
    moved: Option<&str>,
) -> Result<(), PaymentError> {
    let mut form = json!({ "end_behavior": "release", "phases": phases, "proration_behavior": now });
    if let Some(moved) = moved {
        form["metadata"] = json!({ meta::MOVED: moved });
    }
    let request = RequestBuilder::new(StripeMethod::Post, format!("/subscription_schedules/{}", to.id)).form(&form);
    client.call::<Value>(request, None).await.map(drop)
}

/// A phase as Stripe says it is, in the words that Stripe takes; `seats` says which line has another number.
fn as_it_is(phase: &Value, seats: impl Fn(&Value) -> Option<u32>) -> Result<Value, PaymentError> {
    let mut now = settings(phase);
    for when in ["start_date", "end_date", "trial_end", "proration_behavior", "billing_cycle_anchor"] {
        if let Some(value) = taken(&phase[when]) {
            now.insert(when.to_owned(), value);
        }
    }
    let items = lines(phase)?.into_iter().map(|line| {
        let mut copy = copied(&line);
        if let (Some(new), Value::Object(fields)) = (seats(&line), &mut copy) {
            fields.insert("quantity".to_owned(), json!(new));
        }
        copy
    });
    now.insert("items".to_owned(), items.collect());
    Ok(now.into())
}

fn is_by_seat(line: &Value, items: &[Item]) -> bool {
    known(line, items).is_some_and(|known| known.part == Part::PerSeat)
}

/// What is off is said by saying nothing.
fn settings(phase: &Value) -> Map<String, Value> {
    let on = |name: &&str| *name != "automatic_tax" || phase[*name]["enabled"] == true;
    SETTINGS.into_iter().filter(on).filter_map(|name| Some((name.to_owned(), taken(&phase[name])?))).collect()
}

fn lines(phase: &Value) -> Result<Vec<Value>, PaymentError> {
    let items = phase["items"].as_array().ok_or_else(|| odd("a schedule", "has a phase without lines"))?;
    Ok(items.clone())
}

fn copied(line: &Value) -> Value {
    OF_A_LINE.into_iter().filter_map(|name| Some((name.to_owned(), taken(&line[name])?))).collect::<Map<_, _>>().into()
}

fn price_of(line: &Value) -> Option<&str> {
    line["price"].as_str().or_else(|| line["price"]["id"].as_str())
}

/// What a line of a phase is of ours. Where its price is only a name, the subscription's own lines know it.
fn known(line: &Value, items: &[Item]) -> Option<Known> {
    let expanded: Option<Price> = serde_json::from_value(line["price"].clone()).ok();
    if let Some(price) = expanded {
        return Known::of(&price);
    }
    let id = price_of(line)?;
    items.iter().find(|item| item.price.id == id).and_then(|item| Known::of(&item.price))
}

/// What Stripe says, in the form that it takes: objects that have a name by their name, and nothing that is not there.
fn taken(said: &Value) -> Option<Value> {
    match said {
        Value::Null => None,
        Value::Array(all) => {
            let all: Vec<Value> = all.iter().filter_map(taken).collect();
            (!all.is_empty()).then(|| all.into())
        }
        Value::Object(fields) => {
            if let Some(Value::String(id)) = fields.get("id") {
                return Some(Value::String(id.clone()));
            }
            let fields = fields.iter().filter(|(name, _)| !SAID_ONLY.contains(&name.as_str()));
            let fields: Map<String, Value> =
                fields.filter_map(|(name, value)| Some((name.clone(), taken(value)?))).collect();
            (!fields.is_empty()).then(|| fields.into())
        }
        plain => Some(plain.clone()),
    }
}

fn odd(id: &str, what: &str) -> PaymentError {
    PaymentError::Unknown(format!("schedule {id} {what}"))
}
