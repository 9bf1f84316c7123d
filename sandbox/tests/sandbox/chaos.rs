//! What goes wrong on purpose: with webhooks, and with answers of the API.

use std::collections::BTreeMap;

use sandbox::{Chaos, Fault};

use crate::world::{Listener, World, check_signature, id};

/// Every kind of one trouble, always.
fn always(change: impl FnOnce(&mut Chaos)) -> Chaos {
    let mut chaos = Chaos { seed: 11, ..Chaos::default() };
    change(&mut chaos);
    chaos
}

#[tokio::test]
async fn duplicates_and_losses_end_with_every_event_told() {
    let world = World::new().await;
    world.sandbox.control().set_chaos(always(|chaos| {
        chaos.duplicate = 100;
        chaos.drop = 100;
    }));
    world.customer().await;
    world.sandbox.quiet().await;
    let received = world.listener.all();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

#[tokio::test]
async fn wrong_signatures_and_old_ones_are_followed_by_good_ones() {
    for change in [|chaos: &mut Chaos| chaos.wrong_signature = 100, |chaos: &mut Chaos| chaos.old_timestamp = 100] {
        let world = World::new().await;
        world.sandbox.control().set_chaos(always(change));
        world.customer().await;
        world.sandbox.quiet().await;
        // The listener takes anything; the sandbox does not let it get away with that.
        let received = world.listener.all();
        assert_eq!(received.len(), 2);
        let age = check_signature(&received[1], &world.sandbox.webhook_secret());
        assert!((0..60).contains(&age));
        assert_ne!(received[0].signature, received[1].signature);
    }
}

#[tokio::test]
async fn a_second_signature_stands_beside_the_good_one() {
    let world = World::new().await;
    world.sandbox.control().set_chaos(always(|chaos| chaos.two_signatures = 100));
    world.customer().await;
    world.sandbox.quiet().await;
    let received = world.listener.all();
    assert_eq!((received.len(), received[0].signature.matches("v1=").count()), (1, 2));
}

#[tokio::test]
async fn a_stale_body_is_that_of_an_earlier_event_and_an_old_one_has_its_old_shape() {
    let world = World::new().await;
    let customer = world.customer().await;
    world.sandbox.quiet().await;
    world.sandbox.control().set_chaos(always(|chaos| chaos.stale = 100));
    world.post(&format!("v1/customers/{customer}"), &[("name", "Acme Ltd")]).await.ok();
    world.sandbox.quiet().await;
    let stale = world.listener.all().pop().unwrap().event();
    assert_eq!((&stale["type"], &stale["data"]["object"]["name"]), (&"customer.updated".into(), &"Acme".into()));
    world.sandbox.control().set_chaos(always(|chaos| chaos.old_version = 100));
    world.subscription("1").await;
    world.sandbox.quiet().await;
    let old = world.listener.all().into_iter().find(|e| e.kind() == "customer.subscription.created").unwrap().event();
    assert_eq!(old["api_version"], "2024-09-30.acacia");
    assert!(old["data"]["object"]["current_period_end"].is_i64());
}

#[tokio::test]
async fn everything_at_once_still_tells_every_event() {
    let world = World::new().await;
    world.sandbox.control().set_chaos(Chaos::everything(5));
    let (subscription, item) = world.subscription("2").await;
    for quantity in ["3", "4", "5"] {
        let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", quantity)];
        world.post(&format!("v1/subscriptions/{subscription}"), &form).await.ok();
    }
    world.sandbox.quiet().await;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for webhook in world.listener.all() {
        *told.entry(id(&webhook.event())).or_default() += 1;
    }
    for event in world.sandbox.control().events() {
        assert!(event.delivered && told.contains_key(&event.id), "{} was lost", event.kind);
    }
    assert!(told.values().any(|times| *times > 1));
}

#[tokio::test]
async fn an_endpoint_is_told_in_its_own_version_and_two_secrets_sign_while_one_is_rolled() {
    let world = World::new().await;
    let listener = Listener::default();
    let url = listener.clone().start().await;
    let form = [("url", url.as_str()), ("enabled_events[]", "*"), ("api_version", "2025-09-30.clover")];
    let endpoint = world.post("v1/webhook_endpoints", &form).await.ok();
    assert_eq!(endpoint["api_version"], "2025-09-30.clover");
    let wrong = [form[0], form[1], ("api_version", "2019-01-01")];
    assert_eq!(world.post("v1/webhook_endpoints", &wrong).await.error(400)["param"], "api_version");
    let fresh = world.sandbox.control().roll_secret(&id(&endpoint), 60).unwrap();
    world.customer().await;
    world.sandbox.quiet().await;
    let received = listener.all().remove(0);
    assert_eq!(received.event()["api_version"], "2025-09-30.clover");
    check_signature(&received, &fresh);
    assert_eq!(received.signature.matches("v1=").count(), 2);
    let old = received.signature.rsplit("v1=").next().unwrap().to_owned();
    let only_old = crate::world::Received {
        signature: format!("{},v1={old}", received.signature.split(',').next().unwrap()),
        body: received.body.clone(),
    };
    check_signature(&only_old, endpoint["secret"].as_str().unwrap());
}

#[tokio::test]
async fn what_stands_between_answers_in_html_and_too_many_says_why() {
    let world = World::new().await;
    let control = world.sandbox.control();
    control.fail_next(1, Fault::TooMany);
    let answer = world.post("v1/customers", &[("name", "Acme")]).await;
    assert_eq!(answer.header("stripe-rate-limited-reason"), Some("global-rate"));
    assert_eq!(answer.error(429)["code"], "rate_limit");
    for (fault, done) in [(Fault::GatewayBefore, 0), (Fault::GatewayAfter, 1)] {
        control.fail_next(1, fault);
        let request = world.http.post(world.url("v1/customers")).bearer_auth(crate::world::KEY);
        let response = request.header("idempotency-key", "one").form(&[("name", "Acme")]).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (502, &"text/html".parse().unwrap())
        );
        assert!(response.text().await.unwrap().contains("Bad Gateway"));
        assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), done);
    }
    let again = world.post_with_key("one", "v1/customers", &[("name", "Acme")]).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn an_exchange_is_written_down_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let config = sandbox::SandboxConfig {
        addr: "127.0.0.1:0".parse().unwrap(),
        state: None,
        webhook_url: None,
        fast: true,
        clock: sandbox::Clock::wall(),
        record: Some(folder.path().join("deep")),
    };
    let sandbox = sandbox::Sandbox::start(config).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}v1/customers?expand[]=test_clock", sandbox.api_base());
    http.post(url).bearer_auth("sk_test_1").form(&[("name", "A & B")]).send().await.unwrap();
    let file = std::fs::read_dir(folder.path().join("deep")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(file.extension().unwrap(), "jsonl");
    let line: serde_json::Value = serde_json::from_str(std::fs::read_to_string(file).unwrap().trim()).unwrap();
    assert_eq!(
        (&line["method"], &line["path"], &line["status"]),
        (&"POST".into(), &"/v1/customers".into(), &200.into())
    );
    assert_eq!((&line["form"], &line["query"]), (&"name=A+%26+B".into(), &"expand[]=test_clock".into()));
    assert_eq!(line["body"]["name"], "A & B");
}
