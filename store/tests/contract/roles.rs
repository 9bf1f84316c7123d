//! Who is what. A role that takes a seat asks for one at the gate; there is an owner at every moment.

use domain::Role;
use domain::seat::{SeatCount, SeatsFull};
use store::{Accept, ChangeInvitation, ChangeRole, Reactivate, Transfer};

use crate::world::{NOW, World, all, change, look, reactivate, seats, set_plan, set_seats, suspend};

both_engines! {
    a_changed_role_counts_from_the_next_request,
    the_last_owner_stays_one,
    of_two_owners_who_step_down_at_once_one_stays,
    viewers_sit_for_nothing_where_the_plan_says_so,
    of_many_viewers_who_become_members_one_gets_the_last_seat,
    a_suspended_viewer_who_becomes_a_member_asks_for_the_seat_when_they_come_back,
    a_role_change_at_the_cap_takes_nobodys_seat,
    a_pending_invitations_new_role_needs_no_free_seat,
    a_viewers_invitation_that_becomes_a_members_takes_a_seat,
    who_accepts_gets_the_role_that_the_invitation_has_now,
    ownership_is_handed_over_and_never_lost,
    an_owner_hands_over_to_one_heir_only,
    nothing_is_handed_to_who_rests_or_is_not_there,
    a_viewer_who_inherits_takes_a_seat,
}

async fn a_changed_role_counts_from_the_next_request(world: &World) {
    let acme = world.acme().await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    let changed = change!(acme, NOW, |tx| tx.change_role(id, Role::Admin).await?).unwrap();
    assert_eq!(changed, ChangeRole::Changed { from: Role::Member });
    assert_eq!(look!(second, |tx| tx.role()).unwrap(), Role::Admin, "through the door that was open already");
    assert_eq!(world.open(&person, "acme").await.unwrap().role(), Role::Admin);
    assert_eq!(change!(acme, NOW, |tx| tx.change_role(id, Role::Admin).await?).unwrap(), ChangeRole::Same);
    let nobody = world.member();
    assert_eq!(change!(acme, NOW, |tx| tx.change_role(nobody, Role::Admin).await?).unwrap(), ChangeRole::NotThere);
    world.assert_counters_are_counts().await;
}

async fn the_last_owner_stays_one(world: &World) {
    let acme = world.acme().await;
    let owner = acme.member().unwrap();
    let down = change!(acme, NOW, |tx| tx.change_role(owner, Role::Admin).await?).unwrap();
    assert_eq!(down, ChangeRole::LastOwner);
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Owner).await;
    suspend(&acme, second.member().unwrap()).await;
    let down = change!(acme, NOW, |tx| tx.change_role(owner, Role::Admin).await?).unwrap();
    assert_eq!(down, ChangeRole::LastOwner, "the other one rests");
    world.assert_counters_are_counts().await;
}

async fn of_two_owners_who_step_down_at_once_one_stays(world: &World) {
    let first = world.person("owner@acme.test").await;
    for round in 0..10 {
        let one = world.company(&format!("acme-{round}"), &first, 3).await;
        let (_, two) = world.colleague(&one, &format!("second-{round}@acme.test"), Role::Owner).await;
        let stepping = [one, two].map(|scope| async move {
            let id = scope.member().unwrap();
            change!(scope, NOW, |tx| tx.change_role(id, Role::Admin).await?).unwrap()
        });
        let mut answers = all(stepping).await;
        answers.sort_by_key(|answer| *answer == ChangeRole::LastOwner);
        assert_eq!(answers, [ChangeRole::Changed { from: Role::Owner }, ChangeRole::LastOwner]);
    }
    world.assert_counters_are_counts().await;
}

async fn viewers_sit_for_nothing_where_the_plan_says_so(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 2, true).await;
    for n in 0..5 {
        world.colleague(&acme, &format!("viewer{n}@acme.test"), Role::Viewer).await;
    }
    world.invite(&acme, "viewer5@acme.test", Role::Viewer).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 }, "neither held nor billed");
    world.colleague(&acme, "member@acme.test", Role::Member).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    let (_, full) = world.invite(&acme, "another@acme.test", Role::Member).await;
    let count = SeatCount { active: 2, reserved: 0 };
    assert_eq!(full, store::AddInvitation::SeatsFull(SeatsFull { cap: 2, count }));
    world.colleague(&acme, "viewer6@acme.test", Role::Viewer).await;
    let free = look!(acme, |tx| tx.members().await?).unwrap();
    assert_eq!(free.iter().filter(|member| !member.seated).count(), 6);
    world.assert_counters_are_counts().await;
}

async fn of_many_viewers_who_become_members_one_gets_the_last_seat(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 2, true).await;
    let mut viewers = Vec::new();
    for n in 0..20 {
        viewers.push(world.colleague(&acme, &format!("viewer{n}@acme.test"), Role::Viewer).await.1.member().unwrap());
    }
    let racers = viewers.into_iter().map(|id| {
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.change_role(id, Role::Member).await?).unwrap() }
    });
    let answers = all(racers).await;
    let changed = ChangeRole::Changed { from: Role::Viewer };
    assert_eq!(answers.iter().filter(|answer| **answer == changed).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, ChangeRole::SeatsFull(_))).count(), 19);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    world.assert_counters_are_counts().await;
}

