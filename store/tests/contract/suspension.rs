//! A seat that rests is no seat: not held, not billed, no way in. Coming back takes one, like everybody else.

use std::time::Duration;

use domain::seat::{SeatCount, SeatsFull};
use domain::{Role, Timestamp};
use store::{Accept, AddInvitation, Reactivate, RemoveMember, StoreError, Suspend, SuspendMember};

use crate::world::{Failed, NOW, World, all, change, look, reactivate, seats, set_seats, suspend};

both_engines! {
    a_suspended_member_has_no_way_in_and_is_told_why,
    a_member_suspended_meanwhile_does_nothing_more,
    a_resting_seat_is_neither_held_nor_billed,
    blocking_filling_and_unblocking_never_ends_above_the_cap,
    one_free_seat_brings_back_one_of_many,
    removing_a_suspended_member_frees_nothing_a_second_time,
    the_last_active_owner_is_not_suspended,
    of_two_owners_suspended_at_once_one_stays,
    a_suspended_owner_is_no_owner_who_could_act,
    suspending_twice_changes_nothing,
    who_is_suspended_is_a_member_still,
    a_suspension_with_an_end_is_found_when_it_has_come,
}

async fn a_suspended_member_has_no_way_in_and_is_told_why(world: &World) {
    let acme = world.acme().await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let until = NOW.plus(Duration::from_hours(48));
    let how = Suspend { reason: Some("On leave".to_owned()), until: Some(until), by_plan: false };
    let id = second.member().unwrap();
    let suspended = change!(acme, NOW, |tx| tx.suspend_member(id, &how).await?).unwrap();
    assert_eq!(suspended, SuspendMember::Suspended { role: Role::Member });
    let Err(StoreError::Suspended(told)) = world.open(&person, "acme").await else { panic!("the door is open") };
    assert_eq!(
        (told.at, told.until, told.reason.as_deref(), told.by_plan),
        (NOW, Some(until), Some("On leave"), false)
    );
    let shown = look!(acme, |tx| tx.member(id).await?).unwrap().unwrap();
    assert_eq!(shown.suspension, Some(told));
    assert_eq!(world.store.system().owners_of(acme.slug()).await.unwrap(), ["owner@acme.test".parse().unwrap()]);

    assert_eq!(reactivate(&acme, id).await, Reactivate::Reactivated { role: Role::Member });
    let back = world.open(&person, "acme").await.unwrap();
    assert_eq!(back.member(), Some(id), "the same place");
    assert_eq!(look!(acme, |tx| tx.member(id).await?).unwrap().unwrap().suspension, None);
    world.assert_counters_are_counts().await;
}

async fn a_member_suspended_meanwhile_does_nothing_more(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Admin).await;
    suspend(&acme, second.member().unwrap()).await;
    let new = world.new_invitation("third@acme.test", Role::Member);
    let wrote = change!(second, NOW, |tx| tx.add_invitation(&new).await?);
    assert!(matches!(wrote, Err(Failed::Store(StoreError::Suspended(_)))), "{wrote:?}");
    let read = look!(second, |tx| tx.members().await?);
    assert!(matches!(read, Err(Failed::Store(StoreError::Suspended(_)))), "{read:?}");
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
}

async fn a_resting_seat_is_neither_held_nor_billed(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    let full = seats(&acme).await;
    assert_eq!((full.held(), full.active), (3, 2), "what is held, and what is billed");
    suspend(&acme, second.member().unwrap()).await;
    let rests = seats(&acme).await;
    assert_eq!((rests.held(), rests.active), (2, 1));
    world.assert_counters_are_counts().await;
}

async fn blocking_filling_and_unblocking_never_ends_above_the_cap(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    suspend(&acme, id).await;
    let (third, _) = world.invite(&acme, "third@acme.test", Role::Member).await;
    let full = SeatsFull { cap: 2, count: SeatCount { active: 1, reserved: 1 } };
    assert_eq!(reactivate(&acme, id).await, Reactivate::SeatsFull(full));
    let person = world.person("third@acme.test").await;
    world.accept(&acme, third, person.user, Role::Member).await;
    let full = SeatsFull { cap: 2, count: SeatCount { active: 2, reserved: 0 } };
    assert_eq!(reactivate(&acme, id).await, Reactivate::SeatsFull(full));
    set_seats(&acme, 3).await;
    assert_eq!(reactivate(&acme, id).await, Reactivate::Reactivated { role: Role::Member });
    world.assert_counters_are_counts().await;
}

async fn one_free_seat_brings_back_one_of_many(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 12).await;
    let mut resting = Vec::new();
    for n in 0..10 {
        let (_, scope) = world.colleague(&acme, &format!("p{n}@acme.test"), Role::Member).await;
        let id = scope.member().unwrap();
        assert_eq!(suspend(&acme, id).await, SuspendMember::Suspended { role: Role::Member });
        resting.push(id);
    }
    set_seats(&acme, 2).await;
    let racers = resting.into_iter().map(|id| {
        let acme = acme.clone();
        async move { reactivate(&acme, id).await }
    });
    let answers = all(racers).await;
    let back = Reactivate::Reactivated { role: Role::Member };
    assert_eq!(answers.iter().filter(|answer| **answer == back).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Reactivate::SeatsFull(_))).count(), 9);
    world.assert_counters_are_counts().await;
}

