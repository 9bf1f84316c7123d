//! Effects: with their transaction or not at all, one seat change at a time, performed by one worker at a time.

use std::collections::HashSet;
use std::time::Duration;

use domain::{Role, Timestamp};
use store::{Effect, EffectOutcome, LeasedEffect, Mail, StoreError};

use crate::world::{Failed, NOW, World, all, change, look};

both_engines! {
    an_effect_goes_with_its_transaction,
    seat_changes_that_nobody_has_started_become_one,
    a_seat_change_after_the_start_is_a_new_one,
    no_seat_change_is_lost_between_enqueueing_and_starting,
    no_two_workers_have_the_same_effect,
    who_overran_the_lease_cannot_finish,
    a_sent_letter_is_forgotten,
    a_letter_without_an_organization_is_sent_too,
    the_mailbox_has_the_newest_letter_first,
}

const LEASE: Duration = Duration::from_secs(30);

fn letter(subject: &str) -> Mail {
    Mail {
        to: "second@acme.test".to_owned(),
        subject: subject.to_owned(),
        text: "https://usher.test/invitations/secret".to_owned(),
        html: "<a href='https://usher.test/invitations/secret'>Join</a>".to_owned(),
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn lease(world: &World, now: Timestamp) -> Option<LeasedEffect> {
    world.store.system().lease_effect(now, LEASE).await.unwrap()
}

async fn finish(world: &World, taken: &LeasedEffect, outcome: EffectOutcome, now: Timestamp) -> bool {
    world.store.system().finish_effect(taken.id, taken.attempts, outcome, now).await.unwrap()
}

async fn an_effect_goes_with_its_transaction(world: &World) {
    let acme = world.acme().await;
    let id = world.outbox();
    let failed: Result<(), Failed> = crate::world::transaction(&acme, NOW, move |tx| {
        Box::pin(async move {
            tx.enqueue(id, &Effect::SyncSeats).await?;
            Err(Failed::OnPurpose)
        })
    })
    .await;
    failed.unwrap_err();
    assert_eq!(lease(world, NOW).await, None);
    assert!(!look!(acme, |tx| tx.seat_change_pending().await?).unwrap());
}

async fn seat_changes_that_nobody_has_started_become_one(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    let racers = (0..20).map(|n| {
        let scope = if n % 2 == 0 { acme.clone() } else { other.clone() };
        let id = world.outbox();
        async move { change!(scope, NOW, |tx| tx.enqueue(id, &Effect::SyncSeats).await?).unwrap() }
    });
    all(racers).await;
    let taken = [lease(world, NOW).await.unwrap(), lease(world, NOW).await.unwrap()];
    let orgs: HashSet<_> = taken.iter().map(|effect| effect.org.unwrap()).collect();
    assert_eq!(orgs, HashSet::from([acme.org(), other.org()]));
    assert_eq!(lease(world, NOW).await, None);
    assert!(look!(acme, |tx| tx.seat_change_pending().await?).unwrap());
    for effect in &taken {
        assert_eq!(effect.effect, Effect::SyncSeats);
        assert!(finish(world, effect, EffectOutcome::Done, NOW).await);
    }
    assert!(!look!(acme, |tx| tx.seat_change_pending().await?).unwrap());
}

async fn a_seat_change_after_the_start_is_a_new_one(world: &World) {
    let acme = world.acme().await;
    let (first, second) = (world.outbox(), world.outbox());
    change!(acme, NOW, |tx| tx.enqueue(first, &Effect::SyncSeats).await?).unwrap();
    let started = lease(world, NOW).await.unwrap();
    // Its worker may have counted the seats already.
    change!(acme, NOW, |tx| tx.enqueue(second, &Effect::SyncSeats).await?).unwrap();
    assert!(finish(world, &started, EffectOutcome::Done, NOW).await);
    assert!(look!(acme, |tx| tx.seat_change_pending().await?).unwrap());
    assert_eq!(lease(world, NOW).await.unwrap().id, second);
}

/// Whoever changes seats says so in the same transaction; whoever starts a seat change counts the seats afterwards.
/// However the two interleave, the last count that is sent is the last state.
async fn no_seat_change_is_lost_between_enqueueing_and_starting(world: &World) {
    let acme = world.acme().await;
    crate::world::set_seats(&acme, 0).await;
    let system = world.store.system().act_for(acme.org(), "the worker").await.unwrap();
    let changes = (0..40).map(|n| {
        let (acme, id) = (acme.clone(), world.outbox());
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        async move {
            change!(acme, NOW, |tx| {
                tx.enqueue(id, &Effect::SyncSeats).await?;
                tx.add_invitation(&new).await?;
            })
            .unwrap();
        }
    });
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = {
        let (store, system) = (world.store.clone(), system.clone());
        tokio::spawn(async move {
            let mut sent = 0;
            loop {
                let last_round = *stopped.borrow();
                while let Some(taken) = store.system().lease_effect(NOW, LEASE).await.unwrap() {
                    sent = look!(system, |tx| tx.organization().await?.seats.reserved).unwrap();
                    store.system().finish_effect(taken.id, taken.attempts, EffectOutcome::Done, NOW).await.unwrap();
                }
                if last_round {
                    return sent;
                }
                tokio::task::yield_now().await;
            }
        })
    };
    all(changes).await;
    stop.send(true).unwrap();
    assert_eq!(worker.await.unwrap(), 40);
}

async fn no_two_workers_have_the_same_effect(world: &World) {
    let acme = world.acme().await;
    let ids: Vec<_> = (0..120).map(|_| world.outbox()).collect();
    let wanted = ids.clone();
    change!(acme, NOW, |tx| {
        for id in ids {
            tx.enqueue(id, &Effect::Mail(letter("Join"))).await?;
        }
    })
    .unwrap();
    let workers = (0..8).map(|_| {
        let store = world.store.clone();
        async move {
            let mut mine = Vec::new();
            while let Some(taken) = store.system().lease_effect(NOW, LEASE).await.unwrap() {
                mine.push(taken.id);
            }
            mine
        }
    });
    let mut taken: Vec<_> = all(workers).await.into_iter().flatten().collect();
    taken.sort();
    assert_eq!(taken, wanted);
}

async fn who_overran_the_lease_cannot_finish(world: &World) {
    let acme = world.acme().await;
    let id = world.outbox();
    change!(acme, NOW, |tx| tx.enqueue(id, &Effect::SyncSeats).await?).unwrap();
    let slow = lease(world, NOW).await.unwrap();
    assert_eq!(lease(world, later(29)).await, None);
    let next = lease(world, later(30)).await.unwrap();
    assert_eq!((next.id, next.attempts), (slow.id, 2));
    let error = || "too late".to_owned();
    let retry = EffectOutcome::Retry { at: later(40), error: error() };
    for outcome in [EffectOutcome::Done, retry, EffectOutcome::Dead { error: error() }] {
        assert!(!finish(world, &slow, outcome, later(31)).await);
    }
    assert!(finish(world, &next, EffectOutcome::Retry { at: later(60), error: error() }, later(31)).await);
    assert_eq!(lease(world, later(59)).await, None);
    let last = lease(world, later(60)).await.unwrap();
    assert_eq!(last.attempts, 3);
    assert!(finish(world, &last, EffectOutcome::Dead { error: error() }, later(61)).await);
    assert_eq!(lease(world, later(999)).await, None);
}

async fn a_sent_letter_is_forgotten(world: &World) {
    let acme = world.acme().await;
    let id = world.outbox();
    let mail = letter("Join Acme");
    assert!(!format!("{mail:?}").contains("secret"));
    let sent = mail.clone();
    change!(acme, NOW, |tx| tx.enqueue(id, &Effect::Mail(mail)).await?).unwrap();
    let taken = lease(world, NOW).await.unwrap();
    assert_eq!((taken.org, &taken.effect), (Some(acme.org()), &Effect::Mail(sent)));
    assert!(finish(world, &taken, EffectOutcome::Done, NOW).await);
    assert_eq!(world.texts("select payload from outbox").await, [None]);
}

async fn a_letter_without_an_organization_is_sent_too(world: &World) {
    let system = world.store.system();
    system.enqueue_system(world.outbox(), &Effect::Mail(letter("Welcome")), NOW).await.unwrap();
    let taken = lease(world, NOW).await.unwrap();
    assert_eq!((taken.org, taken.effect), (None, Effect::Mail(letter("Welcome"))));
    let homeless = system.enqueue_system(world.outbox(), &Effect::SyncSeats, NOW).await;
    assert!(matches!(homeless, Err(StoreError::Inconsistent { .. })));
}

async fn the_mailbox_has_the_newest_letter_first(world: &World) {
    let system = world.store.system();
    let ids = [world.mail(), world.mail(), world.mail()];
    for (n, id) in (0_u64..).zip(ids) {
        system.deliver_to_dev_mailbox(id, &letter(&format!("Letter {n}")), later(n)).await.unwrap();
    }
    // Delivered again after a worker was cut off: still one.
    system.deliver_to_dev_mailbox(ids[2], &letter("Letter 2"), later(9)).await.unwrap();
    let letters = system.letters(2).await.unwrap();
    let subjects: Vec<_> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(subjects, ["Letter 2", "Letter 1"]);
    assert_eq!((letters[0].written_at, letters[0].to.as_str()), (later(2), "second@acme.test"));
}
