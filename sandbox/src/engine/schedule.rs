//! Subscription schedules: what a subscription becomes, phase by phase. They are made from a subscription and changed
//! in [`super::schedule_change`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::subscription::Subscription;
use super::table::row;
use super::{Answer, Engine, list, pending_update, route, schedule_change, subscription};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Completed,
    Released,
    Canceled,
}

/// What comes after the last phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    Release,
    Cancel,
}

/// A plan of phases for one subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schedule {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub subscription: Option<String>,
    pub released_subscription: Option<String>,
    pub status: Status,
    pub phases: Vec<Phase>,
    /// Which phase runs.
    pub current: usize,
    pub end_behavior: After,
    pub metadata: Metadata,
    pub canceled_at: Option<i64>,
    pub completed_at: Option<i64>,
    pub released_at: Option<i64>,
}
row!(Schedule);

/// One stretch of time with its own settings. What is not set here is not set on the subscription either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub start: i64,
    pub end: i64,
    pub items: Vec<Item>,
    pub proration_behavior: String,
    pub metadata: Metadata,
    pub description: Option<String>,
    pub default_payment_method: Option<String>,
    /// Whether the period begins anew with the phase.
    pub resets_anchor: bool,
    pub trial_end: Option<i64>,
}

/// A price and how many of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub price: String,
    pub quantity: Option<u64>,
    pub metadata: Metadata,
}

impl Schedule {
    pub fn is_live(&self) -> bool {
        self.status == Status::Active
    }

    /// The moment at which the running phase is over.
    pub fn phase_end(&self) -> Option<i64> {
        self.phases.get(self.current).filter(|_| self.is_live()).map(|phase| phase.end)
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let running = self.phases.get(self.current).filter(|_| self.is_live());
        let phases: Vec<Value> = self.phases.iter().map(|phase| phase.render(engine)).collect();
        json!({
            "id": self.id,
            "object": "subscription_schedule",
            "application": null,
            "billing_mode": {
                "flexible": { "proration_discounts": "included" },
                "type": "flexible",
                "updated_at": self.created,
            },
            "canceled_at": self.canceled_at,
            "completed_at": self.completed_at,
            "created": self.created,
            "current_phase": running.map(|phase| json!({ "end_date": phase.end, "start_date": phase.start })),
            "customer": self.customer,
            "customer_account": null,
            "default_settings": {
                "application_fee_percent": null,
                "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
                "billing_cycle_anchor": "automatic",
                "billing_thresholds": null,
                "collection_method": "charge_automatically",
                "default_payment_method": null,
                "default_source": null,
                "description": null,
                "invoice_settings": {
                    "account_tax_ids": null,
                    "custom_fields": null,
                    "days_until_due": null,
                    "description": null,
                    "footer": null,
                    "issuer": { "type": "self" },
                },
                "on_behalf_of": null,
                "transfer_data": null,
            },
            "end_behavior": self.end_behavior,
            "livemode": false,
            "metadata": self.metadata,
            "phases": phases,
            "released_at": self.released_at,
            "released_subscription": self.released_subscription,
            "status": self.status,
            "subscription": self.subscription,
            "test_clock": null,
        })
    }
}

impl Phase {
    /// What a subscription is now, for so long.
    pub fn of(subscription: &Subscription, (start, end): (i64, i64)) -> Self {
        let item = |item: &super::subscription_item::Item| Item {
            price: item.price.clone(),
            quantity: Some(item.quantity),
            metadata: item.metadata.clone(),
        };
        Self {
            start,
            end,
            items: subscription.items.iter().map(item).collect(),
            proration_behavior: "create_prorations".into(),
            metadata: subscription.metadata.clone(),
            description: subscription.description.clone(),
            default_payment_method: subscription.default_payment_method.clone(),
            resets_anchor: false,
            trial_end: subscription.trial_end.filter(|at| *at > start),
        }
    }

    /// Whether a subscription has these prices and quantities already.
    pub fn fits(&self, subscription: &Subscription) -> bool {
        self.items.len() == subscription.items.len()
            && self.items.iter().zip(&subscription.items).all(|(wanted, has)| {
                wanted.price == has.price && wanted.quantity.is_none_or(|quantity| quantity == has.quantity)
            })
    }

