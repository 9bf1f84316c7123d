//! Events: twice, late, in any order, about strangers, and in the middle of a crash.

use std::time::Duration;

use domain::subscription::ProviderCustomerId;
use domain::{Access, Subscription, SubscriptionStatus};
use serde_json::{Value, json};
use service::{Received, WebhookError, work};
use store::EventOutcome;

use crate::stand::Stand;
use crate::till::Mood;

claims! {
    only_what_is_signed_now_and_for_this_mode_is_taken;
    an_event_is_kept_once_however_often_it_comes;
    a_crowd_at_the_door_is_kept_each_once_and_each_is_told;
    an_event_is_kept_when_its_sender_hangs_up;
    any_order_of_events_ends_in_the_same_mirror;
    an_ended_subscription_stays_ended;
    an_event_for_a_strange_customer_is_parked_and_released_when_they_are_known;
    an_unknown_type_is_ignored_and_a_broken_body_refused;
    an_event_survives_a_crash_between_storing_and_applying;
    an_event_waits_while_the_provider_is_away_and_is_put_aside_after_twelve_tries;
    ten_events_at_once_for_one_subscription_end_in_one_mirror;
    a_payment_page_that_expires_lets_the_next_one_open;
    a_worker_wakes_for_an_event_and_stops_when_told;
    a_burst_about_one_subscription_costs_one_look;
    an_event_that_comes_while_the_provider_is_asked_gets_a_look_of_its_own;
    a_burst_while_the_provider_is_away_is_made_good_by_the_next_look;
    what_was_put_aside_is_applied_when_it_is_replayed;
    a_thin_event_that_names_no_customer_is_applied;
}

async fn paid(stand: &Stand) -> (service::Caller, Subscription) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (_, bought) = stand.till.pay(&url);
    (owner, bought)
}

async fn outcomes(stand: &Stand) -> Vec<String> {
    let events = stand.s.store().system().events(100).await.unwrap();
    events.into_iter().map(|event| event.outcome.unwrap_or_default()).collect()
}

async fn only_what_is_signed_now_and_for_this_mode_is_taken(stand: Stand) {
    let (_, bought) = paid(&stand).await;
    let event = stand.till.event("customer.subscription.created", &bought);
    let raw = serde_json::to_vec(&event).unwrap();
    let now = stand.s.now();
    let ours = payments::WebhookSecret::new("whsec_test");
    let theirs = payments::WebhookSecret::new("whsec_other");
    let sign = |secret, at| payments::signature::sign(&raw, secret, at);
    for header in [
        None,
        Some(String::new()),
        Some("t=1,v1=00".to_owned()),
        Some(sign(&theirs, now)),
        Some(sign(&ours, now.minus(Duration::from_secs(301)))),
        Some(sign(&ours, now.plus(Duration::from_secs(301)))),
    ] {
        let answer = service::receive_webhook(&stand.s, &raw, header.as_deref()).await;
        assert!(matches!(answer, Err(WebhookError::Signature(_))), "{header:?}: {answer:?}");
    }
    let mut live = event.clone();
    live["livemode"] = json!(true);
    assert!(matches!(stand.webhook(&live).await, Err(WebhookError::Mode { livemode: true })));
    assert_eq!(outcomes(&stand).await.len(), 0, "nothing of it is kept");
    let header = sign(&ours, now.minus(Duration::from_mins(5)));
    assert_eq!(service::receive_webhook(&stand.s, &raw, Some(&header)).await.unwrap(), Received::Stored);
}