async fn removing_a_suspended_member_frees_nothing_a_second_time(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    world.colleague(&acme, "third@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    suspend(&acme, id).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    let removed = change!(acme, NOW, |tx| tx.remove_member(id).await?).unwrap();
    assert_eq!(removed, RemoveMember::Removed { role: Role::Member });
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    assert_eq!(suspend(&acme, id).await, SuspendMember::NotThere);
    assert_eq!(reactivate(&acme, id).await, Reactivate::NotThere);
    world.assert_counters_are_counts().await;
}

async fn the_last_active_owner_is_not_suspended(world: &World) {
    let acme = world.acme().await;
    let owner = acme.member().unwrap();
    assert_eq!(suspend(&acme, owner).await, SuspendMember::LastOwner);
    let (_, other) = world.colleague(&acme, "second@acme.test", Role::Owner).await;
    assert_eq!(suspend(&acme, other.member().unwrap()).await, SuspendMember::Suspended { role: Role::Owner });
    // The other one rests, so this one is the last who can act.
    assert_eq!(suspend(&acme, owner).await, SuspendMember::LastOwner);
    let left = change!(acme, NOW, |tx| tx.remove_member(owner).await?).unwrap();
    assert_eq!(left, RemoveMember::LastOwner);
    world.assert_counters_are_counts().await;
}

async fn of_two_owners_suspended_at_once_one_stays(world: &World) {
    let first = world.person("owner@acme.test").await;
    for round in 0..10 {
        let one = world.company(&format!("acme-{round}"), &first, 3).await;
        let (_, two) = world.colleague(&one, &format!("second-{round}@acme.test"), Role::Owner).await;
        let system = world.store.system().act_for(one.org(), "a test").await.unwrap();
        let resting = [one, two].map(|scope| {
            let (system, id) = (system.clone(), scope.member().unwrap());
            async move { suspend(&system, id).await }
        });
        let mut answers = all(resting).await;
        answers.sort_by_key(|answer| *answer == SuspendMember::LastOwner);
        assert_eq!(answers, [SuspendMember::Suspended { role: Role::Owner }, SuspendMember::LastOwner]);
    }
    world.assert_counters_are_counts().await;
}

async fn a_suspended_owner_is_no_owner_who_could_act(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Owner).await;
    suspend(&acme, second.member().unwrap()).await;
    let owners = look!(acme, |tx| tx.owners().await?).unwrap();
    assert_eq!(owners.iter().map(|owner| Some(owner.id)).collect::<Vec<_>>(), [acme.member()]);
    // The first owner by age may be the one who rests: an invitation by Usher itself comes from one who does not.
    let first = acme.member().unwrap();
    reactivate(&acme, second.member().unwrap()).await;
    suspend(&second, first).await;
    let system = world.store.system().act_for(acme.org(), "a demo").await.unwrap();
    assert_eq!(world.invite(&system, "third@acme.test", Role::Member).await.1, AddInvitation::Added);
    let invitations = look!(second, |tx| tx.invitations().await?).unwrap();
    assert_eq!(invitations[0].invited_by.as_str(), "second@acme.test");
}

async fn suspending_twice_changes_nothing(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    let racers = (0..20).map(|n| {
        let acme = acme.clone();
        let how = Suspend { reason: Some(format!("reason {n}")), ..Suspend::default() };
        async move { change!(acme, NOW, |tx| tx.suspend_member(id, &how).await?).unwrap() }
    });
    let answers = all(racers).await;
    let done = SuspendMember::Suspended { role: Role::Member };
    assert_eq!(answers.iter().filter(|answer| **answer == done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == SuspendMember::AlreadySuspended).count(), 19);
    let first = answers.iter().position(|answer| *answer == done).unwrap();
    let shown = look!(acme, |tx| tx.member(id).await?).unwrap().unwrap().suspension.unwrap();
    assert_eq!(shown.reason, Some(format!("reason {first}")));
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
    assert_eq!(reactivate(&acme, id).await, Reactivate::Reactivated { role: Role::Member });
    assert_eq!(reactivate(&acme, id).await, Reactivate::NotSuspended);
    world.assert_counters_are_counts().await;
}

async fn who_is_suspended_is_a_member_still(world: &World) {
    let acme = world.acme().await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (pending, _) = world.invite(&acme, "other@acme.test", Role::Member).await;
    suspend(&acme, second.member().unwrap()).await;
    assert_eq!(world.invite(&acme, "second@acme.test", Role::Member).await.1, AddInvitation::AlreadyMember);
    assert_eq!(world.accept(&acme, pending, person.user, Role::Member).await.1, Accept::AlreadyMember);
    world.assert_counters_are_counts().await;
}

async fn a_suspension_with_an_end_is_found_when_it_has_come(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (_, third) = world.colleague(&acme, "third@acme.test", Role::Member).await;
    let (id, for_ever) = (second.member().unwrap(), third.member().unwrap());
    let until = NOW.plus(Duration::from_hours(1));
    let how = Suspend { until: Some(until), ..Suspend::default() };
    change!(acme, NOW, |tx| tx.suspend_member(id, &how).await?).unwrap();
    suspend(&acme, for_ever).await;
    let system = world.store.system();
    let early: Timestamp = NOW.plus(Duration::from_mins(59));
    assert_eq!(system.resting_over(early, 10).await.unwrap(), []);
    assert_eq!(system.resting_over(until, 10).await.unwrap(), [(acme.org(), id)]);
    reactivate(&acme, id).await;
    assert_eq!(system.resting_over(until, 10).await.unwrap(), []);
}