    fn render(&self, engine: &Engine) -> Value {
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|item| {
                json!({
                    "billing_thresholds": null,
                    "discounts": [],
                    "metadata": item.metadata,
                    "plan": item.price,
                    "price": item.price,
                    "quantity": item.quantity,
                    "tax_rates": [],
                })
            })
            .collect();
        let first = self.items.first().and_then(|item| engine.state.prices.get(&item.price));
        json!({
            "add_invoice_items": [],
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": self.resets_anchor.then_some("phase_start"),
            "billing_thresholds": null,
            "collection_method": null,
            "currency": first.map(|price| price.currency.clone()),
            "default_payment_method": self.default_payment_method,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": [],
            "end_date": self.end,
            "invoice_settings": null,
            "items": items,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "proration_behavior": self.proration_behavior,
            "start_date": self.start,
            "transfer_data": null,
            "trial_end": self.trial_end,
        })
    }
}

/// The schedule that a subscription has.
pub fn of<'a>(engine: &'a Engine, subscription: &str) -> Option<&'a Schedule> {
    engine.state.schedules.iter().find(|s| s.is_live() && s.subscription.as_deref() == Some(subscription))
}

/// `POST /v1/subscription_schedules`: from a subscription that has none.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let Some(id) = params.text("from_subscription")? else {
        return Err(
            ApiError::bad("The sandbox makes schedules with from_subscription only.").param("from_subscription")
        );
    };
    if params.has("phases") || params.has("customer") || params.has("end_behavior") {
        return Err(ApiError::bad(
            "You cannot set other parameters together with `from_subscription`; update the schedule afterwards.",
        )
        .param("from_subscription"));
    }
    let metadata = params.metadata("metadata", &Metadata::new())?;
    params.finish()?;
    let held = engine.state.subscriptions.get(&id);
    let held = held.cloned().ok_or_else(|| ApiError::missing("subscription", &id, "from_subscription"))?;
    if held.is_ended() {
        return Err(ApiError::bad("You cannot migrate a subscription that is canceled.").param("from_subscription"));
    }
    if let Some(schedule) = of(engine, &id) {
        let text =
            format!("You cannot migrate a subscription that is already attached to a schedule: {}.", schedule.id);
        return Err(ApiError::bad(text).param("from_subscription"));
    }
    let before = held.render(engine);
    let start = held.items.iter().map(|item| item.current_period_start).min().unwrap_or(held.start_date);
    let schedule = Schedule {
        id: engine.state.ids.next("sub_sched_", 24),
        created: engine.now,
        customer: held.customer.clone(),
        subscription: Some(id.clone()),
        released_subscription: None,
        status: Status::Active,
        phases: vec![Phase::of(&held, (start, held.cancel_at.unwrap_or_else(|| held.period_end())))],
        current: 0,
        // One that was to end still does.
        end_behavior: if held.cancel_at.is_some() { After::Cancel } else { After::Release },
        metadata,
        canceled_at: None,
        completed_at: None,
        released_at: None,
    };
    let value = schedule.render(engine);
    engine.state.schedules.insert(schedule);
    engine.emit("subscription_schedule.created", value.clone(), None);
    tell_subscription(engine, &id, &before);
    Ok(value)
}

/// Says that a subscription's schedule changed.
fn tell_subscription(engine: &mut Engine, id: &str, before: &Value) {
    if let Ok(after) = subscription::get(engine, id) {
        engine.emit_update("customer.subscription.updated", before, after);
    }
}

