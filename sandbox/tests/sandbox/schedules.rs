//! Subscription schedules: phases that take effect by themselves.

use serde_json::Value;

use crate::world::{World, id};

const PATH: &str = "v1/subscription_schedules";

/// A schedule made from a bought subscription: itself, the subscription.
async fn scheduled(world: &World) -> (Value, String) {
    let (subscription, _) = world.subscription("3").await;
    let schedule = world.post(PATH, &[("from_subscription", &subscription)]).await.ok();
    (schedule, subscription)
}

async fn get(world: &World, subscription: &str) -> Value {
    world.get(&format!("v1/subscriptions/{subscription}")).await.ok()
}

/// The running phase as it is, and one of two after it.
async fn with_lower_quantity(world: &World, schedule: &Value) -> Value {
    let phase = &schedule["phases"][0];
    let (start, end) = (phase["start_date"].to_string(), phase["end_date"].to_string());
    let price = phase["items"][0]["price"].as_str().unwrap();
    let method = phase["default_payment_method"].as_str().unwrap();
    let form = [
        ("end_behavior", "release"),
        ("phases[0][start_date]", start.as_str()),
        ("phases[0][end_date]", end.as_str()),
        ("phases[0][items][0][price]", price),
        ("phases[0][items][0][quantity]", "3"),
        ("phases[0][default_payment_method]", method),
        ("phases[0][metadata][usher_org]", "org_1"),
        ("phases[1][items][0][price]", price),
        ("phases[1][items][0][quantity]", "2"),
        ("phases[1][default_payment_method]", method),
        ("phases[1][duration][interval]", "month"),
        ("phases[1][duration][interval_count]", "1"),
        ("phases[1][proration_behavior]", "none"),
    ];
    world.post(&format!("{PATH}/{}", id(schedule)), &form).await.ok()
}

#[tokio::test]
async fn a_schedule_begins_with_the_subscription_as_it_is() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    let held = get(&world, &subscription).await;
    assert_eq!(held["schedule"], schedule["id"]);
    let (phase, item) = (&schedule["phases"][0], &held["items"]["data"][0]);
    assert_eq!((&phase["items"][0]["price"], &phase["items"][0]["quantity"]), (&item["price"]["id"], &3.into()));
    assert_eq!(
        (&phase["start_date"], &phase["end_date"]),
        (&item["current_period_start"], &item["current_period_end"])
    );
    assert_eq!((&schedule["status"], &schedule["end_behavior"]), (&"active".into(), &"release".into()));
    let again = world.post(PATH, &[("from_subscription", &subscription)]).await.error(400);
    assert!(again["message"].as_str().unwrap().contains(&id(&schedule)));
    let both = [("from_subscription", subscription.as_str()), ("end_behavior", "cancel")];
    world.post(PATH, &both).await.error(400);
    world.post(PATH, &[("customer", "cus_1")]).await.error(400);
}

#[tokio::test]
async fn a_later_phase_changes_nothing_now_and_releasing_takes_it_back() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    let before = get(&world, &subscription).await;
    let planned = with_lower_quantity(&world, &schedule).await;
    assert_eq!(planned["phases"].as_array().unwrap().len(), 2);
    assert_eq!(planned["phases"][1]["start_date"], planned["phases"][0]["end_date"]);
    assert_eq!(get(&world, &subscription).await, before);
    let released = world.post(&format!("{PATH}/{}/release", id(&schedule)), &[]).await.ok();
    assert_eq!((&released["status"], &released["subscription"]), (&"released".into(), &Value::Null));
    assert_eq!(released["released_subscription"], subscription);
    let after = get(&world, &subscription).await;
    assert_eq!((&after["schedule"], &after["items"]), (&Value::Null, &before["items"]));
    world.post(&format!("{PATH}/{}/release", id(&schedule)), &[]).await.error(400);
    let kinds: Vec<String> = world.sandbox.control().events().into_iter().map(|event| event.kind).collect();
    for kind in ["subscription_schedule.created", "subscription_schedule.updated", "subscription_schedule.released"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind} is missing");
    }
}

#[tokio::test]
async fn what_the_running_phase_leaves_out_is_unset_and_what_it_changes_counts_at_once() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    let phase = &schedule["phases"][0];
    let (start, end) = (phase["start_date"].to_string(), phase["end_date"].to_string());
    let price = phase["items"][0]["price"].as_str().unwrap();
    let form = [
        ("phases[0][start_date]", start.as_str()),
        ("phases[0][end_date]", end.as_str()),
        ("phases[0][items][0][price]", price),
        ("phases[0][items][0][quantity]", "4"),
        ("proration_behavior", "none"),
    ];
    world.post(&format!("{PATH}/{}", id(&schedule)), &form).await.ok();
    let now = get(&world, &subscription).await;
    assert_eq!(now["items"]["data"][0]["quantity"], 4);
    assert!(now["default_payment_method"].is_null());
}

