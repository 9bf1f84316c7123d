//! Webhooks: stored once, taken by one worker at a time, finished only by who has them.

use std::collections::HashMap;
use std::time::Duration;

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use store::{EventOutcome, LeasedEvent, NewEvent, Store, StoreEvent, Which};

use crate::world::{NOW, World, all};

both_engines! {
    a_webhook_delivered_twice_is_stored_once,
    a_crowd_is_stored_as_each_of_it_would_be,
    nodes_that_get_the_same_crowd_at_once_store_each_webhook_once,
    one_that_cannot_be_stored_keeps_out_no_other,
    where_the_database_is_away_each_of_a_crowd_is_told,
    a_body_is_kept_byte_for_byte,
    no_two_workers_have_the_same_webhook,
    a_lease_that_ran_out_is_taken_by_the_next_worker,
    who_overran_the_lease_cannot_finish,
    a_retry_waits_for_its_time,
    a_finished_webhook_is_never_taken_again,
    a_parked_webhook_is_released_when_its_customer_is_known,
    the_list_shows_the_newest_first,
    a_lane_is_taken_whole_and_by_one_worker,
    what_comes_after_the_lease_is_not_finished_with_it,
    what_waits_for_its_next_try_rides_along_and_that_is_no_try,
    the_lanes_that_waited_longest_are_taken_first,
    what_nobody_wants_is_finished_when_it_comes,
    the_state_counts_what_waits_and_says_since_when,
    what_is_dead_or_parked_is_replayed_from_its_beginning_and_what_is_done_is_not,
    a_drop_ends_what_nobody_works_on,
}

const LEASE: Duration = Duration::from_secs(30);
const ME: &str = "me";

fn event(id: &str, customer: Option<&str>, raw: &[u8]) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        kind: "customer.subscription.updated".to_owned(),
        api_version: Some("2026-09-30.endive".to_owned()),
        livemode: false,
        created: NOW,
        object: Some("sub_1".to_owned()),
        customer: customer.map(|id| ProviderCustomerId(id.to_owned())),
        hint: format!("{{\"id\":\"{id}\"}}"),
        // Of their own, unless a test says otherwise.
        lane: id.to_owned(),
        wanted: true,
        raw: raw.to_vec(),
    }
}

async fn one(store: &Store, new: NewEvent, at: Timestamp) -> StoreEvent {
    store.system().store_events(&[new], at).await.remove(0).unwrap()
}

async fn store_in(world: &World, lane: &str, id: &str, at: Timestamp) {
    let new = NewEvent { lane: lane.to_owned(), ..event(id, Some("cus_1"), b"{}") };
    assert_eq!(one(&world.store, new, at).await, StoreEvent::Stored);
}

/// Takes one lane, in which one event is.
async fn lease(world: &World, holder: &str, at: Timestamp) -> Option<LeasedEvent> {
    let mut taken = world.store.system().lease_events(holder, 1, at, LEASE).await.unwrap();
    assert!(taken.len() < 2, "{taken:?}");
    taken.pop()
}

fn ids(events: &[LeasedEvent]) -> Vec<&str> {
    events.iter().map(|event| event.id.as_str()).collect()
}

async fn store(world: &World, id: &str) {
    let stored = one(&world.store, event(id, Some("cus_1"), b"{}"), NOW).await;
    assert_eq!(stored, StoreEvent::Stored);
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn a_webhook_delivered_twice_is_stored_once(world: &World) {
    let racers = (0..20).map(|_| {
        let store = world.store.clone();
        async move { one(&store, event("evt_1", None, b"{}"), NOW).await }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == StoreEvent::Stored).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == StoreEvent::Duplicate).count(), 19);
    let system = world.store.system();
    let taken = lease(world, ME, NOW).await.unwrap();
    assert!(system.finish_event(&taken.id, ME, EventOutcome::Done, NOW).await.unwrap());
    // Also after it was worked on.
    assert_eq!(one(&world.store, event("evt_1", None, b"{}"), NOW).await, StoreEvent::Duplicate);
    assert_eq!(lease(world, ME, later(999)).await, None);
}