pub fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Schedule, ApiError> {
    engine.state.schedules.get(id).ok_or_else(|| ApiError::no_such("subscription_schedule", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(|schedule| schedule.render(engine))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let customer = params.text("customer")?;
    for name in ["canceled_at", "completed_at", "released_at"] {
        if params.has(name) {
            return Err(params.invalid(name, format!("The sandbox does not filter schedules by {name}.")));
        }
    }
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.schedules,
        "/v1/subscription_schedules",
        |s| customer.as_ref().is_none_or(|customer| s.customer == *customer),
        |s| s.render(engine),
    )
}

fn live(engine: &Engine, id: &str, verb: &str) -> Result<Schedule, ApiError> {
    let schedule = find(engine, id)?;
    if schedule.is_live() {
        return Ok(schedule.clone());
    }
    let status = json!(schedule.status);
    let status = status.as_str().unwrap_or_default();
    Err(ApiError::bad(format!(
        "You cannot {verb} a subscription schedule that is currently in the `{status}` status. A schedule can only be \
         changed while it is `not_started` or `active`."
    )))
}

/// `POST /v1/subscription_schedules/{id}/release`: the subscription goes on as it is.
pub fn release(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    params.boolean("preserve_cancel_date")?;
    params.finish()?;
    let schedule = live(engine, id, "release")?;
    let_go(engine, schedule);
    get(engine, id)
}

fn let_go(engine: &mut Engine, mut schedule: Schedule) {
    let Some(subscription) = schedule.subscription.take() else { return };
    let before = subscription::get(engine, &subscription).unwrap_or_default();
    schedule.released_subscription = Some(subscription.clone());
    schedule.status = Status::Released;
    schedule.released_at = Some(engine.now);
    let value = schedule.render(engine);
    engine.state.schedules.insert(schedule);
    engine.emit("subscription_schedule.released", value, None);
    tell_subscription(engine, &subscription, &before);
}

/// `POST /v1/subscription_schedules/{id}/cancel`: the subscription ends with it, now.
pub fn cancel(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let schedule = live(engine, id, "cancel")?;
    let now = params.boolean("invoice_now")?.unwrap_or(true);
    let prorate = params.boolean("prorate")?.unwrap_or(true);
    params.finish()?;
    if let Some(subscription) = &schedule.subscription {
        let word = |given: bool| if given { "true" } else { "false" };
        let pairs = [("invoice_now", word(now)), ("prorate", word(prorate))];
        route::delete(engine, &format!("/v1/subscriptions/{subscription}"), &pairs)?;
    }
    get(engine, id)
}

/// A subscription has ended, and its schedule with it. `unpaid`: because nobody paid.
pub fn subscription_ended(engine: &mut Engine, subscription: &str, unpaid: bool) {
    let Some(mut schedule) = of(engine, subscription).cloned() else { return };
    schedule.status = Status::Canceled;
    schedule.canceled_at = Some(engine.now);
    let value = schedule.render(engine);
    engine.state.schedules.insert(schedule);
    let kind = if unpaid { "subscription_schedule.aborted" } else { "subscription_schedule.canceled" };
    engine.emit(kind, value, None);
}

/// Refuses to set the end of a subscription by hand that its schedule decides.
pub fn refuse_end(engine: &Engine, subscription: &str) -> Result<(), ApiError> {
    match of(engine, subscription) {
        None => Ok(()),
        Some(schedule) => Err(ApiError::bad(format!(
            "The subscription is managed by the subscription schedule `{}`, and updating any cancelation behavior \
             directly is not allowed. Please update the schedule instead.",
            schedule.id
        ))),
    }
}

/// A subscription was changed by hand: the running phase is split there, and the phases to come stay as they are.
pub fn subscription_changed(engine: &mut Engine, id: &str) {
    let Some(held) = engine.state.subscriptions.get(id).cloned() else { return };
    let Some(mut schedule) = of(engine, id).cloned() else { return };
    let (place, now) = (schedule.current, engine.now);
    let Some(running) = schedule.phases.get_mut(place) else { return };
    if running.fits(&held) {
        return;
    }
    let before = find(engine, &schedule.id).map(|schedule| schedule.render(engine)).unwrap_or_default();
    let rest = Phase { resets_anchor: false, ..Phase::of(&held, (now, running.end)) };
    if running.start < now {
        running.end = now;
        schedule.phases.insert(place + 1, rest);
        schedule.current += 1;
    } else {
        *running = Phase { start: running.start, ..rest };
    }
    let after = schedule.render(engine);
    engine.state.schedules.insert(schedule);
    engine.emit_update("subscription_schedule.updated", &before, after);
}

/// The running phase is over: the next begins, or what comes after the last.
pub fn advance(engine: &mut Engine, id: &str) {
    let Some(mut schedule) = engine.state.schedules.get(id).filter(|schedule| schedule.is_live()).cloned() else {
        return;
    };
    let Some(subscription) = schedule.subscription.clone() else { return };
    if schedule.current + 1 < schedule.phases.len() {
        let before = schedule.render(engine);
        schedule.current += 1;
        let after = schedule.render(engine);
        let phase = schedule.phases[schedule.current].clone();
        engine.state.schedules.insert(schedule);
        // Whatever the phase changes, a change that still waits for its money was made for the phase before.
        pending_update::discard(engine, &subscription);
        schedule_change::enter(engine, &subscription, &phase, &phase.proration_behavior);
        engine.emit_update("subscription_schedule.updated", &before, after);
        return;
    }
    match schedule.end_behavior {
        After::Release => let_go(engine, schedule),
        After::Cancel => {
            schedule.status = Status::Completed;
            schedule.completed_at = Some(engine.now);
            let value = schedule.render(engine);
            engine.state.schedules.insert(schedule);
            engine.emit("subscription_schedule.completed", value, None);
            subscription::end(engine, &subscription, "cancellation_requested");
        }
    }
}
