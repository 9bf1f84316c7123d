//! The mirror of what was bought: snapshots replace each other only forwards in time, and what ended stays ended.

use std::time::Duration;

use domain::plan::Part;
use domain::subscription::{
    Believe, Line, Pause, ProviderCustomerId, ProviderInvoiceId, ProviderItemId, ProviderPriceId, ProviderScheduleId,
    ProviderSubscriptionId, Scheduled, Subscription, SubscriptionStatus, Waiting,
};
use domain::time::Period;
use domain::{Access, Catalog, Currency, Interval, Money, Timestamp};

use crate::world::{NOW, World, all, cap, change, look, plan};

both_engines! {
    a_subscription_comes_back_as_it_was_stored,
    the_database_believes_what_the_domain_believes,
    of_many_snapshots_at_once_the_latest_stays,
    what_has_ended_stays_ended_under_parallel_writers,
    the_live_subscription_comes_before_newer_dead_ones,
    the_first_customer_wins,
    seats_bought_ahead_are_kept,
    an_entitlement_is_what_was_set,
    a_plan_is_recorded_once_for_each_text,
    a_subscriptions_lock_is_held_by_one,
}

pub fn snapshot(id: &str, status: &str, fetched_at: Timestamp) -> Subscription {
    Subscription {
        id: ProviderSubscriptionId(id.to_owned()),
        customer: ProviderCustomerId("cus_1".to_owned()),
        plan: Some(plan("all_access")),
        interval: Some(Interval::Year),
        currency: "usd".parse().unwrap(),
        seat_item: Some(ProviderItemId("si_1".to_owned())),
        quantity: 2,
        status: status.parse().unwrap(),
        period: Period { from: NOW, until: NOW.plus(Duration::from_hours(365 * 24)) },
        lines: Vec::new(),
        ends_at: None,
        ends_with_period: false,
        trial_ends_at: None,
        ended_at: None,
        card: Some("Visa 4242".to_owned()),
        waiting: None,
        scheduled: None,
        pause: None,
        latest_invoice: None,
        fetched_at,
    }
}

fn line(part: Option<Part>, version: Option<&str>) -> Line {
    Line {
        item: ProviderItemId("si_1".to_owned()),
        price: ProviderPriceId("price_1".to_owned()),
        part,
        plan: part.map(|_| plan("all_access")),
        interval: part.map(|_| Interval::Year),
        quantity: 2,
        unit: part.map(|_| Money::new(499_900, Currency::USD)),
        version: version.map(str::to_owned),
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn a_subscription_comes_back_as_it_was_stored(world: &World) {
    let acme = world.acme().await;
    assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap(), None);
    let full = Subscription {
        ends_at: Some(later(1)),
        trial_ends_at: Some(later(2)),
        ended_at: Some(later(3)),
        lines: vec![line(Some(Part::PerSeat), Some("fp")), line(None, None)],
        ends_with_period: true,
        waiting: Some(Waiting {
            plan: Some(plan("all_access")),
            interval: Some(Interval::Year),
            seats: 3,
            expires_at: later(4),
            invoice: Some(ProviderInvoiceId("in_2".to_owned())),
        }),
        scheduled: Some(Scheduled {
            id: ProviderScheduleId("sub_sched_1".to_owned()),
            at: later(5),
            plan: None,
            interval: Some(Interval::Month),
            seats: 0,
            version: Some("fp".to_owned()),
            total: Some(Money::new(9_900, Currency::USD)),
            moved: true,
        }),
        pause: Some(Pause::Collection { resumes_at: Some(later(6)) }),
        latest_invoice: Some(ProviderInvoiceId("in_1".to_owned())),
        ..snapshot("sub_1", "past_due", NOW)
    };
    let bare = Subscription {
        plan: None,
        interval: None,
        seat_item: None,
        quantity: 0,
        card: None,
        ..snapshot("sub_1", "active", later(1))
    };
    let resting = Subscription { pause: Some(Pause::Service), ..snapshot("sub_1", "paused", later(2)) };
    for new in [full, bare, resting] {
        let stored = new.clone();
        assert_eq!(change!(acme, NOW, |tx| tx.apply_subscription(&stored).await?).unwrap(), Believe::Yes);
        assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap(), Some(new));
    }
}

