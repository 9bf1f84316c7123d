//! What is written down about billed seats and about versions of plans.

use std::time::Duration;

use domain::billed::{Billed, Raised};
use domain::plan::Part;
use domain::subscription::ProviderSubscriptionId;
use domain::{Catalog, Timestamp};
use store::{Effect, EffectOutcome, SeatLine};

use crate::billing::snapshot;
use crate::world::{NOW, World, change, look, plan};

both_engines! {
    the_first_sight_of_a_period_counts,
    what_a_step_leaves_behind_is_read_again,
    a_period_that_ends_soon_is_looked_at_once,
    what_was_put_off_is_no_failed_try,
    a_seat_change_waits_for_others_and_never_longer_than_it_would_have,
    a_version_is_kept_with_its_newest_words,
}

const LEASE: Duration = Duration::from_secs(30);

fn later(hours: u64) -> Timestamp {
    NOW.plus(Duration::from_hours(hours))
}

fn id() -> ProviderSubscriptionId {
    ProviderSubscriptionId("sub_1".to_owned())
}

fn line(id: &ProviderSubscriptionId, from: Timestamp) -> SeatLine<'_> {
    SeatLine { subscription: id, part: Part::PerSeat, from }
}

fn over(id: &ProviderSubscriptionId, from: Timestamp) -> SeatLine<'_> {
    SeatLine { part: Part::Overage, ..line(id, from) }
}

async fn the_first_sight_of_a_period_counts(world: &World) {
    let acme = world.acme().await;
    let sight = async |from: Timestamp, quantity: u32, owed: u32| {
        change!(acme, NOW, |tx| tx.begin_seat_period(line(&id(), from), quantity, owed).await?).unwrap()
    };
    assert!(sight(NOW, 5, 3).await);
    assert!(!sight(NOW, 9, 9).await);
    let first = look!(acme, |tx| tx.billed(line(&id(), NOW), 6).await?).unwrap().unwrap();
    assert_eq!(first, Billed { quantity: 6, renewed_with: None, owed: 3, raised: None, kept: None });
    assert!(sight(later(720), 5, 4).await);
    let next = look!(acme, |tx| tx.billed(line(&id(), later(720)), 5).await?).unwrap().unwrap();
    assert_eq!((next.renewed_with, next.owed), (Some(5), 4), "it follows another one");
    assert!(change!(acme, NOW, |tx| tx.begin_seat_period(over(&id(), later(720)), 1, 1).await?).unwrap());
    let other = look!(acme, |tx| tx.billed(over(&id(), later(720)), 1).await?).unwrap().unwrap();
    assert_eq!(other.renewed_with, None, "of this line it is the first");
    assert_eq!(look!(acme, |tx| tx.billed(line(&id(), later(1)), 5).await?).unwrap(), None);
}

async fn what_a_step_leaves_behind_is_read_again(world: &World) {
    let acme = world.acme().await;
    change!(acme, NOW, |tx| tx.begin_seat_period(line(&id(), NOW), 2, 2).await?).unwrap();
    let raised = Some(Raised { day: later(3), before: 2 });
    let known = Billed { quantity: 5, renewed_with: None, owed: 2, raised, kept: Some(7) };
    change!(acme, NOW, |tx| tx.note_billed(line(&id(), NOW), &known).await?).unwrap();
    assert_eq!(look!(acme, |tx| tx.billed(line(&id(), NOW), 5).await?).unwrap(), Some(known));
}

async fn a_period_that_ends_soon_is_looked_at_once(world: &World) {
    let acme = world.acme().await;
    let mut bought = snapshot("sub_1", "active", NOW);
    bought.period.until = later(10);
    change!(acme, NOW, |tx| {
        tx.apply_subscription(&bought).await?;
        tx.begin_seat_period(line(&id(), NOW), 2, 2).await?;
    })
    .unwrap();
    let system = world.store.system();
    let soon =
        async |now: Timestamp| system.closing_seat_periods(now, now.plus(Duration::from_hours(2)), 9).await.unwrap();
    assert_eq!(soon(later(7)).await, []);
    assert_eq!(soon(later(9)).await, [(acme.org(), id())]);
    assert_eq!(soon(later(10)).await, [], "it is over");
    assert!(change!(acme, later(9), |tx| tx.close_seat_period(&id(), NOW).await?).unwrap());
    assert!(!change!(acme, later(9), |tx| tx.close_seat_period(&id(), NOW).await?).unwrap());
    assert_eq!(soon(later(9)).await, []);
}