async fn a_suspended_viewer_who_becomes_a_member_asks_for_the_seat_when_they_come_back(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 1, true).await;
    let (_, viewer) = world.colleague(&acme, "viewer@acme.test", Role::Viewer).await;
    let id = viewer.member().unwrap();
    suspend(&acme, id).await;
    let changed = change!(acme, NOW, |tx| tx.change_role(id, Role::Member).await?).unwrap();
    assert_eq!(changed, ChangeRole::Changed { from: Role::Viewer });
    world.assert_counters_are_counts().await;
    assert!(matches!(reactivate(&acme, id).await, Reactivate::SeatsFull(SeatsFull { cap: 1, .. })));
    change!(acme, NOW, |tx| tx.change_role(id, Role::Viewer).await?).unwrap();
    assert_eq!(reactivate(&acme, id).await, Reactivate::Reactivated { role: Role::Viewer });
    world.assert_counters_are_counts().await;
}

async fn a_role_change_at_the_cap_takes_nobodys_seat(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    for (from, to) in [(Role::Member, Role::Owner), (Role::Owner, Role::Viewer), (Role::Viewer, Role::Admin)] {
        let changed = change!(acme, NOW, |tx| tx.change_role(id, to).await?).unwrap();
        assert_eq!(changed, ChangeRole::Changed { from });
        assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    }
    world.assert_counters_are_counts().await;
}

async fn a_pending_invitations_new_role_needs_no_free_seat(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    let changed = change!(acme, NOW, |tx| tx.change_invitation_role(id, Role::Admin).await?).unwrap();
    assert_eq!(changed, ChangeInvitation::Changed { from: Role::Member });
    let same = change!(acme, NOW, |tx| tx.change_invitation_role(id, Role::Admin).await?).unwrap();
    assert_eq!(same, ChangeInvitation::Same);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 1 });
    let person = world.person("second@acme.test").await;
    world.accept(&acme, id, person.user, Role::Admin).await;
    let used = change!(acme, NOW, |tx| tx.change_invitation_role(id, Role::Viewer).await?).unwrap();
    assert_eq!(used, ChangeInvitation::NotPending);
    world.assert_counters_are_counts().await;
}

async fn a_viewers_invitation_that_becomes_a_members_takes_a_seat(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 2, true).await;
    let mut pending = Vec::new();
    for n in 0..10 {
        pending.push(world.invite(&acme, &format!("viewer{n}@acme.test"), Role::Viewer).await.0);
    }
    let racers = pending.into_iter().map(|id| {
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.change_invitation_role(id, Role::Member).await?).unwrap() }
    });
    let answers = all(racers).await;
    let changed = ChangeInvitation::Changed { from: Role::Viewer };
    assert_eq!(answers.iter().filter(|answer| **answer == changed).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, ChangeInvitation::SeatsFull(_))).count(), 9);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 1 });
    world.assert_counters_are_counts().await;
}

async fn who_accepts_gets_the_role_that_the_invitation_has_now(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Admin).await;
    change!(acme, NOW, |tx| tx.change_invitation_role(id, Role::Viewer).await?).unwrap();
    let person = world.person("second@acme.test").await;
    // Who accepts has seen the older role.
    let (member, joined) = world.accept(&acme, id, person.user, Role::Admin).await;
    assert_eq!(joined, Accept::Joined { role: Role::Viewer });
    assert_eq!(look!(acme, |tx| tx.member(member).await?).unwrap().unwrap().role, Role::Viewer);
}

async fn ownership_is_handed_over_and_never_lost(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (from, to) = (acme.member().unwrap(), second.member().unwrap());
    let done = change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap();
    assert_eq!(done, Transfer::Done);
    let roles = look!(acme, |tx| tx.members().await?).unwrap();
    let roles: Vec<_> = roles.into_iter().map(|member| (member.id, member.role)).collect();
    assert_eq!(roles, [(to, Role::Owner), (from, Role::Admin)]);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    world.assert_counters_are_counts().await;
    // Who is no owner any more has nothing to hand over.
    let again = change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap();
    assert_eq!(again, Transfer::NotThere);
}

async fn an_owner_hands_over_to_one_heir_only(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    let from = acme.member().unwrap();
    let mut heirs = Vec::new();
    for n in 0..10 {
        heirs.push(world.colleague(&acme, &format!("heir{n}@acme.test"), Role::Member).await.1.member().unwrap());
    }
    let racers = heirs.into_iter().map(|to| {
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap() }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Transfer::Done).count(), 1);
    assert_eq!(look!(acme, |tx| tx.owners().await?).unwrap().len(), 1);
    world.assert_counters_are_counts().await;
}

async fn nothing_is_handed_to_who_rests_or_is_not_there(world: &World) {
    let acme = world.acme().await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (from, to, nobody) = (acme.member().unwrap(), second.member().unwrap(), world.member());
    suspend(&acme, to).await;
    for (to, answer) in [(to, Transfer::Suspended), (nobody, Transfer::NotThere), (from, Transfer::NotThere)] {
        assert_eq!(change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap(), answer);
    }
    world.assert_counters_are_counts().await;
}

async fn a_viewer_who_inherits_takes_a_seat(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 1, true).await;
    let (_, viewer) = world.colleague(&acme, "viewer@acme.test", Role::Viewer).await;
    let (from, to) = (acme.member().unwrap(), viewer.member().unwrap());
    let full = change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap();
    assert!(matches!(full, Transfer::SeatsFull(SeatsFull { cap: 1, .. })), "{full:?}");
    set_plan(&acme, 2, true).await;
    assert_eq!(change!(acme, NOW, |tx| tx.transfer_ownership(from, to).await?).unwrap(), Transfer::Done);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    world.assert_counters_are_counts().await;
}
