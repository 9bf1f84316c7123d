//! Failures on demand.

use sandbox::Fault;

use crate::world::{World, id};

#[tokio::test]
async fn a_failure_before_the_commit_did_nothing_and_the_key_is_free() {
    let world = World::new().await;
    world.sandbox.control().fail_next(2, Fault::ErrorBefore);
    for _ in 0..2 {
        assert_eq!(world.post_with_key("k", "v1/customers", &[("name", "Acme")]).await.error(500)["type"], "api_error");
    }
    let answer = world.post_with_key("k", "v1/customers", &[("name", "Acme")]).await;
    assert_eq!(answer.header("idempotent-replayed"), None);
    answer.ok();
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_after_the_commit_is_found_again_by_its_key() {
    let world = World::new().await;
    world.sandbox.control().fail_next(1, Fault::ErrorAfter);
    world.post_with_key("k", "v1/customers", &[("name", "Acme")]).await.error(500);
    let answer = world.post_with_key("k", "v1/customers", &[("name", "Acme")]).await;
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
    let customer = id(&answer.ok());
    let list = world.get("v1/customers").await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["id"], customer);
}

#[tokio::test]
async fn a_busy_object_is_a_429() {
    let world = World::new().await;
    world.sandbox.control().fail_next(1, Fault::BusyBefore);
    let answer = world.get("v1/customers").await;
    assert_eq!(answer.error(429)["code"], "lock_timeout");
    world.sandbox.control().fail_next(1, Fault::BusyAfter);
    world.post("v1/customers", &[("name", "Acme")]).await.error(429);
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 1);
}