async fn an_event_is_kept_once_however_often_it_comes(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    let event = stand.till.event("customer.subscription.created", &bought);
    assert_eq!(stand.webhook(&event).await.unwrap(), Received::Stored);
    assert_eq!(stand.webhook(&event).await.unwrap(), Received::Duplicate);
    stand.settle().await;
    assert_eq!(stand.webhook(&event).await.unwrap(), Received::Duplicate);
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["done"]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn a_crowd_at_the_door_is_kept_each_once_and_each_is_told(stand: Stand) {
    let (_, bought) = paid(&stand).await;
    let events: Vec<Value> = (0..80).map(|_| stand.till.event("customer.subscription.updated", &bought)).collect();
    let crowd = events.iter().chain(&events[20..60]).chain(&events[..10]);
    let answers = futures::future::join_all(crowd.map(|event| stand.webhook(event))).await;
    let stored = answers.iter().filter(|answer| matches!(answer, Ok(Received::Stored))).count();
    let known = answers.iter().filter(|answer| matches!(answer, Ok(Received::Duplicate))).count();
    assert_eq!((stored, known), (80, 50), "{answers:?}");
    assert_eq!(outcomes(&stand).await.len(), 80);
}

async fn an_event_is_kept_when_its_sender_hangs_up(stand: Stand) {
    let (_, bought) = paid(&stand).await;
    let events: Vec<Value> = (0..30).map(|_| stand.till.event("customer.subscription.updated", &bought)).collect();
    for event in &events {
        // Asked once, which is until the first wait, and never again.
        assert!(futures::poll!(Box::pin(stand.webhook(event))).is_pending());
    }
    let last = stand.till.event("customer.subscription.updated", &bought);
    assert_eq!(stand.webhook(&last).await.unwrap(), Received::Stored);
    assert_eq!(outcomes(&stand).await.len(), 31);
}

async fn any_order_of_events_ends_in_the_same_mirror(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    for kind in ["invoice.paid", "customer.subscription.updated", "customer.subscription.created"] {
        let event = stand.till.event(kind, &bought);
        stand.webhook(&event).await.unwrap();
        stand.webhook(&event).await.unwrap();
    }
    stand.till.change(&bought.id, |it| it.quantity = 3);
    stand.settle().await;
    let billing = stand.billing(&owner).await;
    assert_eq!(billing.subscription.unwrap().quantity, 3, "what the provider has, not what an event said");
    assert_eq!(billing.open_checkout, None, "a page that was paid does not stay open");
}

async fn an_ended_subscription_stays_ended(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Canceled);
    stand.webhook(&stand.till.event("customer.subscription.deleted", &bought)).await.unwrap();
    stand.settle().await;
    // A snapshot that was taken before the end and arrives after it.
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Active);
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    stand.settle().await;
    let billing = stand.billing(&owner).await;
    assert_eq!((billing.subscription, billing.desk.access), (None, Access::ReadOnly));
}

async fn an_event_for_a_strange_customer_is_parked_and_released_when_they_are_known(stand: Stand) {
    let owner = stand.acme().await;
    // The till's next customer; the event about them is here before they are written down.
    let early = json!({
        "id": "evt_early", "object": "event", "livemode": false, "created": 1, "type": "customer.updated",
        "data": { "object": { "object": "customer", "id": "cus_0" } },
    });
    let foreign = json!({
        "id": "evt_foreign", "object": "event", "livemode": false, "created": 1, "type": "customer.subscription.updated",
        "data": { "object": { "object": "subscription", "id": "sub_x", "customer": "cus_foreign" } },
    });
    stand.webhook(&early).await.unwrap();
    stand.webhook(&foreign).await.unwrap();
    stand.settle().await;
    let parked = async || {
        let events = stand.s.store().system().events(10).await.unwrap();
        events.into_iter().filter(|event| event.parked_at.is_some() && event.finished_at.is_none()).count()
    };
    assert_eq!(parked().await, 2, "kept, not lost");
    stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let customer = stand.till.inside().customers[0].clone();
    assert_eq!(customer, ProviderCustomerId("cus_0".to_owned()));
    stand.settle().await;
    assert_eq!(parked().await, 1, "the foreign one waits on");
    assert!(outcomes(&stand).await.contains(&"done".to_owned()));
    for _ in 0..30 {
        stand.pass(Duration::from_hours(7));
        stand.settle().await;
    }
    assert_eq!(parked().await, 1, "for ever");
}

async fn an_unknown_type_is_ignored_and_a_broken_body_refused(stand: Stand) {
    let (_, bought) = paid(&stand).await;
    let mut event = stand.till.event("customer.subscription.dreamt", &bought);
    event["type"] = json!("v9.dream.came_true");
    event["api_version"] = Value::Null;
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["ignored"]);
    for broken in [json!([]), json!({}), json!({ "id": "evt_1" }), json!("text")] {
        assert!(matches!(stand.webhook(&broken).await, Err(WebhookError::Malformed(_))), "{broken}");
    }
}

async fn an_event_survives_a_crash_between_storing_and_applying(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.webhook(&stand.till.event("customer.subscription.created", &bought)).await.unwrap();
    // A worker takes it and dies.
    let inbox = stand.s.store().system();
    let dead = inbox.lease_events("dead", 1, stand.s.now(), Duration::from_mins(5)).await.unwrap().pop().unwrap();
    assert!(!work::step(&stand.s).await.unwrap(), "it is the other's until the lease ends");
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "free");
    stand.pass(Duration::from_mins(6));
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
    // The dead one was only slow: it has nothing to say any more.
    let late = EventOutcome::Dead { error: "late".to_owned() };
    assert!(!inbox.finish_event(&dead.id, "dead", late, stand.s.now()).await.unwrap());
    assert_eq!(outcomes(&stand).await, ["done"]);
}

async fn an_event_waits_while_the_provider_is_away_and_is_put_aside_after_twelve_tries(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.till.mood(Mood::Away);
    stand.webhook(&stand.till.event("customer.subscription.created", &bought)).await.unwrap();
    stand.settle().await;
    stand.till.mood(Mood::Well);
    stand.pass(Duration::from_mins(1));
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");

    stand.till.mood(Mood::Away);
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    for _ in 0..12 {
        stand.settle().await;
        stand.pass(Duration::from_hours(2));
    }
    stand.settle().await;
    let mut ended = outcomes(&stand).await;
    ended.sort();
    assert_eq!(ended, ["dead", "done"]);
}