async fn the_database_believes_what_the_domain_believes(world: &World) {
    let acme = world.acme().await;
    let mut number = 0;
    for old in SubscriptionStatus::ALL {
        for new in SubscriptionStatus::ALL {
            for fetched_at in [NOW.minus(Duration::from_secs(1)), NOW, later(1)] {
                number += 1;
                let id = format!("sub_{number}");
                let (old, new) = (snapshot(&id, old.as_str(), NOW), snapshot(&id, new.as_str(), fetched_at));
                let expected = Subscription::believe(Some(&old), &new);
                let kept = if expected == Believe::Yes { new.clone() } else { old.clone() };
                let (found, stored) = change!(acme, NOW, |tx| {
                    assert_eq!(tx.apply_subscription(&old).await?, Believe::Yes);
                    let found = tx.apply_subscription(&new).await?;
                    (found, tx.subscription_by_id(&new.id).await?)
                })
                .unwrap();
                assert_eq!((found, stored), (expected, Some(kept)));
            }
        }
    }
}

async fn of_many_snapshots_at_once_the_latest_stays(world: &World) {
    let acme = world.acme().await;
    let racers = (0..40_u32).map(|n| {
        let acme = acme.clone();
        // Neither the first nor the last to start is the latest.
        let fetched = (n * 17) % 40;
        let new = Subscription { quantity: fetched, ..snapshot("sub_1", "active", later(u64::from(fetched))) };
        async move { change!(acme, NOW, |tx| tx.apply_subscription(&new).await?).unwrap() }
    });
    all(racers).await;
    let stored = look!(acme, |tx| tx.subscription().await?).unwrap().unwrap();
    assert_eq!((stored.quantity, stored.fetched_at), (39, later(39)));
}

async fn what_has_ended_stays_ended_under_parallel_writers(world: &World) {
    let acme = world.acme().await;
    let racers = (0..30_u64).map(|n| {
        let acme = acme.clone();
        // The end is neither the first nor the last to be fetched.
        let status = if n == 10 { "canceled" } else { "active" };
        let new = snapshot("sub_1", status, later(n));
        async move { (n, change!(acme, NOW, |tx| tx.apply_subscription(&new).await?).unwrap()) }
    });
    for (n, believed) in all(racers).await {
        assert!(n != 10 || believed == Believe::Yes, "an end is always believed");
    }
    let stored = look!(acme, |tx| tx.subscription().await?).unwrap().unwrap();
    assert_eq!((stored.status, stored.fetched_at), (SubscriptionStatus::Canceled, later(10)));
    let dead = snapshot("sub_1", "active", later(200));
    assert_eq!(change!(acme, NOW, |tx| tx.apply_subscription(&dead).await?).unwrap(), Believe::Ended);
}

async fn the_live_subscription_comes_before_newer_dead_ones(world: &World) {
    let acme = world.acme().await;
    let stored = [("sub_a", "canceled", 0), ("sub_b", "active", 1), ("sub_c", "incomplete_expired", 2)];
    for (id, status, after) in stored {
        let new = snapshot(id, status, NOW);
        change!(acme, later(after), |tx| tx.apply_subscription(&new).await?).unwrap();
    }
    assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap().unwrap().id.as_str(), "sub_b");
    let over = snapshot("sub_b", "canceled", later(5));
    change!(acme, later(5), |tx| tx.apply_subscription(&over).await?).unwrap();
    // What was paid for once comes before what never was, though that was begun later.
    assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap().unwrap().id.as_str(), "sub_b");
    // The words in the statement are those of the domain.
    for status in SubscriptionStatus::ALL {
        let id = format!("sub_live_{status}");
        let new = snapshot(&id, status.as_str(), NOW);
        // Written down earliest of all: only being live can bring it to the front.
        change!(acme, NOW.minus(Duration::from_secs(9)), |tx| tx.apply_subscription(&new).await?).unwrap();
        let first = look!(acme, |tx| tx.subscription().await?).unwrap().unwrap();
        assert_eq!(first.id.as_str() == id, status.is_live(), "{status}");
        world.takes("delete from subscriptions where id like 'sub_live_%'").await.unwrap();
    }
}

