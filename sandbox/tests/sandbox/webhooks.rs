//! Webhooks: signed, retried, repeated on demand.

use crate::world::{Listener, World, check_signature, id};

#[tokio::test]
async fn a_purchase_is_told_in_signed_webhooks_before_the_buyer_comes_back() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    world.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    // The redirect waited for this one.
    assert!(world.listener.kinds().contains(&"checkout.session.completed".to_owned()));
    world.sandbox.quiet().await;
    let (received, secret) = (world.listener.all(), world.sandbox.webhook_secret());
    for webhook in &received {
        assert!((0..60).contains(&check_signature(webhook, &secret)));
        let event = webhook.event();
        assert_eq!((&event["livemode"], &event["api_version"]), (&false.into(), &"2026-09-30.endive".into()));
    }
    let kinds: Vec<String> = world.sandbox.control().events().into_iter().map(|event| event.kind).collect();
    let bought = kinds.iter().skip_while(|kind| *kind != "payment_method.attached").collect::<Vec<_>>();
    assert_eq!(
        bought,
        [
            "payment_method.attached",
            "payment_intent.created",
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice_payment.paid",
            "customer.subscription.updated",
            "checkout.session.completed",
        ]
    );
    let mut arrived = world.listener.kinds();
    arrived.sort();
    let mut sent = kinds.clone();
    sent.sort();
    assert_eq!(arrived, sent);
}

#[tokio::test]
async fn a_refused_webhook_comes_again_with_the_same_body_and_a_good_signature() {
    let world = World::new().await;
    world.listener.answers.lock().unwrap().extend([500, 302, 404]);
    world.customer().await;
    world.sandbox.quiet().await;
    let received = world.listener.all();
    assert_eq!(received.len(), 4);
    for webhook in &received {
        assert_eq!(webhook.body, received[0].body);
        check_signature(webhook, &world.sandbox.webhook_secret());
    }
    let event = world.get(&format!("v1/events/{}", id(&received[0].event()))).await.ok();
    assert_eq!(event["pending_webhooks"], 0);
}

#[tokio::test]
async fn what_is_given_up_is_found_among_the_undelivered() {
    let world = World::new().await;
    world.listener.answers.lock().unwrap().extend([500; 20]);
    let control = world.sandbox.control();
    control.hold();
    world.customer().await;
    control.lose_pending();
    control.release();
    world.sandbox.quiet().await;
    assert!(world.listener.all().is_empty());
    let lost = world.get("v1/events?delivery_success=false").await.ok();
    assert_eq!(lost["data"][0]["type"], "customer.created");
    assert_eq!(lost["data"][0]["pending_webhooks"], 1);
}

#[tokio::test]
async fn held_webhooks_go_out_in_any_order_and_twice_if_wanted() {
    let world = World::new().await;
    let control = world.sandbox.control();
    control.hold();
    let customer = world.customer().await;
    world.post(&format!("v1/customers/{customer}"), &[("name", "Acme Ltd")]).await.ok();
    world.sandbox.quiet().await;
    assert!(world.listener.all().is_empty());
    let events = control.events();
    assert_eq!(
        events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["customer.created", "customer.updated"]
    );
    for event in [&events[1], &events[0], &events[1]] {
        assert_eq!(control.redeliver(&event.id).await.unwrap(), [200]);
    }
    assert_eq!(world.listener.kinds(), ["customer.updated", "customer.created", "customer.updated"]);
    control.release();
    world.sandbox.quiet().await;
    // They were delivered by hand and do not come again.
    assert_eq!(world.listener.all().len(), 3);
    assert!(control.events().iter().all(|event| event.delivered));
}

#[tokio::test]
async fn a_buyer_does_not_wait_for_held_webhooks() {
    let world = World::new().await;
    let control = world.sandbox.control();
    control.hold();
    let (subscription, _) = world.subscription("1").await;
    assert!(world.listener.all().is_empty());
    assert_eq!(control.subscription(&subscription).unwrap()["status"], "active");
    control.release();
    world.sandbox.quiet().await;
    assert!(world.listener.kinds().contains(&"invoice.paid".to_owned()));
}

#[tokio::test]
async fn endpoints_are_made_over_the_api_and_get_what_they_asked_for() {
    let world = World::new().await;
    let listener = Listener::default();
    let url = listener.clone().start().await;
    let form = [("url", url.as_str()), ("enabled_events[]", "customer.created"), ("api_version", "2026-09-30.endive")];
    let endpoint = world.post("v1/webhook_endpoints", &form).await.ok();
    let secret = endpoint["secret"].as_str().unwrap().to_owned();
    assert!(world.get(&format!("v1/webhook_endpoints/{}", id(&endpoint))).await.ok()["secret"].is_null());
    world.customer().await;
    world.post("v1/products", &[("name", "Team")]).await.ok();
    world.sandbox.quiet().await;
    assert_eq!(listener.kinds(), ["customer.created"]);
    check_signature(&listener.all()[0], &secret);
    world.delete(&format!("v1/webhook_endpoints/{}", id(&endpoint))).await.ok();
    world.customer().await;
    world.sandbox.quiet().await;
    assert_eq!(listener.all().len(), 1);
}

#[tokio::test]
async fn an_endpoint_names_kinds_of_events_that_there_are() {
    let world = World::new().await;
    let form =
        |kind| [("url", "http://127.0.0.1:9/hooks"), ("enabled_events[]", "invoice.paid"), ("enabled_events[]", kind)];
    for kind in ["customer.*", "invoice.dreamt", "customer"] {
        let error = world.post("v1/webhook_endpoints", &form(kind)).await.error(400);
        assert_eq!(error["type"], "invalid_request_error");
        assert_eq!(error["param"], "enabled_events[1]", "{error:#}");
    }
    let endpoint = world.post("v1/webhook_endpoints", &form("invoice.created")).await.ok();
    let change = [("enabled_events[]", "customer.*")];
    let error = world.post(&format!("v1/webhook_endpoints/{}", id(&endpoint)), &change).await.error(400);
    assert_eq!(error["param"], "enabled_events[0]");
    // A list of events can be asked for by the beginning of their kind.
    world.customer().await;
    let events = world.get("v1/events?type=customer.*").await.ok();
    assert_eq!(events["data"][0]["type"], "customer.created");
}
