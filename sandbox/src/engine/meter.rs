//! Meters: how use is counted that is paid for afterwards.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, list};

/// How the events of a period become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    Sum,
    Count,
    Last,
}

/// One meter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meter {
    pub id: String,
    pub created: i64,
    pub updated: i64,
    pub display_name: String,
    pub event_name: String,
    pub formula: Formula,
    /// Which key of an event's payload names the customer, and which holds the value.
    pub customer_key: String,
    pub value_key: String,
    pub window: Option<String>,
    pub deactivated_at: Option<i64>,
}
row!(Meter);

impl Meter {
    pub fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }

    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "billing.meter",
            "created": self.created,
            "customer_mapping": { "event_payload_key": self.customer_key, "type": "by_id" },
            "default_aggregation": { "formula": self.formula },
            "display_name": self.display_name,
            "event_name": self.event_name,
            "event_time_window": self.window,
            "livemode": false,
            "status": if self.is_active() { "active" } else { "inactive" },
            "status_transitions": { "deactivated_at": self.deactivated_at },
            "updated": self.updated,
            "value_settings": { "event_payload_key": self.value_key },
        })
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let display_name = params.required("display_name")?;
    let event_name = params.required("event_name")?;
    let mut aggregation =
        params.hash("default_aggregation")?.ok_or_else(|| ApiError::required("default_aggregation"))?;
    let formula = match aggregation.word("formula", &["count", "last", "sum"])? {
        Some("sum") => Formula::Sum,
        Some("count") => Formula::Count,
        Some(_) => Formula::Last,
        None => return Err(ApiError::required(aggregation.name("formula"))),
    };
    aggregation.finish()?;
    let [mut customer_key, mut value_key] = ["stripe_customer_id".to_owned(), "value".to_owned()];
    if let Some(mut mapping) = params.hash("customer_mapping")? {
        customer_key = mapping.required("event_payload_key")?;
        mapping.word("type", &["by_id"])?;
        mapping.finish()?;
    }
    if let Some(mut settings) = params.hash("value_settings")? {
        value_key = settings.required("event_payload_key")?;
        settings.finish()?;
    }
    let window = params.word("event_time_window", &["day", "hour"])?.map(Into::into);
    params.finish()?;
    if engine.state.meters.iter().any(|known| known.is_active() && known.event_name == event_name) {
        return Err(ApiError::bad(format!("An active meter already exists for the event name `{event_name}`."))
            .code("resource_already_exists")
            .param("event_name"));
    }
    let meter = Meter {
        id: engine.state.ids.next("mtr_test_", 24),
        created: engine.now,
        updated: engine.now,
        display_name,
        event_name,
        formula,
        customer_key,
        value_key,
        window,
        deactivated_at: None,
    };
    let value = meter.render();
    engine.state.meters.insert(meter);
    engine.emit("billing.meter.created", value.clone(), None);
    Ok(value)
}

pub fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Meter, ApiError> {
    engine.state.meters.get(id).ok_or_else(|| ApiError::no_such("billing meter", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(Meter::render)
}

/// `POST /v1/billing/meters/{id}`: its name for people.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    find(engine, id)?;
    let name = params.text("display_name")?;
    params.finish()?;
    change(engine, id, "billing.meter.updated", |meter| {
        if let Some(name) = name {
            meter.display_name = name;
        }
    })
}

/// `POST /v1/billing/meters/{id}/deactivate`: it takes no events any more.
pub fn deactivate(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    if !find(engine, id)?.is_active() {
        return Err(ApiError::bad("This meter is already inactive."));
    }
    let now = engine.now;
    change(engine, id, "billing.meter.deactivated", |meter| meter.deactivated_at = Some(now))
}

/// `POST /v1/billing/meters/{id}/reactivate`.
pub fn reactivate(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let known = find(engine, id)?;
    if known.is_active() {
        return Err(ApiError::bad("This meter is already active."));
    }
    let name = known.event_name.clone();
    if engine.state.meters.iter().any(|other| other.is_active() && other.event_name == name) {
        return Err(ApiError::bad(format!("An active meter already exists for the event name `{name}`.")));
    }
    change(engine, id, "billing.meter.reactivated", |meter| meter.deactivated_at = None)
}

fn change(engine: &mut Engine, id: &str, event: &str, change: impl FnOnce(&mut Meter)) -> Answer {
    let now = engine.now;
    let Some(meter) = engine.state.meters.get_mut(id) else { return Err(ApiError::no_such("billing meter", id)) };
    let before = meter.render();
    change(meter);
    meter.updated = now;
    let after = meter.render();
    engine.emit_update(event, &before, after.clone());
    Ok(after)
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let status = params.word("status", &["active", "inactive"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.meters,
        "/v1/billing/meters",
        |meter| status.is_none_or(|status| (status == "active") == meter.is_active()),
        Meter::render,
    )
}
