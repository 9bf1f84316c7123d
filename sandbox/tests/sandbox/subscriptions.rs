//! Seats, cancelling, what waits for the next invoice.

use crate::world::{Received, World, id};

#[tokio::test]
async fn a_changed_quantity_leaves_a_credit_and_a_debit_for_the_next_invoice() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("2").await;
    let path = format!("v1/subscriptions/{subscription}");
    let start = world.get(&path).await.ok()["items"]["data"][0]["current_period_start"].to_string();
    let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", "3"), ("proration_date", &start)];
    let changed = world.post(&path, &form).await.ok();
    assert_eq!(changed["items"]["data"][0]["quantity"], 3);
    let pending = world.get("v1/invoiceitems?pending=true").await.ok();
    let lines: Vec<_> = pending["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["amount"].as_i64().unwrap(), i["quantity"].as_u64().unwrap()))
        .collect();
    assert_eq!(lines, [(6000, 3), (-4000, 2)]);
    let words = pending["data"][1]["description"].as_str().unwrap();
    assert!(words.starts_with("Unused time on 2 × Team after "), "{words}");
    // Nothing is billed yet.
    assert_eq!(world.get("v1/invoices").await.ok()["data"].as_array().unwrap().len(), 1);

    world.sandbox.quiet().await;
    let events = world.listener.all();
    let mut updated = events.iter().map(Received::event).filter(|e| e["type"] == "customer.subscription.updated");
    let updated = updated.find(|e| e["data"]["previous_attributes"]["items"].is_object()).unwrap();
    assert_eq!(updated["data"]["previous_attributes"]["items"]["data"][0]["quantity"], 2);
    assert_eq!(updated["data"]["object"]["items"]["data"][0]["quantity"], 3);
}

#[tokio::test]
async fn without_proration_nothing_waits() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("2").await;
    let path = format!("v1/subscriptions/{subscription}");
    let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", "5"), ("proration_behavior", "none")];
    world.post(&path, &form).await.ok();
    assert_eq!(world.get("v1/invoiceitems").await.ok()["data"].as_array().unwrap().len(), 0);
    let through_item = world.post(&format!("v1/subscription_items/{item}"), &[("quantity", "6")]).await.ok();
    assert_eq!(through_item["quantity"], 6);
    assert_eq!(world.get("v1/invoiceitems").await.ok()["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_quantity_again_changes_nothing() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("2").await;
    world.sandbox.quiet().await;
    let before = world.listener.all().len();
    let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", "2")];
    world.post(&format!("v1/subscriptions/{subscription}"), &form).await.ok();
    world.sandbox.quiet().await;
    assert_eq!(world.listener.all().len(), before);
    assert_eq!(world.get("v1/invoiceitems").await.ok()["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("2").await;
    let path = format!("v1/subscriptions/{subscription}");
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("items[0][id]", "si_none"), ("items[0][quantity]", "3")], "items[0][id]"),
        (&[("items[0][id]", &item), ("items[0][quantity]", "-1")], "items[0][quantity]"),
        (&[("items[0][id]", &item), ("items[0][quantity]", "3"), ("proration_date", "5")], "proration_date"),
        (&[("items[0][id]", &item), ("items[0][quantity]", "3"), ("prorate", "true")], "prorate"),
        (&[("items[0][id]", &item), ("items[0][colour]", "3")], "items[0][colour]"),
    ];
    for (form, param) in cases {
        assert_eq!(world.post(&path, form).await.error(400)["param"], param);
    }
    assert_eq!(world.get(&path).await.ok()["items"]["data"][0]["quantity"], 2);
}

#[tokio::test]
async fn a_cancelled_subscription_ends_at_once_and_stays_listed_under_all() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("1").await;
    let path = format!("v1/subscriptions/{subscription}");
    let ended = world.delete(&path).await.ok();
    assert_eq!(ended["status"], "canceled");
    assert_eq!(ended["ended_at"], ended["canceled_at"]);
    assert_eq!(ended["cancellation_details"]["reason"], "cancellation_requested");
    let customer = ended["customer"].as_str().unwrap();
    let count = async |query: &str| {
        let list = world.get(&format!("v1/subscriptions?customer={customer}{query}")).await.ok();
        list["data"].as_array().unwrap().len()
    };
    assert_eq!((count("").await, count("&status=all").await, count("&status=active").await), (0, 1, 0));
    assert_eq!(world.delete(&path).await.error(404)["code"], "resource_missing");
    world.post(&path, &[("items[0][id]", &item), ("items[0][quantity]", "3")]).await.error(400);
    world.sandbox.quiet().await;
    let deleted = world.listener.all().into_iter().find(|e| e.kind() == "customer.subscription.deleted").unwrap();
    assert_eq!(id(&deleted.event()["data"]["object"]), subscription);
}

#[tokio::test]
async fn an_end_can_be_set_and_taken_back() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("1").await;
    let path = format!("v1/subscriptions/{subscription}");
    let ending = world.post(&path, &[("cancel_at_period_end", "true")]).await.ok();
    assert_eq!(ending["cancel_at"], ending["items"]["data"][0]["current_period_end"]);
    let stays = world.post(&path, &[("cancel_at_period_end", "false")]).await.ok();
    assert!(stays["cancel_at"].is_null() && stays["canceled_at"].is_null());
    let ending = world.post(&path, &[("cancel_at", "max_period_end")]).await.ok();
    assert_eq!((&ending["cancel_at_period_end"], ending["cancel_at"].is_i64()), (&false.into(), true));
    assert!(world.post(&path, &[("cancel_at", "")]).await.ok()["cancel_at"].is_null());
}