async fn the_first_customer_wins(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|n| {
        let acme = acme.clone();
        let customer = ProviderCustomerId(format!("cus_{n}"));
        async move { change!(acme, NOW, |tx| tx.set_customer(&customer).await?).unwrap() }
    });
    let answers = all(racers).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(look!(acme, |tx| tx.organization().await?.customer).unwrap().as_ref(), Some(&answers[0]));
    let system = world.store.system();
    assert_eq!(system.org_by_customer(&answers[0]).await.unwrap(), Some(acme.org()));
    assert_eq!(system.org_by_customer(&ProviderCustomerId("cus_x".to_owned())).await.unwrap(), None);
}

async fn seats_bought_ahead_are_kept(world: &World) {
    let acme = world.acme().await;
    assert_eq!(look!(acme, |tx| tx.organization().await?.seats_floor).unwrap(), 0);
    for (seats, changed) in [(5, true), (5, false), (0, true)] {
        assert_eq!(change!(acme, NOW, |tx| tx.set_seats_floor(seats).await?).unwrap(), changed);
        assert_eq!(look!(acme, |tx| tx.organization().await?.seats_floor).unwrap(), seats);
    }
}

async fn an_entitlement_is_what_was_set(world: &World) {
    let acme = world.acme().await;
    let books = world.store.system().act_for(acme.org(), "a test").await.unwrap();
    for access in [Access::Full, Access::NoGrowth, Access::ReadOnly, Access::Free] {
        for seats in [0, 7] {
            change!(books, NOW, |tx| tx.set_entitlement(&plan("premium"), cap(seats), access, false).await?).unwrap();
            let org = look!(acme, |tx| tx.organization().await?).unwrap();
            assert_eq!((org.plan, org.seat_limit, org.access), (plan("premium"), cap(seats), access));
        }
    }
}

async fn a_plan_is_recorded_once_for_each_text(world: &World) {
    let catalog = Catalog::built_in();
    for _ in 0..2 {
        world.store.system().record_plans(catalog, NOW).await.unwrap();
    }
    let recorded = world.number("select count(*) from plan_versions").await;
    assert_eq!(usize::try_from(recorded).unwrap(), catalog.plans().len());
}

async fn a_subscriptions_lock_is_held_by_one(world: &World) {
    let id = ProviderSubscriptionId("sub_1".to_owned());
    let until = later(30);
    let racers = (0..20).map(|n| {
        let (store, id) = (world.store.clone(), id.clone());
        async move { store.system().lock_subscription(&id, &format!("worker-{n}"), NOW, until).await.unwrap() }
    });
    let taken = all(racers).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    let holder = format!("worker-{}", taken.iter().position(|taken| *taken).unwrap());
    let system = world.store.system();
    system.unlock_subscription(&id, "somebody-else").await.unwrap();
    assert!(!system.lock_subscription(&id, "next", later(29), later(60)).await.unwrap());
    // It ends by itself, and the one who overran it cannot give away what is somebody else's now.
    assert!(system.lock_subscription(&id, "next", later(30), later(60)).await.unwrap());
    system.unlock_subscription(&id, &holder).await.unwrap();
    assert!(!system.lock_subscription(&id, "third", later(31), later(60)).await.unwrap());
    system.unlock_subscription(&id, "next").await.unwrap();
    assert!(system.lock_subscription(&id, "third", later(31), later(60)).await.unwrap());
}
