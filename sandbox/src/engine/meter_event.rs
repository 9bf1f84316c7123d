//! Events of meters: so much was used by somebody at some time.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::meter::{self, Formula, Meter};
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, HOUR, list};

const DAY: i64 = 24 * HOUR;

/// One use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeterEvent {
    /// The identifier that its sender gave, or one made here: the same twice is one event.
    pub id: String,
    pub created: i64,
    pub event_name: String,
    pub timestamp: i64,
    pub payload: Metadata,
    /// What it counts, once it is known to be a number, and for whom.
    pub meter: String,
    pub customer: String,
    pub value: i64,
    pub cancelled: bool,
}
row!(MeterEvent);

impl MeterEvent {
    pub fn render(&self) -> Value {
        json!({
            "object": "billing.meter_event",
            "created": self.created,
            "event_name": self.event_name,
            "identifier": self.id,
            "livemode": false,
            "payload": self.payload,
            "timestamp": self.timestamp,
        })
    }
}

/// `POST /v1/billing/meter_events`.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let event_name = params.required("event_name")?;
    let given = params.metadata("payload", &Metadata::new())?;
    if given.is_empty() {
        return Err(ApiError::required("payload"));
    }
    let identifier = params.text("identifier")?;
    let timestamp = params.integer("timestamp")?.unwrap_or(engine.now);
    params.finish()?;
    if identifier.as_ref().is_some_and(|text| text.chars().count() > 100) {
        return Err(ApiError::bad("Invalid string: must be at most 100 characters.").param("identifier"));
    }
    let meter = engine.state.meters.iter().rev().find(|meter| meter.event_name == event_name).cloned();
    let Some(meter) = meter else {
        return Err(ApiError::bad(format!("No meter found for event name `{event_name}`."))
            .code("no_meter")
            .param("event_name"));
    };
    if !meter.is_active() {
        return Err(ApiError::bad(format!("The meter of event name `{event_name}` is archived."))
            .code("archived_meter")
            .param("event_name"));
    }
    if timestamp < engine.now - 35 * DAY {
        return Err(ApiError::bad("The timestamp is too far in the past: at most 35 calendar days.")
            .code("timestamp_too_far_in_past")
            .param("timestamp"));
    }
    if timestamp > engine.now + 300 {
        return Err(ApiError::bad("The timestamp is too far in the future: at most five minutes.")
            .code("timestamp_in_future")
            .param("timestamp"));
    }
    let (customer, value) = read_payload(engine, &meter, &given)?;
    if let Some(known) = identifier.as_ref().and_then(|id| engine.state.meter_events.get(id)) {
        // Stripe promises to know it again for a day; here it is known for good.
        return Err(ApiError::bad(format!("An event already exists with identifier {}.", known.id))
            .code("duplicate_meter_event")
            .param("identifier"));
    }
    let event = MeterEvent {
        id: identifier.unwrap_or_else(|| engine.state.ids.next("mevt_", 32)),
        created: engine.now,
        event_name,
        timestamp,
        payload: given,
        meter: meter.id,
        customer,
        value,
        cancelled: false,
    };
    let rendered = event.render();
    engine.state.meter_events.insert(event);
    Ok(rendered)
}

/// The customer and the value, which must be a whole number: Usher sends no others, and money must not be guessed.
fn read_payload(engine: &Engine, meter: &Meter, payload: &Metadata) -> Result<(String, i64), ApiError> {
    let refuse = |code, text: String| ApiError::bad(text).code(code).param("payload");
    let customer = payload.get(&meter.customer_key).ok_or_else(|| {
        refuse("meter_event_no_customer_defined", format!("The payload has no {}.", meter.customer_key))
    })?;
    if engine.state.customers.get(customer).is_none_or(|customer| customer.deleted) {
        return Err(refuse("meter_event_customer_not_found", format!("No such customer: '{customer}'")));
    }
    if meter.formula == Formula::Count && !payload.contains_key(&meter.value_key) {
        return Ok((customer.clone(), 1));
    }
    let text = payload.get(&meter.value_key);
    let text =
        text.ok_or_else(|| refuse("meter_event_value_not_found", format!("The payload has no {}.", meter.value_key)))?;
    let value = text.parse::<i64>().map_err(|_| {
        refuse("meter_event_invalid_value", format!("The value must be a whole number in the sandbox, not {text}."))
    })?;
    Ok((customer.clone(), value))
}

