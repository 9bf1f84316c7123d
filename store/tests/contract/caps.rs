//! What a new cap does: the newest invitations go first, then the newest members rest; owners never; nobody is removed.

use std::time::Duration;

use domain::Role;
use domain::seat::SeatCount;
use store::{AddInvitation, Displaced, InvitationStatus, StoreError, Visit};

use crate::world::{NOW, World, change, look, reactivate, seats, set_plan, set_seats, suspend};

both_engines! {
    a_smaller_cap_cancels_the_newest_invitations_first,
    a_smaller_cap_lets_the_newest_members_rest_and_removes_nobody,
    a_smaller_cap_never_touches_an_owner,
    a_larger_cap_brings_back_whom_a_smaller_one_moved_the_oldest_first,
    who_was_suspended_by_a_person_does_not_come_back_with_the_cap,
    whom_the_cap_moved_may_be_exchanged_by_hand,
    the_cap_after_a_plan_has_ended_is_the_next_ones,
    viewers_take_seats_when_a_plan_seats_them,
    the_same_entitlement_twice_moves_nobody,
    people_who_hold_a_seat_lose_nothing_at_the_cap,
}

fn words(displaced: &[Displaced]) -> Vec<String> {
    let word = |one: &Displaced| match one {
        Displaced::Cancelled(invitation) => format!("cancelled {}", invitation.email),
        Displaced::Suspended(member) => format!("suspended {}", member.email),
        Displaced::Back(member) => format!("back {}", member.email),
    };
    displaced.iter().map(word).collect()
}

async fn a_smaller_cap_cancels_the_newest_invitations_first(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 5).await;
    world.colleague(&acme, "second@acme.test", Role::Member).await;
    let mut tokens = Vec::new();
    for n in 0..3 {
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        tokens.push(new.token_hash);
        let at = NOW.plus(Duration::from_mins(n));
        change!(acme, at, |tx| tx.add_invitation(&new).await?).unwrap();
    }
    let moved = set_plan(&acme, 3, false).await;
    assert_eq!(words(&moved), ["cancelled p2@acme.test", "cancelled p1@acme.test"]);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 1 });
    let (_, state) = world.store.system().open_by_invitation(tokens[2], Visit::default()).await.unwrap();
    assert_eq!(state.status, InvitationStatus::Cancelled);
    world.assert_counters_are_counts().await;
}

async fn a_smaller_cap_lets_the_newest_members_rest_and_removes_nobody(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 5).await;
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(world.colleague(&acme, &format!("p{n}@acme.test"), Role::Admin).await.0);
    }
    world.invite(&acme, "invited@acme.test", Role::Member).await;
    let moved = set_plan(&acme, 2, false).await;
    assert_eq!(words(&moved), ["cancelled invited@acme.test", "suspended p2@acme.test", "suspended p1@acme.test"]);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    assert_eq!(look!(acme, |tx| tx.members().await?).unwrap().len(), 4, "nobody is removed");
    let Err(StoreError::Suspended(told)) = world.open(&people[2], "acme").await else { panic!("the door is open") };
    assert!(told.by_plan && told.until.is_none());
    world.open(&people[0], "acme").await.unwrap();
    world.assert_counters_are_counts().await;
}

async fn a_smaller_cap_never_touches_an_owner(world: &World) {
    let acme = world.acme().await;
    world.colleague(&acme, "member@acme.test", Role::Member).await;
    world.colleague(&acme, "second@acme.test", Role::Owner).await;
    let moved = set_plan(&acme, 1, false).await;
    assert_eq!(words(&moved), ["suspended member@acme.test"], "though the owner is newer");
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    let (_, full) = world.invite(&acme, "third@acme.test", Role::Member).await;
    assert!(matches!(full, AddInvitation::SeatsFull(_)), "above the cap nobody is added: {full:?}");
    world.assert_counters_are_counts().await;
}

