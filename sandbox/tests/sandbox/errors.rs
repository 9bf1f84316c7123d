//! Refusals in Stripe's shapes.

use crate::world::World;

#[tokio::test]
async fn a_wrong_key_is_unauthorized() {
    let world = World::new().await;
    for key in ["sk_live_real", "pk_test_browser", "nonsense"] {
        let request = world.http.get(world.url("v1/customers")).bearer_auth(key);
        let error = world.send(request).await.error(401);
        assert_eq!(error["type"], "invalid_request_error");
        assert!(!error.to_string().contains("sk_live_real"));
    }
    world.send(world.http.get(world.url("v1/customers"))).await.error(401);
    let request = world.http.get(world.url("v1/customers")).basic_auth("sk_test_basic", Some(""));
    world.send(request).await.ok();
}

#[tokio::test]
async fn an_unknown_address_is_json() {
    let world = World::new().await;
    for path in ["v1/usage_records", "v1/customers/cus_1/nothing", "elsewhere"] {
        let error = world.get(path).await.error(404);
        assert!(error["message"].as_str().unwrap().starts_with("Unrecognized request URL (GET: /"), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_named() {
    let world = World::new().await;
    let error = world.post("v1/customers", &[("name", "Acme"), ("shoe_size", "44")]).await.error(400);
    assert_eq!(error["code"], "parameter_unknown");
    assert_eq!(error["param"], "shoe_size");
    assert_eq!(error["message"], "Received unknown parameter: shoe_size");
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 0);
    world.get("v1/customers?colour=red").await.error(400);
}

#[tokio::test]
async fn a_missing_object_is_named() {
    let world = World::new().await;
    for (path, noun) in [
        ("v1/customers/cus_none", "customer"),
        ("v1/prices/price_none", "price"),
        ("v1/subscriptions/sub_none", "subscription"),
        ("v1/checkout/sessions/cs_none", "checkout.session"),
        ("v1/events/evt_none", "event"),
    ] {
        let error = world.get(path).await.error(404);
        assert_eq!(error["code"], "resource_missing");
        let id = path.rsplit('/').next().unwrap();
        assert_eq!(error["message"], format!("No such {noun}: '{id}'"));
    }
}

#[tokio::test]
async fn every_answer_names_its_request_and_version() {
    let world = World::new().await;
    let answer = world.post("v1/customers", &[("name", "Acme")]).await;
    assert!(answer.header("request-id").unwrap().starts_with("req_"));
    assert_eq!(answer.header("original-request"), answer.header("request-id"));
    assert_eq!(answer.header("stripe-version"), Some("2026-09-30.endive"));
    assert_eq!(answer.header("stripe-should-retry"), Some("false"));
    let request =
        world.http.get(world.url("v1/customers")).bearer_auth("sk_test_1").header("stripe-version", "2020-08-27");
    let error = world.send(request).await.error(400);
    assert!(error["message"].as_str().unwrap().starts_with("Invalid Stripe API version: 2020-08-27"));
}

#[tokio::test]
async fn a_bad_address_or_number_is_refused() {
    let world = World::new().await;
    assert_eq!(world.post("v1/customers", &[("email", "nobody")]).await.error(400)["code"], "email_invalid");
    let form = [("currency", "usd"), ("unit_amount", "a lot"), ("product_data[name]", "x")];
    assert_eq!(world.post("v1/prices", &form).await.error(400)["code"], "parameter_invalid_integer");
    assert_eq!(world.get("v1/customers?limit=1000").await.error(400)["param"], "limit");
}
