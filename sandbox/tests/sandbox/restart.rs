//! The state outlives the sandbox.

use std::net::SocketAddr;

use sandbox::{Clock, Sandbox, SandboxConfig};

use crate::world::World;

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/sandbox.json");
    let world = World::with_state(Some(file.clone())).await;
    let secret = world.sandbox.webhook_secret();
    let (subscription, item) = world.subscription("2").await;
    let quantity = [("items[0][id]", item.as_str()), ("items[0][quantity]", "3")];
    world.post_with_key("seat", &format!("v1/subscriptions/{subscription}"), &quantity).await.ok();
    world.sandbox.quiet().await;
    let before = world.sandbox.control().snapshot().unwrap();
    let events = world.listener.all().len();
    world.sandbox.stop().await;

    let world = World::with_state(Some(file)).await;
    assert_eq!(world.sandbox.control().snapshot().unwrap(), before);
    assert_eq!(world.sandbox.webhook_secret(), secret);
    let again = world.post_with_key("seat", &format!("v1/subscriptions/{subscription}"), &quantity).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(world.get(&format!("v1/subscriptions/{subscription}")).await.ok()["items"]["data"][0]["quantity"], 3);
    // What was delivered before is not delivered again.
    world.sandbox.quiet().await;
    assert!(events > 0 && world.listener.all().is_empty());
}

#[tokio::test]
async fn what_was_answered_is_in_the_file_without_a_farewell() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    let world = World::with_state(Some(file.clone())).await;
    let customer = world.customer().await;
    // A kill leaves exactly what is in the file now.
    let copy = folder.path().join("copy.json");
    std::fs::copy(&file, &copy).unwrap();
    let world = World::with_state(Some(copy)).await;
    world.get(&format!("v1/customers/{customer}")).await.ok();
}

#[tokio::test]
async fn what_waited_for_the_endpoint_is_sent_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    let world = World::with_state(Some(file.clone())).await;
    world.sandbox.control().hold();
    world.customer().await;
    world.sandbox.stop().await;
    assert!(world.listener.all().is_empty());
    let world = World::with_state(Some(file)).await;
    world.sandbox.quiet().await;
    assert_eq!(world.listener.kinds(), ["customer.created"]);
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    std::fs::write(&file, "{\"format\": 1, \"cust").unwrap();
    let addr: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let config = SandboxConfig {
        addr,
        state: Some(file.clone()),
        webhook_url: None,
        fast: true,
        clock: Clock::wall(),
        record: sandbox::record_folder(),
    };
    let error = Sandbox::start(config).await.err().unwrap().to_string();
    assert!(error.contains(&file.display().to_string()) && error.contains("move it away"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"format\": 1, \"cust");
}
