//! `expand[]`.

use crate::world::World;

#[tokio::test]
async fn ids_become_the_objects_that_were_asked_for() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("3").await;
    let path = format!(
        "v1/subscriptions/{subscription}?expand[]=customer&expand[]=default_payment_method&expand[]=latest_invoice.payments\
         &expand[]=items.data.price.product"
    );
    let expanded = world.get(&path).await.ok();
    assert_eq!(expanded["customer"]["object"], "customer");
    assert_eq!(expanded["default_payment_method"]["card"]["last4"], "4242");
    assert_eq!(expanded["items"]["data"][0]["price"]["product"]["name"], "Team");
    let payment = &expanded["latest_invoice"]["payments"]["data"][0];
    assert_eq!(payment["status"], "paid");
    assert!(payment["payment"]["payment_intent"].as_str().unwrap().starts_with("pi_"));

    let list = world.get("v1/subscriptions?expand[]=data.latest_invoice").await.ok();
    assert_eq!(list["data"][0]["latest_invoice"]["object"], "invoice");
    let plain = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    assert!(plain["latest_invoice"].is_string());
}

#[tokio::test]
async fn the_lines_of_a_page_are_there_when_asked_for() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "4", &[("expand[0]", "line_items")]).await;
    assert_eq!(session["line_items"]["data"][0]["quantity"], 4);
    assert_eq!(session["line_items"]["data"][0]["amount_total"], 8000);
    let lines = world.get(&format!("v1/checkout/sessions/{}/line_items", session["id"].as_str().unwrap())).await.ok();
    assert_eq!(lines["data"], session["line_items"]["data"]);
}

#[tokio::test]
async fn too_deep_or_nonsense_is_refused_before_anything_is_done() {
    let world = World::new().await;
    world.get("v1/subscriptions?expand[]=data.items.data.price.product").await.error(400);
    let error = world.post("v1/customers", &[("name", "Acme"), ("expand[]", "shoes")]).await.error(400);
    assert!(error["message"].as_str().unwrap().starts_with("This property cannot be expanded (shoes)"));
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 0);
}
