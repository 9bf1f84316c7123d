//! Webhooks: stored once, taken by one worker at a time, finished only by who has them.

use std::collections::HashMap;
use std::time::Duration;

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use store::{EventOutcome, NewEvent, StoreEvent};

use crate::world::{NOW, World, all};

both_engines! {
    a_webhook_delivered_twice_is_stored_once,
    a_body_is_kept_byte_for_byte,
    no_two_workers_have_the_same_webhook,
    a_lease_that_ran_out_is_taken_by_the_next_worker,
    who_overran_the_lease_cannot_finish,
    a_retry_waits_for_its_time,
    a_finished_webhook_is_never_taken_again,
    a_parked_webhook_is_released_when_its_customer_is_known,
    the_list_shows_the_newest_first,
}

const LEASE: Duration = Duration::from_secs(30);

fn event(id: &str, customer: Option<&str>, raw: &'static [u8]) -> NewEvent<'static> {
    NewEvent {
        id: id.to_owned(),
        kind: "customer.subscription.updated".to_owned(),
        api_version: Some("2026-09-30.endive".to_owned()),
        livemode: false,
        created: NOW,
        object: Some("sub_1".to_owned()),
        customer: customer.map(|id| ProviderCustomerId(id.to_owned())),
        raw,
    }
}

async fn store(world: &World, id: &str) {
    let stored = world.store.system().store_event(&event(id, Some("cus_1"), b"{}"), NOW).await.unwrap();
    assert_eq!(stored, StoreEvent::Stored);
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn a_webhook_delivered_twice_is_stored_once(world: &World) {
    let racers = (0..20).map(|_| {
        let store = world.store.clone();
        async move { store.system().store_event(&event("evt_1", None, b"{}"), NOW).await.unwrap() }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == StoreEvent::Stored).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == StoreEvent::Duplicate).count(), 19);
    let system = world.store.system();
    let taken = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
    assert!(system.finish_event(&taken.id, taken.attempts, EventOutcome::Done, NOW).await.unwrap());
    // Also after it was worked on.
    assert_eq!(system.store_event(&event("evt_1", None, b"{}"), NOW).await.unwrap(), StoreEvent::Duplicate);
    assert_eq!(system.lease_event(later(999), LEASE).await.unwrap(), None);
}

async fn a_body_is_kept_byte_for_byte(world: &World) {
    let raw: &[u8] = b"{\r\n  \"a\": \"\xc3\xa9\xff\x00\" }\n";
    let system = world.store.system();
    system.store_event(&event("evt_1", None, raw), NOW).await.unwrap();
    let taken = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
    assert_eq!((taken.raw.as_slice(), taken.attempts, taken.received_at), (raw, 1, NOW));
    assert_eq!(taken.kind, "customer.subscription.updated");
}

async fn no_two_workers_have_the_same_webhook(world: &World) {
    for n in 0..120 {
        store(world, &format!("evt_{n}")).await;
    }
    let workers = (0..8).map(|_| {
        let store = world.store.clone();
        async move {
            let mut mine = Vec::new();
            while let Some(taken) = store.system().lease_event(NOW, LEASE).await.unwrap() {
                assert_eq!(taken.attempts, 1);
                mine.push(taken.id);
            }
            mine
        }
    });
    let mut taken: HashMap<String, u32> = HashMap::new();
    for id in all(workers).await.into_iter().flatten() {
        *taken.entry(id).or_default() += 1;
    }
    assert_eq!((taken.len(), taken.values().max()), (120, Some(&1)));
}

async fn a_lease_that_ran_out_is_taken_by_the_next_worker(world: &World) {
    store(world, "evt_1").await;
    let system = world.store.system();
    assert_eq!(system.lease_event(NOW, LEASE).await.unwrap().unwrap().attempts, 1);
    assert_eq!(system.lease_event(later(29), LEASE).await.unwrap(), None);
    assert_eq!(system.lease_event(later(30), LEASE).await.unwrap().unwrap().attempts, 2);
}

async fn who_overran_the_lease_cannot_finish(world: &World) {
    store(world, "evt_1").await;
    let system = world.store.system();
    let slow = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
    let next = system.lease_event(later(31), LEASE).await.unwrap().unwrap();
    let retry = EventOutcome::Retry { at: later(40), error: "too late".to_owned() };
    for outcome in [EventOutcome::Done, EventOutcome::Parked { retry_at: later(40) }, retry] {
        assert!(!system.finish_event(&slow.id, slow.attempts, outcome, later(32)).await.unwrap());
    }
    assert!(system.finish_event(&next.id, next.attempts, EventOutcome::Done, later(33)).await.unwrap());
    assert!(!system.finish_event(&next.id, next.attempts, EventOutcome::Done, later(34)).await.unwrap());
}

async fn a_retry_waits_for_its_time(world: &World) {
    store(world, "evt_1").await;
    let system = world.store.system();
    let taken = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
    let retry = EventOutcome::Retry { at: later(60), error: "no answer\0".to_owned() };
    assert!(system.finish_event(&taken.id, taken.attempts, retry, later(1)).await.unwrap());
    assert_eq!(system.lease_event(later(59), LEASE).await.unwrap(), None);
    assert_eq!(system.events(1).await.unwrap()[0].last_error.as_deref(), Some("no answer"));
    assert_eq!(system.lease_event(later(60), LEASE).await.unwrap().unwrap().attempts, 2);
}

async fn a_finished_webhook_is_never_taken_again(world: &World) {
    let system = world.store.system();
    let dead = EventOutcome::Dead { error: "twelve times".to_owned() };
    for (id, outcome) in [("evt_1", EventOutcome::Done), ("evt_2", EventOutcome::Ignored), ("evt_3", dead)] {
        store(world, id).await;
        let taken = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
        assert!(system.finish_event(id, taken.attempts, outcome, NOW).await.unwrap());
        assert_eq!(system.lease_event(later(999), LEASE).await.unwrap(), None);
    }
    let mut outcomes: Vec<_> = system.events(9).await.unwrap().into_iter().filter_map(|one| one.outcome).collect();
    outcomes.sort();
    assert_eq!(outcomes, ["dead", "done", "ignored"]);
}

async fn a_parked_webhook_is_released_when_its_customer_is_known(world: &World) {
    let system = world.store.system();
    store(world, "evt_1").await;
    let customer = ProviderCustomerId("cus_1".to_owned());
    let taken = system.lease_event(NOW, LEASE).await.unwrap().unwrap();
    // Being worked on is not being parked: nothing is taken out of a worker's hands.
    assert_eq!(system.requeue_parked(&customer).await.unwrap(), 0);
    let parked = EventOutcome::Parked { retry_at: later(3600) };
    assert!(system.finish_event(&taken.id, taken.attempts, parked, NOW).await.unwrap());
    assert_eq!(system.events(1).await.unwrap()[0].parked_at, Some(NOW));
    assert_eq!(system.lease_event(later(60), LEASE).await.unwrap(), None);
    assert_eq!(system.requeue_parked(&ProviderCustomerId("cus_2".to_owned())).await.unwrap(), 0);
    assert_eq!(system.requeue_parked(&customer).await.unwrap(), 1);
    assert_eq!(system.lease_event(later(60), LEASE).await.unwrap().unwrap().id, "evt_1");
}

async fn the_list_shows_the_newest_first(world: &World) {
    let system = world.store.system();
    for n in 0..5 {
        system.store_event(&event(&format!("evt_{n}"), None, b"{}"), later(n)).await.unwrap();
    }
    let ids: Vec<_> = system.events(3).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(ids, ["evt_4", "evt_3", "evt_2"]);
}