async fn ten_events_at_once_for_one_subscription_end_in_one_mirror(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    for _ in 0..10 {
        stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    }
    let workers = (0..10).map(|_| work::step(&stand.s));
    for step in futures::future::join_all(workers).await {
        step.unwrap();
    }
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, vec!["done"; 10]);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 1);
}

async fn a_payment_page_that_expires_lets_the_next_one_open(stand: Stand) {
    let owner = stand.acme().await;
    stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (page, customer) = {
        let mut inside = stand.till.inside();
        inside.pages[0].0.status = payments::provider::CheckoutStatus::Expired;
        (inside.pages[0].0.id.clone(), inside.customers[0].clone())
    };
    let event = json!({
        "id": "evt_page", "object": "event", "livemode": false, "created": 1, "type": "checkout.session.expired",
        "data": { "object": { "object": "checkout.session", "id": page, "customer": customer } },
    });
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.open_checkout, None);
    assert!(stand.start(&owner, "all_access", "year", 1).await.is_ok());
}

async fn a_worker_wakes_for_an_event_and_stops_when_told(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(work::run(stand.s.clone(), async {
        stopped.await.ok();
    }));
    stand.webhook(&stand.till.event("customer.subscription.created", &bought)).await.unwrap();
    let active = async {
        while stand.billing(&owner).await.plan.key.as_str() == "free" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), active).await.expect("the worker applies it");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_mins(1), worker).await.expect("the worker stops").unwrap();
}

async fn a_burst_about_one_subscription_costs_one_look(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    for n in 0..50 {
        let kind = ["customer.subscription.updated", "invoice.paid", "payment_method.attached"][n % 3];
        let mut event = stand.till.event(kind, &bought);
        if n % 3 == 2 {
            event["data"]["object"] = json!({ "object": "payment_method", "id": "pm_1", "customer": bought.customer });
        }
        stand.webhook(&event).await.unwrap();
    }
    let before = stand.till.inside().looks;
    stand.settle().await;
    assert_eq!(stand.till.inside().looks - before, 1);
    assert_eq!(outcomes(&stand).await, vec!["done"; 50]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn an_event_that_comes_while_the_provider_is_asked_gets_a_look_of_its_own(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.webhook(&stand.till.event("customer.subscription.created", &bought)).await.unwrap();
    // The look has begun: its events are taken.
    let inbox = stand.s.store().system();
    let holder = "slow";
    let taken = inbox.lease_events(holder, 9, stand.s.now(), Duration::from_mins(5)).await.unwrap();
    assert_eq!(taken.len(), 1);
    stand.till.change(&bought.id, |it| it.quantity = 2);
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    assert!(!work::step(&stand.s).await.unwrap(), "one worker at a time for one customer");
    assert_eq!(inbox.finish_lane(&taken[0].lane, holder, stand.s.now()).await.unwrap(), 1);
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["done", "done"]);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 2, "the second look saw it");
}

async fn a_burst_while_the_provider_is_away_is_made_good_by_the_next_look(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.till.mood(Mood::Away);
    for _ in 0..20 {
        stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
        stand.settle().await;
    }
    stand.till.mood(Mood::Well);
    let tries: Vec<u32> =
        stand.s.store().system().events(99).await.unwrap().iter().map(|event| event.attempts).collect();
    assert_eq!(tries, vec![1; 20], "riding along with a newer one is no try");
    // The next one that comes finishes all of them, long before their own time.
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, vec!["done"; 21]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn what_was_put_aside_is_applied_when_it_is_replayed(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    stand.till.mood(Mood::Away);
    stand.webhook(&stand.till.event("customer.subscription.created", &bought)).await.unwrap();
    for _ in 0..12 {
        stand.settle().await;
        stand.pass(Duration::from_hours(2));
    }
    assert_eq!(outcomes(&stand).await, ["dead"]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "free");
    stand.till.mood(Mood::Well);
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["dead"], "it does not come back by itself");
    assert_eq!(stand.s.store().system().replay_events(store::Which::Dead, stand.s.now()).await.unwrap(), 1);
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["done"]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn a_thin_event_that_names_no_customer_is_applied(stand: Stand) {
    let (owner, bought) = paid(&stand).await;
    let thin = json!({
        "id": "evt_thin", "object": "v2.core.event", "livemode": false, "created": "2026-11-27T10:00:00Z",
        "type": "v1.customer.subscription.updated",
        "related_object": { "id": bought.id, "type": "subscription", "url": "/v1/subscriptions/x" },
    });
    stand.webhook(&thin).await.unwrap();
    stand.settle().await;
    assert_eq!(outcomes(&stand).await, ["done"]);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}
