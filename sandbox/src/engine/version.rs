//! Objects in the shapes of older versions of the API, as far as our kinds of objects have changed.

use serde_json::{Map, Value, json};

use super::API_VERSION;

/// What endpoints can ask for, the oldest first.
pub const KNOWN: [&str; 5] =
    ["2024-09-30.acacia", "2025-03-31.basil", "2025-09-30.clover", "2026-03-25.dahlia", API_VERSION];

/// The version whose shapes differ most from ours.
pub const OLDEST: &str = KNOWN[0];

/// An event as a version has it. Unknown versions get ours.
pub fn event(mut event: Value, version: &str) -> Value {
    let Some(age) = KNOWN.iter().position(|known| *known == version) else { return event };
    if age + 1 == KNOWN.len() {
        return event;
    }
    event["api_version"] = json!(version);
    if let Some(object) = event.pointer_mut("/data/object") {
        reshape(object, age);
    }
    event
}

fn reshape(value: &mut Value, age: usize) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| reshape(one, age)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|one| reshape(one, age));
            let kind = fields.get("object").and_then(Value::as_str).unwrap_or_default().to_owned();
            object(fields, &kind, age);
        }
        _ => {}
    }
}

fn object(fields: &mut Map<String, Value>, kind: &str, age: usize) {
    let [basil, clover, dahlia, endive] = [1, 2, 3, 4].map(|first| age < first);
    let mut drop = |yes: bool, names: &[&str]| {
        for name in names.iter().filter(|_| yes) {
            fields.remove(*name);
        }
    };
    match kind {
        "subscription" => {
            drop(endive, &["status_details", "managed_payments"]);
            drop(dahlia, &["billing_schedules"]);
            drop(clover, &["billing_mode"]);
            if basil {
                periods_to_the_top(fields);
            }
        }
        "invoice" => {
            drop(endive, &["status_details"]);
            drop(dahlia, &["amount_paid_off_stripe"]);
            if basil {
                flat_invoice(fields);
            }
        }
        "line_item" => {
            drop(dahlia, &["quantity_decimal"]);
            if basil {
                flat_line(fields);
            }
        }
        "invoiceitem" => drop(dahlia, &["quantity_decimal"]),
        "checkout.session" if dahlia => {
            fields.insert("ui_mode".into(), json!("hosted"));
        }
        _ => {}
    }
}

/// Before basil a subscription had one period, on itself.
fn periods_to_the_top(fields: &mut Map<String, Value>) {
    let mut period = (Value::Null, Value::Null);
    if let Some(items) = fields.get_mut("items").and_then(|items| items["data"].as_array_mut()) {
        for item in items {
            let Value::Object(item) = item else { continue };
            period.0 = item.remove("current_period_start").unwrap_or_default();
            period.1 = item.remove("current_period_end").unwrap_or_default();
        }
    }
    fields.insert("current_period_start".into(), period.0);
    fields.insert("current_period_end".into(), period.1);
    fields.insert("discount".into(), Value::Null);
}

/// Before basil an invoice named its subscription and its payment itself.
fn flat_invoice(fields: &mut Map<String, Value>) {
    let parent = fields.remove("parent").unwrap_or_default();
    let details = &parent["subscription_details"];
    fields.insert("subscription".into(), details["subscription"].clone());
    fields.insert("subscription_details".into(), json!({ "metadata": details["metadata"] }));
    let paid = fields.get("status").is_some_and(|status| status == "paid");
    fields.insert("paid".into(), json!(paid));
    fields.insert("tax".into(), Value::Null);
    fields.insert("total_tax_amounts".into(), json!([]));
    fields.remove("total_taxes");
    fields.remove("confirmation_secret");
}

/// Before basil a line said itself what it was.
fn flat_line(fields: &mut Map<String, Value>) {
    let parent = fields.remove("parent").unwrap_or_default();
    let details = &parent["subscription_item_details"];
    fields.insert("type".into(), json!("subscription"));
    for name in ["proration", "proration_details", "subscription", "subscription_item"] {
        fields.insert(name.into(), details[name].clone());
    }
    let pricing = fields.remove("pricing").unwrap_or_default();
    fields.insert("price".into(), pricing["price_details"]["price"].clone());
    fields.insert("tax_amounts".into(), json!([]));
    fields.remove("taxes");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought() -> Value {
        json!({
            "api_version": API_VERSION,
            "data": { "object": {
                "object": "subscription", "billing_schedules": [], "billing_mode": {}, "status_details": null,
                "items": { "object": "list", "data": [
                    { "object": "subscription_item", "current_period_start": 1, "current_period_end": 2 },
                ] },
            } },
        })
    }

    #[test]
    fn acacia_has_the_period_on_the_subscription() {
        let old = event(bought(), OLDEST);
        let object = &old["data"]["object"];
        assert_eq!((&old["api_version"], &object["current_period_end"]), (&json!(OLDEST), &json!(2)));
        assert!(object["items"]["data"][0].get("current_period_end").is_none() && object.get("billing_mode").is_none());
    }

    #[test]
    fn clover_differs_only_where_it_did() {
        let old = event(bought(), "2025-09-30.clover");
        let object = &old["data"]["object"];
        assert!(object.get("billing_schedules").is_none() && object.get("billing_mode").is_some());
        assert_eq!(object["items"]["data"][0]["current_period_end"], 2);
    }

    #[test]
    fn ours_stays_as_it_is() {
        assert_eq!(event(bought(), API_VERSION), bought());
    }
}
