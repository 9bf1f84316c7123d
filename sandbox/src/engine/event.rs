//! Events: what happened, with the object as it was then.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{API_VERSION, Answer, Engine, list, version};
use crate::state::{Delivery, Outcome, State};

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub created: i64,
    pub kind: String,
    pub object: Value,
    pub previous: Option<Value>,
    pub request: Option<String>,
    pub idempotency_key: Option<String>,
    /// How many endpoints it was queued for.
    pub endpoints: usize,
}
row!(Event);

impl Event {
    /// `pending`: deliveries not yet answered with 2xx.
    pub fn render(&self, pending: usize) -> Value {
        let mut data = Map::from_iter([("object".to_owned(), self.object.clone())]);
        if let Some(previous) = &self.previous {
            data.insert("previous_attributes".into(), previous.clone());
        }
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": pending,
            "request": { "id": self.request, "idempotency_key": self.idempotency_key },
            "type": self.kind,
        })
    }

    /// The bytes that are signed and sent to who speaks this version; the same at every attempt.
    pub fn body(&self, version: &str) -> Vec<u8> {
        let event = version::event(self.render(self.endpoints), version);
        serde_json::to_vec_pretty(&event).unwrap_or_default()
    }

    /// The same with the object as it was at an earlier event.
    pub fn stale(&self, state: &State) -> Self {
        let id = self.object.get("id");
        let before = state.events.iter().take_while(|event| event.id != self.id);
        let older = before.filter(|event| event.object.get("id") == id && id.is_some()).last();
        let object = older.map_or_else(|| self.object.clone(), |older| older.object.clone());
        Self { object, ..self.clone() }
    }
}

pub fn emit(engine: &mut Engine, kind: &str, object: Value, previous: Option<Value>) -> String {
    let id = engine.state.ids.next("evt_", 24);
    let endpoints: Vec<String> =
        engine.state.endpoints.iter().filter(|endpoint| endpoint.wants(kind)).map(|e| e.id.clone()).collect();
    engine.state.events.insert(Event {
        id: id.clone(),
        created: engine.now,
        kind: kind.to_owned(),
        object,
        previous,
        request: engine.caller.request.clone(),
        idempotency_key: engine.caller.idempotency_key.clone(),
        endpoints: endpoints.len(),
    });
    for endpoint in endpoints {
        engine.state.queue(Delivery::new(id.clone(), endpoint));
    }
    id
}

/// The old values of the fields that changed; in a hash, of its changed keys only.
pub fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| before.clone());
    };
    let mut changed = Map::new();
    for key in new.keys().chain(old.keys().filter(|key| !new.contains_key(*key))) {
        let (old, new) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
        // A list is shown whole when anything in it changed.
        let whole = new.get("object").is_some_and(|object| object == "list");
        match (old, new) {
            (Value::Object(_), Value::Object(_)) if !whole => {
                if let Some(inner) = difference(old, new) {
                    changed.insert(key.clone(), inner);
                }
            }
            _ if old != new => {
                changed.insert(key.clone(), old.clone());
            }
            _ => {}
        }
    }
    (!changed.is_empty()).then_some(Value::Object(changed))
}

fn pending(state: &State, event: &str) -> usize {
    state.deliveries.iter().filter(|d| d.event == event && d.outcome != Outcome::Delivered).count()
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    let event = engine.state.events.get(id).ok_or_else(|| ApiError::no_such("event", id))?;
    Ok(event.render(pending(engine.state, id)))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (kind, kinds) = (params.text("type")?, params.texts("types")?);
    let success = params.boolean("delivery_success")?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    let state = &*engine.state;
    page.of(
        &state.events,
        "/v1/events",
        |event| {
            kind.as_ref().is_none_or(|kind| matches(kind, &event.kind))
                && kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| matches(kind, &event.kind)))
                && success.is_none_or(|success| success == (pending(state, &event.id) == 0))
        },
        |event| event.render(pending(state, &event.id)),
    )
}

/// `*`, `invoice.*` or the kind itself. Only lists are asked so; an endpoint names kinds.
fn matches(pattern: &str, kind: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == kind, |start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_named_with_its_old_value() {
        let before = json!({"status": "incomplete", "metadata": {"a": "1", "b": "2"}, "same": 1});
        let after = json!({"status": "active", "metadata": {"a": "1", "b": "3", "c": "4"}, "same": 1});
        assert_eq!(
            difference(&before, &after),
            Some(json!({"status": "incomplete", "metadata": {"b": "2", "c": null}}))
        );
        assert_eq!(difference(&before, &before), None);
    }

    #[test]
    fn patterns_name_kinds_of_events() {
        assert!(matches("*", "invoice.paid") && matches("invoice.*", "invoice.paid"));
        assert!(!matches("invoice.pai", "invoice.paid") && !matches("customer.*", "invoice.paid"));
    }

    #[test]
    fn a_changed_list_is_shown_whole() {
        let list = |quantity| json!({"items": {"object": "list", "data": [{"quantity": quantity}], "has_more": false}});
        assert_eq!(difference(&list(1), &list(2)), Some(list(1)));
    }
}
