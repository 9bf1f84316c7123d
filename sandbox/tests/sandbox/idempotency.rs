//! One key, one effect.

use crate::world::{World, id};

#[tokio::test]
async fn the_same_request_with_the_same_key_is_done_once() {
    let world = World::new().await;
    let first = world.post_with_key("k1", "v1/customers", &[("name", "Acme"), ("email", "a@acme.test")]).await;
    assert_eq!(first.header("idempotency-key"), Some("k1"));
    let request = first.header("request-id").unwrap().to_owned();
    // The order of the parameters does not matter.
    let again = world.post_with_key("k1", "v1/customers", &[("email", "a@acme.test"), ("name", "Acme")]).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("original-request"), Some(request.as_str()));
    assert_ne!(again.header("request-id"), Some(request.as_str()));
    assert_eq!(id(&first.ok()), id(&again.ok()));
    assert_ne!(
        id(&world.post_with_key("k2", "v1/customers", &[("name", "Acme")]).await.ok()),
        id(&world.post_with_key("k1", "v1/customers", &[("name", "Acme"), ("email", "a@acme.test")]).await.ok()),
    );
}

#[tokio::test]
async fn another_request_with_the_same_key_is_refused() {
    let world = World::new().await;
    world.post_with_key("k", "v1/customers", &[("name", "Acme")]).await.ok();
    let error = world.post_with_key("k", "v1/customers", &[("name", "Other")]).await.error(400);
    assert_eq!(error["type"], "idempotency_error");
    let error = world.post_with_key("k", "v1/products", &[("name", "Acme")]).await.error(400);
    assert_eq!(error["type"], "idempotency_error");
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let world = World::new().await;
    world.post_with_key("k", "v1/customers", &[("email", "nobody")]).await.error(400);
    world.post_with_key("k", "v1/customers", &[("email", "some@body.test")]).await.ok();
}

#[tokio::test]
async fn many_at_once_with_one_key_make_one_customer() {
    let world = World::new().await;
    let form = [("name", "Acme")];
    let all = tokio::join!(
        world.post_with_key("k", "v1/customers", &form),
        world.post_with_key("k", "v1/customers", &form),
        world.post_with_key("k", "v1/customers", &form),
        world.post_with_key("k", "v1/customers", &form),
    );
    for answer in [all.0, all.1, all.2, all.3] {
        assert!([200, 409].contains(&answer.status), "{answer:?}");
        let again = if answer.status == 409 { "true" } else { "false" };
        assert_eq!(answer.header("stripe-should-retry"), Some(again), "a conflict is worth another try");
    }
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 1);
}
