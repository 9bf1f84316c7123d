//! What is read of a webhook's body, wherever Stripe has put it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use domain::Timestamp;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId, ProviderSubscriptionId};
use payments::{EventEnvelope, EventError};
use proptest::prelude::*;
use serde_json::{Value, json};

fn snapshot(kind: &str, object: Value) -> EventEnvelope {
    let event = json!({
        "id": "evt_1", "object": "event", "type": kind, "api_version": "2026-09-30.endive", "created": 1_795_000_000,
        "livemode": false, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}, "data": {"object": object}
    });
    EventEnvelope::read(event.to_string().as_bytes()).unwrap()
}

fn cus(id: &str) -> ProviderCustomerId {
    ProviderCustomerId(id.to_owned())
}

fn sub(id: &str) -> ProviderSubscriptionId {
    ProviderSubscriptionId(id.to_owned())
}

#[test]
fn a_subscription_names_itself_and_its_customer() {
    let object: Value = serde_json::from_str(include_str!("fixtures/subscription.json")).unwrap();
    let event = snapshot("customer.subscription.updated", object);
    assert_eq!(event.id, "evt_1");
    assert_eq!(event.kind, "customer.subscription.updated");
    assert_eq!(event.api_version.as_deref(), Some("2026-09-30.endive"));
    assert_eq!(event.created, Timestamp::from_secs(1_795_000_000));
    assert!(!event.livemode);
    assert_eq!(event.object.as_deref(), Some("sub_1"));
    assert_eq!((event.customer, event.subscription, event.checkout), (Some(cus("cus_1")), Some(sub("sub_1")), None));
}

#[test]
fn an_invoice_names_its_subscription_in_its_parent() {
    let invoice = json!({
        "id": "in_1", "object": "invoice", "customer": {"id": "cus_1", "object": "customer"},
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1", "metadata": {}}}
    });
    let event = snapshot("invoice.paid", invoice);
    assert_eq!((event.customer, event.subscription, event.checkout), (Some(cus("cus_1")), Some(sub("sub_1")), None));
    assert_eq!(event.object.as_deref(), Some("in_1"));
}

#[test]
fn an_invoice_of_before_2025_names_it_at_the_top() {
    let invoice = json!({"id": "in_1", "object": "invoice", "customer": "cus_1", "subscription": {"id": "sub_1"}});
    assert_eq!(snapshot("invoice.paid", invoice).subscription, Some(sub("sub_1")));
}

#[test]
fn an_invoice_to_come_has_no_id_and_is_still_a_hint() {
    let invoice = json!({
        "object": "invoice", "customer": "cus_1",
        "parent": {"subscription_details": {"subscription": {"id": "sub_1", "object": "subscription"}}}
    });
    let event = snapshot("invoice.upcoming", invoice);
    assert_eq!((event.object, event.subscription), (None, Some(sub("sub_1"))));
}

#[test]
fn a_payment_page_names_itself_and_what_came_of_it() {
    let page: Value = serde_json::from_str(include_str!("fixtures/checkout_session.json")).unwrap();
    let event = snapshot("checkout.session.expired", page);
    assert_eq!(event.checkout, Some(ProviderCheckoutId("cs_test_1".into())));
    assert_eq!((event.customer, event.subscription), (Some(cus("cus_1")), None));
    let page = json!({"id": "cs_test_2", "object": "checkout.session", "customer": "cus_1", "subscription": "sub_1"});
    assert_eq!(snapshot("checkout.session.completed", page).subscription, Some(sub("sub_1")));
}

#[test]
fn a_customer_names_itself() {
    let event = snapshot("customer.deleted", json!({"id": "cus_1", "object": "customer", "deleted": true}));
    assert_eq!((event.customer, event.subscription), (Some(cus("cus_1")), None));
}

#[test]
fn an_event_of_a_kind_that_nobody_knows_is_read() {
    let event = snapshot("moon.risen", json!({"phase": 3}));
    assert_eq!((event.object, event.customer, event.subscription, event.checkout), (None, None, None, None));
}

#[test]
fn a_thin_event_is_read_through_its_related_object() {
    let thin = json!({
        "id": "evt_2", "object": "v2.core.event", "type": "v1.customer.subscription.updated", "livemode": true,
        "created": "2026-11-18T09:46:40.000Z", "reason": null, "context": null,
        "related_object": {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"}
    });
    let event = EventEnvelope::read(thin.to_string().as_bytes()).unwrap();
    assert_eq!(event.kind, "v1.customer.subscription.updated");
    assert_eq!((event.subscription, event.customer), (Some(sub("sub_1")), None));
    assert_eq!((event.livemode, event.api_version), (true, None));
    assert_eq!(event.created, Timestamp::from_secs(1_794_995_200));
}

#[test]
fn what_is_no_event_is_refused_with_the_reason() {
    for (raw, verdict) in [
        ("", EventError::NotJson),
        ("evt_1", EventError::NotJson),
        ("[]", EventError::NotJson),
        ("null", EventError::NotJson),
        ("{}", EventError::Lacks("id")),
        (r#"{"id":"","type":"a"}"#, EventError::Lacks("id")),
        (r#"{"id":7,"type":"a"}"#, EventError::Lacks("id")),
        (r#"{"id":"evt_1"}"#, EventError::Lacks("type")),
    ] {
        assert_eq!(EventEnvelope::read(raw.as_bytes()), Err(verdict), "{raw}");
    }
    assert_eq!(EventEnvelope::read(b"\xff{}"), Err(EventError::NotJson));
    let long = format!(r#"{{"id":"{}","type":"a"}}"#, "e".repeat(256));
    assert_eq!(EventEnvelope::read(long.as_bytes()), Err(EventError::Lacks("id")));
    // Depth is bounded by the parser.
    assert_eq!(EventEnvelope::read("[".repeat(100_000).as_bytes()), Err(EventError::NotJson));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(raw in any::<Vec<u8>>()) {
        prop_assert!(EventEnvelope::read(&raw).is_err());
    }
}