/// What a customer has used from one second (inclusive) to another (exclusive). Never below nothing.
pub fn used(engine: &Engine, meter: &str, customer: &str, (start, end): (i64, i64)) -> u64 {
    let Some(formula) = engine.state.meters.get(meter).map(|meter| meter.formula) else { return 0 };
    let counted = engine.state.meter_events.iter().filter(|event| {
        event.meter == meter
            && event.customer == customer
            && !event.cancelled
            && (start..end).contains(&event.timestamp)
    });
    let total: i128 = match formula {
        Formula::Sum => counted.map(|event| i128::from(event.value)).sum(),
        Formula::Count => i128::try_from(counted.count()).unwrap_or(i128::MAX),
        // Of several at one second, the one that came last.
        Formula::Last => counted.max_by_key(|event| event.timestamp).map_or(0, |event| i128::from(event.value)),
    };
    u64::try_from(total.max(0)).unwrap_or(u64::MAX)
}

/// `POST /v1/billing/meter_event_adjustments`: an event of the last day is taken back.
pub fn adjust(engine: &mut Engine, mut params: Params) -> Answer {
    let event_name = params.required("event_name")?;
    params.word("type", &["cancel"])?.ok_or_else(|| ApiError::required("type"))?;
    let mut cancel = params.hash("cancel")?.ok_or_else(|| ApiError::required("cancel"))?;
    let identifier = cancel.required("identifier")?;
    cancel.finish()?;
    params.finish()?;
    let now = engine.now;
    let known = engine.state.meter_events.get_mut(&identifier).filter(|event| event.event_name == event_name);
    let missing = || ApiError::missing("meter event", &identifier, "cancel[identifier]");
    let event = known.ok_or_else(missing)?;
    if event.created < now - DAY {
        return Err(ApiError::bad("Only events that were received within the last 24 hours can be cancelled.")
            .param("cancel[identifier]"));
    }
    event.cancelled = true;
    Ok(json!({
        "object": "billing.meter_event_adjustment",
        "cancel": { "identifier": identifier },
        "event_name": event_name,
        "livemode": false,
        "status": "complete",
        "type": "cancel",
    }))
}

/// `GET /v1/billing/meters/{id}/event_summaries`.
pub fn summaries(engine: &Engine, meter: &str, mut params: Params) -> Answer {
    meter::find(engine, meter)?;
    let customer = params.required("customer")?;
    super::customer::named(engine, &customer, "customer")?;
    let [start, end] = ["start_time", "end_time"].map(|name| params.integer(name));
    let start = start?.ok_or_else(|| ApiError::required("start_time"))?;
    let end = end?.ok_or_else(|| ApiError::required("end_time"))?;
    let step = match params.word("value_grouping_window", &["day", "hour"])? {
        Some("day") => DAY,
        Some(_) => HOUR,
        None => (end - start).max(1),
    };
    let unit = if step == (end - start).max(1) { 60 } else { step };
    if end <= start || start % unit != 0 || end % unit != 0 {
        return Err(ApiError::bad(
            "start_time and end_time must lie on whole minutes, hours or days of the window, in order.",
        )
        .param("start_time"));
    }
    let limit = usize::try_from(params.natural("limit")?.unwrap_or(10).clamp(1, 100)).unwrap_or(10);
    params.text("starting_after")?;
    params.finish()?;
    let mut windows: Vec<(i64, i64)> = Vec::new();
    let mut at = start;
    while at < end && windows.len() < 10_000 {
        windows.push((at, (at + step).min(end)));
        at += step;
    }
    // The newest first, as all of Stripe's lists.
    windows.reverse();
    let more = windows.len() > limit;
    let data = windows
        .into_iter()
        .take(limit)
        .map(|(from, to)| {
            json!({
                "id": format!("mtrusg_test_{}_{from}", meter.trim_start_matches("mtr_test_")),
                "object": "billing.meter_event_summary",
                "aggregated_value": used(engine, meter, &customer, (from, to)),
                "end_time": to,
                "livemode": false,
                "meter": meter,
                "start_time": from,
            })
        })
        .collect();
    Ok(list::envelope(data, more, &format!("/v1/billing/meters/{meter}/event_summaries")))
}