async fn what_was_put_off_is_no_failed_try(world: &World) {
    let acme = world.acme().await;
    let id = world.outbox();
    change!(acme, NOW, |tx| tx.enqueue(id, &Effect::SyncSeats).await?).unwrap();
    let system = world.store.system();
    for round in 0..3 {
        let taken = system.lease_effect(later(round), LEASE).await.unwrap().unwrap();
        assert_eq!((u64::from(taken.attempts), u64::from(taken.postponed)), (round + 1, round));
        let off = EffectOutcome::Postpone { at: later(round + 1), why: "too often".to_owned() };
        assert!(system.finish_effect(id, taken.attempts, off, later(round)).await.unwrap());
        assert_eq!(system.lease_effect(later(round), LEASE).await.unwrap(), None);
    }
}

async fn a_seat_change_waits_for_others_and_never_longer_than_it_would_have(world: &World) {
    let acme = world.acme().await;
    let (first, second, third) = (world.outbox(), world.outbox(), world.outbox());
    let system = world.store.system();
    let minute = Duration::from_mins(1);
    change!(acme, NOW, |tx| tx.enqueue_after(first, &Effect::SyncSeats, minute).await?).unwrap();
    let half = NOW.plus(minute / 2);
    change!(acme, half, |tx| tx.enqueue_after(second, &Effect::SyncSeats, minute).await?).unwrap();
    assert_eq!(system.lease_effect(half, LEASE).await.unwrap(), None);
    assert_eq!(
        system.lease_effect(NOW.plus(minute), LEASE).await.unwrap().unwrap().id,
        first,
        "the first sets the time"
    );
    change!(acme, half, |tx| tx.enqueue_after(third, &Effect::SyncSeats, minute).await?).unwrap();
    change!(acme, half, |tx| tx.enqueue(second, &Effect::SyncSeats).await?).unwrap();
    assert_eq!(system.lease_effect(half, LEASE).await.unwrap().unwrap().id, third, "what is urgent makes it urgent");
}

async fn a_version_is_kept_with_its_newest_words(world: &World) {
    let system = world.store.system();
    let text = include_str!("../../../catalog/default.toml");
    let catalog = |text: &str| Catalog::parse("test.toml", text).unwrap();
    let team = plan("team");
    let first = catalog(text).plan(&team).unwrap().fingerprint();
    system.record_plans(&catalog(text), NOW).await.unwrap();
    let praised = text.replace("For a team that ships every week.", "For teams that ship.");
    system.record_plans(&catalog(&praised), later(1)).await.unwrap();
    let kept = system.plan_version(&team, &first).await.unwrap().unwrap();
    assert_eq!(kept.description, "For teams that ship.");
    let dearer = text.replace("base = 9_900", "base = 12_900");
    system.record_plans(&catalog(&dearer), later(2)).await.unwrap();
    let kept = system.plan_version(&team, &first).await.unwrap().unwrap();
    assert_eq!(kept.prices[0].base.unwrap().minor, 9_900, "and stays what it was");
    let latest = system.latest_plan_version(&team).await.unwrap().unwrap();
    assert_eq!(latest.prices[0].base.unwrap().minor, 12_900);
    assert_eq!(system.plan_version(&team, "0000000000000000").await.unwrap(), None);

    let acme = world.acme().await;
    let books = system.act_for(acme.org(), "a test").await.unwrap();
    let (plan, version) = (team.clone(), first.clone());
    change!(books, NOW, |tx| {
        tx.set_entitlement(&plan, domain::SeatLimit::Unlimited, domain::Access::Full, false).await?;
        tx.set_plan_version(Some(&version)).await?;
    })
    .unwrap();
    assert_eq!(look!(acme, |tx| tx.organization().await?.plan_version).unwrap().as_deref(), Some(&*first));
    assert_eq!(system.organizations_on(&team).await.unwrap(), [(acme.org(), Some(first))]);
    let counted: Vec<_> = system.plan_versions().await.unwrap().into_iter().filter(|it| it.plan.key == team).collect();
    assert_eq!(counted.iter().map(|it| it.organizations).collect::<Vec<_>>(), [1, 0]);
}