async fn a_larger_cap_brings_back_whom_a_smaller_one_moved_the_oldest_first(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 5).await;
    for n in 0..4 {
        world.colleague(&acme, &format!("p{n}@acme.test"), Role::Member).await;
    }
    set_seats(&acme, 1).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
    let moved = set_plan(&acme, 3, false).await;
    assert_eq!(words(&moved), ["back p0@acme.test", "back p1@acme.test"]);
    world.assert_counters_are_counts().await;
    let moved = set_plan(&acme, 0, false).await;
    assert_eq!(words(&moved), ["back p2@acme.test", "back p3@acme.test"]);
    assert_eq!(seats(&acme).await, SeatCount { active: 5, reserved: 0 });
    world.assert_counters_are_counts().await;
}

async fn who_was_suspended_by_a_person_does_not_come_back_with_the_cap(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    suspend(&acme, second.member().unwrap()).await;
    set_seats(&acme, 1).await;
    assert_eq!(set_plan(&acme, 10, false).await, []);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
}

async fn whom_the_cap_moved_may_be_exchanged_by_hand(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (_, third) = world.colleague(&acme, "third@acme.test", Role::Member).await;
    let moved = set_plan(&acme, 2, false).await;
    assert_eq!(words(&moved), ["suspended third@acme.test"]);
    suspend(&acme, second.member().unwrap()).await;
    let back = reactivate(&acme, third.member().unwrap()).await;
    assert_eq!(back, store::Reactivate::Reactivated { role: Role::Member });
    // A person has decided about the second one now, so a larger plan does not.
    assert_eq!(set_plan(&acme, 5, false).await, []);
    world.assert_counters_are_counts().await;
}

async fn the_cap_after_a_plan_has_ended_is_the_next_ones(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    for n in 0..5 {
        world.invite(&acme, &format!("p{n}@acme.test"), Role::Member).await;
    }
    set_seats(&acme, 3).await;
    let org = look!(acme, |tx| tx.organization().await?).unwrap();
    assert_eq!((org.seat_limit.cap(), org.seats.held()), (Some(3), 3), "what is read is what the gate keeps");
    let (_, full) = world.invite(&acme, "one-more@acme.test", Role::Member).await;
    assert!(matches!(full, AddInvitation::SeatsFull(_)), "{full:?}");
}

async fn viewers_take_seats_when_a_plan_seats_them(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 2, true).await;
    for n in 0..2 {
        world.colleague(&acme, &format!("viewer{n}@acme.test"), Role::Viewer).await;
    }
    world.invite(&acme, "viewer2@acme.test", Role::Viewer).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
    let moved = set_plan(&acme, 2, false).await;
    assert_eq!(words(&moved), ["cancelled viewer2@acme.test", "suspended viewer1@acme.test"]);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    world.assert_counters_are_counts().await;
    // And back: who sits for nothing needs no room.
    let moved = set_plan(&acme, 1, true).await;
    assert_eq!(words(&moved), ["back viewer1@acme.test"]);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
    world.assert_counters_are_counts().await;
}

async fn the_same_entitlement_twice_moves_nobody(world: &World) {
    let acme = world.acme().await;
    world.colleague(&acme, "second@acme.test", Role::Member).await;
    assert_eq!(set_plan(&acme, 1, false).await.len(), 1);
    let written = world.number("select count(*) from seat_events").await;
    assert_eq!(set_plan(&acme, 1, false).await, []);
    assert_eq!(world.number("select count(*) from seat_events").await, written);
}

async fn people_who_hold_a_seat_lose_nothing_at_the_cap(world: &World) {
    let acme = world.acme().await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    let (_, full) = world.invite(&acme, "fourth@acme.test", Role::Member).await;
    assert!(matches!(full, AddInvitation::SeatsFull(_)), "{full:?}");
    world.open(&person, "acme").await.unwrap();
    // What they are may change, and they may be asked about again.
    let id = second.member().unwrap();
    change!(acme, NOW, |tx| tx.change_role(id, Role::Admin).await?).unwrap();
    assert_eq!(world.invite(&acme, "second@acme.test", Role::Member).await.1, AddInvitation::AlreadyMember);
    world.open(&person, "acme").await.unwrap();
}