async fn a_crowd_is_stored_as_each_of_it_would_be(world: &World) {
    one(&world.store, event("evt_50", None, b"before"), NOW).await;
    let crowd: Vec<NewEvent> = (0..150)
        .rev()
        .map(|n| {
            let id = format!("evt_{}", n % 130);
            NewEvent { wanted: n % 2 == 0, ..event(&id, Some("cus_1"), id.as_bytes()) }
        })
        .collect();
    let answers = world.store.system().store_events(&crowd, later(1)).await;
    let stored = |answer: &Result<StoreEvent, _>| matches!(answer, Ok(StoreEvent::Stored));
    assert_eq!((answers.len(), answers.iter().filter(|answer| stored(answer)).count()), (150, 129));
    // Twenty of them are in it twice.
    assert!(answers[..20].iter().all(stored) && !answers[130..].iter().any(stored));
    for new in &crowd[..20] {
        let (_, body) = world.store.system().event_body(&new.id).await.unwrap().unwrap();
        assert_eq!(body, new.raw);
        let kept = world.store.system().event(&new.id).await.unwrap().unwrap();
        assert_eq!(kept.finished_at, (!new.wanted).then_some(later(1)));
    }
    let (_, body) = world.store.system().event_body("evt_50").await.unwrap().unwrap();
    assert_eq!(body, b"before");
}

async fn nodes_that_get_the_same_crowd_at_once_store_each_webhook_once(world: &World) {
    let racers = (0..12).map(|racer: usize| {
        let store = world.store.clone();
        async move {
            let mut crowd: Vec<NewEvent> = (0..100).map(|n| event(&format!("evt_{n}"), Some("cus_1"), b"{}")).collect();
            crowd.rotate_left(racer * 8);
            if racer.is_multiple_of(2) {
                crowd.reverse();
            }
            store.system().store_events(&crowd, NOW).await
        }
    });
    let answers: Vec<StoreEvent> = all(racers).await.into_iter().flatten().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == StoreEvent::Stored).count(), 100);
    assert_eq!(answers.len(), 1200);
}

async fn one_that_cannot_be_stored_keeps_out_no_other(world: &World) {
    let crowd: Vec<NewEvent> = (0..30)
        .map(|n| {
            // PostgreSQL takes no zero in a text, and SQLite does.
            let kind = if n == 11 { "in\0voice.paid" } else { "invoice.paid" };
            NewEvent { kind: kind.to_owned(), ..event(&format!("evt_{n}"), Some("cus_1"), b"{}") }
        })
        .collect();
    let answers = world.store.system().store_events(&crowd, NOW).await;
    for (n, answer) in answers.iter().enumerate() {
        assert!(n == 11 || *answer.as_ref().unwrap() == StoreEvent::Stored, "{n}");
        let kept = world.store.system().event(&format!("evt_{n}")).await.unwrap();
        assert_eq!(kept.is_some(), answer.is_ok(), "{n}: what is kept is what was said to be");
    }
}

async fn where_the_database_is_away_each_of_a_crowd_is_told(world: &World) {
    let crowd: Vec<NewEvent> = (0..45).map(|n| event(&format!("evt_{n}"), Some("cus_1"), b"{}")).collect();
    world.store.close().await;
    let answers = world.store.system().store_events(&crowd, NOW).await;
    assert_eq!((answers.len(), answers.iter().filter(|answer| answer.is_err()).count()), (45, 45));
}

async fn a_body_is_kept_byte_for_byte(world: &World) {
    let raw: &[u8] = b"{\r\n  \"a\": \"\xc3\xa9\xff\x00\" }\n";
    let system = world.store.system();
    one(&world.store, event("evt_1", None, raw), NOW).await;
    let taken = lease(world, ME, NOW).await.unwrap();
    assert_eq!((taken.attempts, taken.received_at), (1, NOW));
    assert_eq!(taken.kind, "customer.subscription.updated");
    assert_eq!(taken.hint.as_deref(), Some("{\"id\":\"evt_1\"}"));
    let (version, body) = system.event_body("evt_1").await.unwrap().unwrap();
    assert_eq!((version.as_deref(), body.as_slice()), (Some("2026-09-30.endive"), raw));
}

