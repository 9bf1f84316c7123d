//! Customers, products, prices and lists.

use crate::world::{World, id};

#[tokio::test]
async fn prices_are_found_by_lookup_key() {
    let world = World::new().await;
    let product = id(&world.post("v1/products", &[("name", "Team"), ("metadata[usher_plan]", "team")]).await.ok());
    let form = [
        ("currency", "USD"),
        ("unit_amount", "2000"),
        ("product", product.as_str()),
        ("recurring[interval]", "month"),
        ("lookup_key", "team_month"),
        ("metadata[usher_part]", "per_seat"),
    ];
    let price = world.post("v1/prices", &form).await.ok();
    assert_eq!(price["currency"], "usd");
    assert_eq!(price["unit_amount_decimal"], "2000");
    let found = world
        .get("v1/prices?lookup_keys[]=team_month&lookup_keys[]=other&active=true&expand[]=data.product")
        .await
        .ok();
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["product"]["metadata"]["usher_plan"], "team");
    assert_eq!(world.get("v1/prices?lookup_keys[0]=other").await.ok()["data"].as_array().unwrap().len(), 0);

    assert_eq!(world.post("v1/prices", &form).await.error(400)["param"], "lookup_key");
    let transfer = [form.as_slice(), &[("transfer_lookup_key", "true")]].concat();
    let taken = world.post("v1/prices", &transfer).await.ok();
    let found = world.get("v1/prices?lookup_keys[]=team_month").await.ok();
    assert_eq!(found["data"][0]["id"], taken["id"]);
    let old = world.get(&format!("v1/prices/{}", id(&price))).await.ok();
    assert!(old["lookup_key"].is_null());
}

#[tokio::test]
async fn customers_change_are_listed_and_go() {
    let world = World::new().await;
    let customer = world.customer().await;
    let path = format!("v1/customers/{customer}");
    let form = [("name", "Acme Ltd"), ("metadata[a]", "1"), ("metadata[usher_org]", ""), ("description", "")];
    let changed = world.post(&path, &form).await.ok();
    assert_eq!((&changed["name"], &changed["metadata"]), (&"Acme Ltd".into(), &serde_json::json!({"a": "1"})));
    assert_eq!(world.get("v1/customers?email=owner@acme.test").await.ok()["data"][0]["id"], customer);
    assert_eq!(world.delete(&path).await.ok()["deleted"], true);
    assert_eq!(world.get(&path).await.ok()["deleted"], true);
    assert_eq!(world.post(&path, &[("name", "x")]).await.error(404)["code"], "resource_missing");
    world.sandbox.quiet().await;
    let events = world.listener.all();
    let updated = events.iter().find(|e| e.kind() == "customer.updated").unwrap().event();
    let previous = serde_json::json!({"name": "Acme", "metadata": {"a": null, "usher_org": "org_1"}});
    assert_eq!(updated["data"]["previous_attributes"], previous);
}

#[tokio::test]
async fn a_deleted_customers_subscription_ends() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("1").await;
    let customer = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    world.delete(&format!("v1/customers/{}", customer["customer"].as_str().unwrap())).await.ok();
    assert_eq!(world.get(&format!("v1/subscriptions/{subscription}")).await.ok()["status"], "canceled");
}

#[tokio::test]
async fn lists_come_in_pages_the_newest_first() {
    let world = World::new().await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(id(&world.post("v1/customers", &[("name", number.to_string().as_str())]).await.ok()));
    }
    made.reverse();
    let ids = |list: &serde_json::Value| list["data"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
    let first = world.get("v1/customers?limit=2").await.ok();
    assert_eq!(
        (ids(&first), &first["has_more"], &first["url"]),
        (made[..2].to_vec(), &true.into(), &"/v1/customers".into())
    );
    let second = world.get(&format!("v1/customers?limit=2&starting_after={}", made[1])).await.ok();
    assert_eq!(ids(&second), made[2..4]);
    let last = world.get(&format!("v1/customers?limit=2&starting_after={}", made[3])).await.ok();
    assert_eq!((ids(&last), &last["has_more"]), (made[4..].to_vec(), &false.into()));
    let back = world.get(&format!("v1/customers?limit=2&ending_before={}", made[4])).await.ok();
    assert_eq!((ids(&back), &back["has_more"]), (made[2..4].to_vec(), &true.into()));
    assert_eq!(world.get("v1/customers?starting_after=cus_none").await.error(400)["code"], "resource_missing");
}
