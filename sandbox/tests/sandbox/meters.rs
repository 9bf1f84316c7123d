//! Metered use: events are counted once, for the right customer and time.

use serde_json::Value;

use crate::world::{World, id};

async fn meter(world: &World, formula: &str) -> String {
    let form = [
        ("display_name", "Tokens"),
        ("event_name", "tokens"),
        ("default_aggregation[formula]", formula),
        ("customer_mapping[event_payload_key]", "stripe_customer_id"),
        ("customer_mapping[type]", "by_id"),
        ("value_settings[event_payload_key]", "value"),
    ];
    id(&world.post("v1/billing/meters", &form).await.ok())
}

async fn event(
    world: &World,
    customer: &str,
    identifier: &str,
    value: &str,
    more: &[(&str, &str)],
) -> crate::world::Answer {
    let form = [
        ("event_name", "tokens"),
        ("identifier", identifier),
        ("payload[stripe_customer_id]", customer),
        ("payload[value]", value),
    ];
    world.post("v1/billing/meter_events", &[form.as_slice(), more].concat()).await
}

fn now() -> i64 {
    i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

async fn used(world: &World, meter: &str, customer: &str) -> Value {
    let start = (now() - 86_400).div_euclid(60) * 60;
    let end = (now() + 600).div_euclid(60) * 60;
    let query = format!("customer={customer}&start_time={start}&end_time={end}");
    world.get(&format!("v1/billing/meters/{meter}/event_summaries?{query}")).await.ok()["data"][0]["aggregated_value"]
        .clone()
}

#[tokio::test]
async fn an_event_counts_once_however_often_it_is_sent() {
    let world = World::new().await;
    let (customer, other) = (world.customer().await, world.customer().await);
    let meter = meter(&world, "sum").await;
    event(&world, &customer, "use-1", "40", &[]).await.ok();
    assert_eq!(event(&world, &customer, "use-1", "40", &[]).await.error(400)["code"], "duplicate_meter_event");
    event(&world, &customer, "use-2", "2", &[]).await.ok();
    event(&world, &other, "use-3", "500", &[]).await.ok();
    assert_eq!(used(&world, &meter, &customer).await, 42);
    // Taken back, it is as if it had not been.
    let form = [("event_name", "tokens"), ("type", "cancel"), ("cancel[identifier]", "use-2")];
    assert_eq!(world.post("v1/billing/meter_event_adjustments", &form).await.ok()["status"], "complete");
    assert_eq!(used(&world, &meter, &customer).await, 40);
    // More given back than used counts as nothing, not as a credit.
    event(&world, &customer, "use-4", "-100", &[]).await.ok();
    assert_eq!(used(&world, &meter, &customer).await, 0);
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_with_its_reason() {
    let world = World::new().await;
    let customer = world.customer().await;
    let meter = meter(&world, "sum").await;
    let late = (now() - 36 * 86_400).to_string();
    let early = (now() + 400).to_string();
    for (who, value, at, code) in [
        (customer.as_str(), "many", None, "meter_event_invalid_value"),
        ("cus_nobody", "1", None, "meter_event_customer_not_found"),
        (customer.as_str(), "1", Some(&late), "timestamp_too_far_in_past"),
        (customer.as_str(), "1", Some(&early), "timestamp_in_future"),
    ] {
        let more: Vec<(&str, &str)> = at.map(|at| ("timestamp", at.as_str())).into_iter().collect();
        assert_eq!(event(&world, who, "use-1", value, &more).await.error(400)["code"], code);
    }
    let form = [("event_name", "nothing"), ("payload[value]", "1")];
    assert_eq!(world.post("v1/billing/meter_events", &form).await.error(400)["code"], "no_meter");
    world.post(&format!("v1/billing/meters/{meter}/deactivate"), &[]).await.ok();
    assert_eq!(event(&world, &customer, "use-1", "1", &[]).await.error(400)["code"], "archived_meter");
    world.post(&format!("v1/billing/meters/{meter}/reactivate"), &[]).await.ok();
    event(&world, &customer, "use-1", "1", &[]).await.ok();
}

#[tokio::test]
async fn counting_and_the_last_value_are_formulas_too() {
    for (formula, wanted) in [("count", 2), ("last", 5)] {
        let world = World::new().await;
        let (customer, meter) = (world.customer().await, meter(&world, formula).await);
        let before = (now() - 60).to_string();
        event(&world, &customer, "late", "5", &[]).await.ok();
        event(&world, &customer, "early", "9", &[("timestamp", &before)]).await.ok();
        assert_eq!(used(&world, &meter, &customer).await, wanted, "{formula}");
    }
}

#[tokio::test]
async fn use_is_billed_with_the_renewal_and_what_is_reported_while_it_is_a_draft_counts() {
    let world = World::new().await;
    let meter = meter(&world, "sum").await;
    let form = [
        ("currency", "usd"),
        ("unit_amount", "3"),
        ("recurring[interval]", "month"),
        ("recurring[usage_type]", "metered"),
        ("recurring[meter]", meter.as_str()),
        ("product_data[name]", "Tokens"),
    ];
    let price = id(&world.post("v1/prices", &form).await.ok());
    let card = [("payment_method", "pm_card_visa"), ("invoice_settings[default_payment_method]", "pm_card_visa")];
    let customer = id(&world.post("v1/customers", &card).await.ok());
    let form = [("customer", customer.as_str()), ("items[0][price]", price.as_str())];
    let subscription = world.post("v1/subscriptions", &form).await.ok();
    assert_eq!(subscription["status"], "active");
    event(&world, &customer, "use-1", "100", &[]).await.ok();
    let end = subscription["items"]["data"][0]["current_period_end"].as_i64().unwrap();
    let control = world.sandbox.control();
    control.advance(u32::try_from(end - control.now()).unwrap() + 60).await.unwrap();
    let draft = world.get(&format!("v1/invoices?customer={customer}&status=draft")).await.ok()["data"][0].clone();
    assert_eq!((&draft["total"], &draft["billing_reason"]), (&300.into(), &"subscription_cycle".into()));
    let before = (end - 5).to_string();
    event(&world, &customer, "use-2", "11", &[("timestamp", &before)]).await.ok();
    // This one is of the next period.
    event(&world, &customer, "use-3", "1000", &[]).await.ok();
    control.advance(3_600).await.unwrap();
    let paid = world.get(&format!("v1/invoices/{}", id(&draft))).await.ok();
    assert_eq!((&paid["status"], &paid["total"], &paid["amount_paid"]), (&"paid".into(), &333.into(), &333.into()));
}