async fn no_two_workers_have_the_same_webhook(world: &World) {
    for n in 0..120 {
        store(world, &format!("evt_{n}")).await;
    }
    let workers = (0..8).map(|worker| {
        let store = world.store.clone();
        async move {
            let mut mine = Vec::new();
            loop {
                let taken = store.system().lease_events(&format!("{worker}"), 3, NOW, LEASE).await.unwrap();
                if taken.is_empty() {
                    return mine;
                }
                assert!(taken.len() <= 3 && taken.iter().all(|event| event.attempts == 1), "{taken:?}");
                mine.extend(taken.into_iter().map(|event| event.id));
            }
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
    assert_eq!(lease(world, ME, NOW).await.unwrap().attempts, 1);
    assert_eq!(lease(world, ME, later(29)).await, None);
    assert_eq!(lease(world, ME, later(30)).await.unwrap().attempts, 2);
}

async fn who_overran_the_lease_cannot_finish(world: &World) {
    store(world, "evt_1").await;
    let system = world.store.system();
    lease(world, "slow", NOW).await.unwrap();
    let next = lease(world, ME, later(31)).await.unwrap();
    let retry = EventOutcome::Retry { at: later(40), error: "too late".to_owned() };
    for outcome in [EventOutcome::Done, EventOutcome::Left, EventOutcome::Parked { retry_at: later(40) }, retry] {
        assert!(!system.finish_event("evt_1", "slow", outcome, later(32)).await.unwrap());
    }
    assert_eq!(system.finish_lane("evt_1", "slow", later(32)).await.unwrap(), 0);
    assert!(system.finish_event(&next.id, ME, EventOutcome::Done, later(33)).await.unwrap());
    assert!(!system.finish_event(&next.id, ME, EventOutcome::Done, later(34)).await.unwrap());
}

async fn a_retry_waits_for_its_time(world: &World) {
    store(world, "evt_1").await;
    let system = world.store.system();
    let taken = lease(world, ME, NOW).await.unwrap();
    let retry = EventOutcome::Retry { at: later(60), error: "no answer\0".to_owned() };
    assert!(system.finish_event(&taken.id, ME, retry, later(1)).await.unwrap());
    assert_eq!(lease(world, ME, later(59)).await, None);
    assert_eq!(system.events(1).await.unwrap()[0].last_error.as_deref(), Some("no answer"));
    assert_eq!(lease(world, ME, later(60)).await.unwrap().attempts, 2);
}

async fn a_finished_webhook_is_never_taken_again(world: &World) {
    let system = world.store.system();
    let dead = EventOutcome::Dead { error: "twelve times".to_owned() };
    for (id, outcome) in [("evt_1", EventOutcome::Done), ("evt_2", EventOutcome::Ignored), ("evt_3", dead)] {
        store(world, id).await;
        lease(world, ME, NOW).await.unwrap();
        assert!(system.finish_event(id, ME, outcome, NOW).await.unwrap());
        assert_eq!(lease(world, ME, later(999)).await, None);
    }
    let mut outcomes: Vec<_> = system.events(9).await.unwrap().into_iter().filter_map(|one| one.outcome).collect();
    outcomes.sort();
    assert_eq!(outcomes, ["dead", "done", "ignored"]);
}

async fn a_parked_webhook_is_released_when_its_customer_is_known(world: &World) {
    let system = world.store.system();
    store(world, "evt_1").await;
    let customer = ProviderCustomerId("cus_1".to_owned());
    let taken = lease(world, ME, NOW).await.unwrap();
    // Being worked on is not being parked: nothing is taken out of a worker's hands.
    assert_eq!(system.requeue_parked(&customer).await.unwrap(), 0);
    let parked = EventOutcome::Parked { retry_at: later(3600) };
    assert!(system.finish_event(&taken.id, ME, parked, NOW).await.unwrap());
    assert_eq!(system.events(1).await.unwrap()[0].parked_at, Some(NOW));
    assert_eq!(lease(world, ME, later(60)).await, None);
    assert_eq!(system.requeue_parked(&ProviderCustomerId("cus_2".to_owned())).await.unwrap(), 0);
    assert_eq!(system.requeue_parked(&customer).await.unwrap(), 1);
    assert_eq!(lease(world, ME, later(60)).await.unwrap().id, "evt_1");
}

async fn the_list_shows_the_newest_first(world: &World) {
    let system = world.store.system();
    for n in 0..5 {
        one(&world.store, event(&format!("evt_{n}"), None, b"{}"), later(n)).await;
    }
    let ids: Vec<_> = system.events(3).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(ids, ["evt_4", "evt_3", "evt_2"]);
}

async fn a_lane_is_taken_whole_and_by_one_worker(world: &World) {
    for id in ["evt_1", "evt_2"] {
        store_in(world, "cus_1", id, NOW).await;
    }
    store_in(world, "cus_2", "evt_3", later(1)).await;
    let system = world.store.system();
    let mine = system.lease_events(ME, 1, later(1), LEASE).await.unwrap();
    assert_eq!(ids(&mine), ["evt_1", "evt_2"]);
    // What comes in now is of a lane that somebody has.
    store_in(world, "cus_1", "evt_4", later(2)).await;
    assert_eq!(ids(&system.lease_events("other", 9, later(2), LEASE).await.unwrap()), ["evt_3"]);
    assert_eq!(system.finish_lane("cus_1", ME, later(3)).await.unwrap(), 2);
    assert_eq!(ids(&system.lease_events("other", 9, later(3), LEASE).await.unwrap()), ["evt_4"]);
}

async fn what_comes_after_the_lease_is_not_finished_with_it(world: &World) {
    store_in(world, "cus_1", "evt_1", NOW).await;
    let system = world.store.system();
    system.lease_events(ME, 1, NOW, LEASE).await.unwrap();
    store_in(world, "cus_1", "evt_2", NOW).await;
    assert_eq!(system.finish_lane("cus_1", ME, NOW).await.unwrap(), 1);
    assert_eq!(ids(&system.lease_events(ME, 1, NOW, LEASE).await.unwrap()), ["evt_2"]);
}

async fn what_waits_for_its_next_try_rides_along_and_that_is_no_try(world: &World) {
    store_in(world, "cus_1", "evt_1", NOW).await;
    store_in(world, "cus_1", "evt_2", NOW).await;
    let system = world.store.system();
    system.lease_events(ME, 1, NOW, LEASE).await.unwrap();
    let retry = EventOutcome::Retry { at: later(600), error: "no answer".to_owned() };
    let parked = EventOutcome::Parked { retry_at: later(900) };
    assert!(system.finish_event("evt_1", ME, retry, NOW).await.unwrap());
    assert!(system.finish_event("evt_2", ME, parked, NOW).await.unwrap());
    assert_eq!(system.lease_events(ME, 1, later(1), LEASE).await.unwrap(), [], "nothing is due");

    store_in(world, "cus_1", "evt_3", later(1)).await;
    let taken = system.lease_events("next", 1, later(1), LEASE).await.unwrap();
    let told: Vec<_> = taken.iter().map(|event| (event.id.as_str(), event.attempts, event.due)).collect();
    assert_eq!(told, [("evt_1", 1, false), ("evt_2", 1, false), ("evt_3", 1, true)]);
    assert!(system.finish_event("evt_1", "next", EventOutcome::Left, later(2)).await.unwrap());
    assert_eq!(system.finish_lane("cus_1", "next", later(2)).await.unwrap(), 2);
    assert_eq!(system.lease_events(ME, 1, later(599), LEASE).await.unwrap(), [], "it waits on as before");
    assert_eq!(ids(&system.lease_events(ME, 1, later(600), LEASE).await.unwrap()), ["evt_1"]);
}

async fn the_lanes_that_waited_longest_are_taken_first(world: &World) {
    for (lane, id, at) in [("b", "evt_1", 3), ("a", "evt_2", 2), ("c", "evt_3", 1), ("b", "evt_4", 0)] {
        store_in(world, lane, id, later(at)).await;
    }
    let taken = world.store.system().lease_events(ME, 2, later(9), LEASE).await.unwrap();
    assert_eq!(ids(&taken), ["evt_4", "evt_1", "evt_3"], "by lane, and by when they came");
}

async fn what_nobody_wants_is_finished_when_it_comes(world: &World) {
    let system = world.store.system();
    let new = NewEvent { wanted: false, ..event("evt_1", None, b"{}") };
    assert_eq!(one(&world.store, new.clone(), NOW).await, StoreEvent::Stored);
    assert_eq!(one(&world.store, new.clone(), NOW).await, StoreEvent::Duplicate);
    assert_eq!(lease(world, ME, NOW).await, None);
    let kept = system.event("evt_1").await.unwrap().unwrap();
    assert_eq!((kept.outcome.as_deref(), kept.finished_at), (Some("ignored"), Some(NOW)));
}

async fn the_state_counts_what_waits_and_says_since_when(world: &World) {
    let system = world.store.system();
    let empty = system.inbox_state(NOW).await.unwrap();
    assert_eq!((empty.waiting, empty.parked, empty.dead, empty.oldest), (0, 0, 0, None));
    let retry = EventOutcome::Retry { at: later(600), error: "no".to_owned() };
    let dead = EventOutcome::Dead { error: "no".to_owned() };
    let ends = [retry, EventOutcome::Parked { retry_at: later(600) }, dead, EventOutcome::Done];
    for (at, outcome) in (1..).zip(ends) {
        let id = format!("evt_{at}");
        store_in(world, &id, &id, later(at)).await;
        lease(world, ME, later(at)).await.unwrap();
        assert!(system.finish_event(&id, ME, outcome, later(at)).await.unwrap());
    }
    store_in(world, "new", "evt_9", later(9)).await;
    let state = system.inbox_state(later(10)).await.unwrap();
    assert_eq!((state.waiting, state.again, state.parked, state.dead), (2, 1, 1, 1));
    assert_eq!(state.oldest, Some(later(1)));
    for (which, expected) in [(Which::Waiting, vec!["evt_9", "evt_1"]), (Which::Parked, vec!["evt_2"])] {
        let listed = system.events_of(which, 9).await.unwrap();
        assert_eq!(listed.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), expected);
    }
    assert_eq!(system.events_of(Which::Dead, 9).await.unwrap()[0].last_error.as_deref(), Some("no"));
    assert_eq!(system.events_of(Which::All, 9).await.unwrap().len(), 5);
}

async fn what_is_dead_or_parked_is_replayed_from_its_beginning_and_what_is_done_is_not(world: &World) {
    let system = world.store.system();
    let dead = EventOutcome::Dead { error: "no".to_owned() };
    let ends = [EventOutcome::Done, EventOutcome::Parked { retry_at: later(600) }, dead.clone(), dead];
    for (at, outcome) in (1..).zip(ends) {
        let id = format!("evt_{at}");
        store_in(world, &id, &id, later(at)).await;
        lease(world, ME, later(at)).await.unwrap();
        assert!(system.finish_event(&id, ME, outcome, later(at)).await.unwrap());
    }
    for (id, replayed) in [("evt_1", false), ("evt_3", true), ("evt_0", false)] {
        assert_eq!(system.replay_event(id, later(20)).await.unwrap(), replayed, "{id}");
    }
    assert_eq!(system.replay_events(Which::All, later(20)).await.unwrap(), 0);
    assert_eq!(system.replay_events(Which::Parked, later(20)).await.unwrap(), 1);
    assert_eq!(system.replay_events(Which::Dead, later(20)).await.unwrap(), 1);
    let taken = system.lease_events(ME, 9, later(20), LEASE).await.unwrap();
    assert_eq!(ids(&taken), ["evt_2", "evt_3", "evt_4"]);
    assert!(taken.iter().all(|event| event.attempts == 1 && event.due), "{taken:?}");
}

async fn a_drop_ends_what_nobody_works_on(world: &World) {
    let system = world.store.system();
    store(world, "evt_1").await;
    assert!(!system.drop_event("evt_0", NOW).await.unwrap());
    lease(world, ME, NOW).await.unwrap();
    assert!(!system.drop_event("evt_1", NOW).await.unwrap(), "somebody works on it");
    assert!(system.finish_event("evt_1", ME, EventOutcome::Dead { error: "no".to_owned() }, NOW).await.unwrap());
    assert!(system.drop_event("evt_1", later(1)).await.unwrap());
    assert!(!system.drop_event("evt_1", later(1)).await.unwrap(), "it is over");
    store(world, "evt_2").await;
    assert!(system.drop_event("evt_2", later(1)).await.unwrap());
    assert_eq!(lease(world, ME, later(99)).await, None);
    assert!(system.events(9).await.unwrap().iter().all(|event| event.outcome.as_deref() == Some("ignored")));
}