#[tokio::test]
async fn phases_have_an_end_no_gaps_and_no_iterations() {
    let world = World::new().await;
    let (schedule, _) = scheduled(&world).await;
    let phase = &schedule["phases"][0];
    let (start, end) = (phase["start_date"].to_string(), phase["end_date"].to_string());
    let price = phase["items"][0]["price"].as_str().unwrap();
    let base = [
        ("phases[0][start_date]", start.as_str()),
        ("phases[0][end_date]", end.as_str()),
        ("phases[0][items][0][price]", price),
        ("phases[1][items][0][price]", price),
    ];
    let path = format!("{PATH}/{}", id(&schedule));
    let wrong: [&[(&str, &str)]; 4] = [
        &[],
        &[("phases[1][iterations]", "1")],
        &[("phases[1][start_date]", "1"), ("phases[1][end_date]", "2")],
        &[("phases[1][end_date]", start.as_str())],
    ];
    for more in wrong {
        world.post(&path, &[base.as_slice(), more].concat()).await.error(400);
    }
    assert_eq!(world.get(&path).await.ok()["phases"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_by_hand_splits_the_running_phase_and_the_end_is_the_schedules() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    with_lower_quantity(&world, &schedule).await;
    let item = id(&get(&world, &subscription).await["items"]["data"][0]);
    let path = format!("v1/subscriptions/{subscription}");
    world.post(&path, &[("items[0][id]", &item), ("items[0][quantity]", "5")]).await.ok();
    let split = world.get(&format!("{PATH}/{}", id(&schedule))).await.ok();
    let phases = split["phases"].as_array().unwrap();
    let running = phases.iter().rev().nth(1).unwrap();
    assert_eq!(
        (&running["items"][0]["quantity"], &running["end_date"]),
        (&5.into(), &schedule["phases"][0]["end_date"])
    );
    // The phase to come still lowers it.
    assert_eq!(phases.last().unwrap()["items"][0]["quantity"], 2);
    let error = world.post(&path, &[("cancel_at_period_end", "true")]).await.error(400);
    assert!(error["message"].as_str().unwrap().contains("managed by the subscription schedule"), "{error}");
}

#[tokio::test]
async fn a_schedule_ends_with_its_subscription() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    world.delete(&format!("v1/subscriptions/{subscription}")).await.ok();
    let ended = world.get(&format!("{PATH}/{}", id(&schedule))).await.ok();
    assert_eq!((&ended["status"], ended["canceled_at"].is_i64()), (&"canceled".into(), true));
    let list = world.get(PATH).await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_next_phase_begins_before_the_renewal_is_billed_and_then_the_schedule_lets_go() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    with_lower_quantity(&world, &schedule).await;
    let control = world.sandbox.control();
    control.advance_to_next_renewal(&subscription).await.unwrap();
    let held = get(&world, &subscription).await;
    assert_eq!((&held["items"]["data"][0]["quantity"], &held["status"]), (&2.into(), &"active".into()));
    assert_eq!(held["schedule"], schedule["id"]);
    let invoice = world.get(&format!("v1/invoices/{}", held["latest_invoice"].as_str().unwrap())).await.ok();
    assert_eq!((&invoice["billing_reason"], &invoice["total"]), (&"subscription_cycle".into(), &4000.into()));
    assert_eq!(invoice["lines"]["data"].as_array().unwrap().len(), 1);
    control.advance_to_next_renewal(&subscription).await.unwrap();
    let held = get(&world, &subscription).await;
    assert_eq!((&held["schedule"], &held["items"]["data"][0]["quantity"]), (&Value::Null, &2.into()));
    let ended = world.get(&format!("{PATH}/{}", id(&schedule))).await.ok();
    assert_eq!(ended["status"], "released");
}

#[tokio::test]
async fn a_phase_that_changes_no_item_still_discards_a_change_that_waits_for_its_money() {
    let world = World::new().await;
    let (schedule, subscription) = scheduled(&world).await;
    let phase = &schedule["phases"][0];
    let start = phase["start_date"].as_i64().unwrap();
    let (start, end) = (start.to_string(), (start + 7_200).to_string());
    let price = phase["items"][0]["price"].as_str().unwrap();
    let form = [
        ("phases[0][start_date]", start.as_str()),
        ("phases[0][end_date]", end.as_str()),
        ("phases[0][items][0][price]", price),
        ("phases[0][items][0][quantity]", "3"),
        ("phases[1][items][0][price]", price),
        ("phases[1][items][0][quantity]", "3"),
        ("phases[1][metadata][season]", "winter"),
        ("phases[1][duration][interval]", "month"),
    ];
    world.post(&format!("{PATH}/{}", id(&schedule)), &form).await.ok();
    let held = get(&world, &subscription).await;
    let customer = held["customer"].as_str().unwrap();
    let attach = "v1/payment_methods/pm_card_authenticationRequired/attach";
    let card = id(&world.post(attach, &[("customer", customer)]).await.ok());
    let path = format!("v1/subscriptions/{subscription}");
    world.post(&path, &[("default_payment_method", &card)]).await.ok();
    let item = id(&held["items"]["data"][0]);
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", "8"),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "pending_if_incomplete"),
    ];
    let waiting = world.post(&path, &form).await.ok();
    assert!(waiting["pending_update"].is_object(), "{waiting}");
    // Well before the 23 hours for which it would wait.
    world.sandbox.control().advance(7_260).await.unwrap();
    let now = get(&world, &subscription).await;
    assert_eq!((&now["pending_update"], &now["metadata"]["season"]), (&Value::Null, &"winter".into()));
    let invoice = waiting["latest_invoice"].as_str().unwrap();
    assert_eq!(world.get(&format!("v1/invoices/{invoice}")).await.ok()["status"], "void");
}
