//! Invitations: one for an address, each ends once, their time is over when it is over.

use domain::{Role, Timestamp};
use std::time::Duration;
use store::{Accept, AddInvitation, Dropped, InvitationStatus, NewMember, StoreError, Visit};

use crate::world::{NOW, WEEK, World, all, change, look};

both_engines! {
    an_address_waits_once,
    a_members_address_is_not_invited,
    the_same_address_written_otherwise_is_the_same,
    an_expired_invitation_is_not_accepted_and_its_seat_is_free,
    expired_invitations_are_found_and_freed_once,
    a_used_or_cancelled_invitation_is_not_pending,
    who_is_in_already_does_not_join_twice,
    a_link_opens_the_organization_it_names,
    an_invitation_by_usher_itself_comes_from_the_first_owner,
}

fn after_a_week() -> Timestamp {
    NOW.plus(WEEK).plus(Duration::from_secs(1))
}

async fn an_address_waits_once(world: &World) {
    let acme = world.acme().await;
    let racers = (0..20).map(|_| {
        let new = world.new_invitation("second@acme.test", Role::Member);
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap() }
    });
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|one| **one == AddInvitation::Added).count(), 1);
    assert_eq!(answers.iter().filter(|one| **one == AddInvitation::AlreadyInvited).count(), 19);
    world.assert_counters_are_counts().await;
}

async fn a_members_address_is_not_invited(world: &World) {
    let acme = world.acme().await;
    assert_eq!(world.invite(&acme, "owner@acme.test", Role::Member).await.1, AddInvitation::AlreadyMember);
    // Also when no seat is free: it is the better answer.
    world.invite(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    assert_eq!(world.invite(&acme, "Owner@ACME.test", Role::Member).await.1, AddInvitation::AlreadyMember);
    assert_eq!(world.invite(&acme, "Second@acme.test", Role::Member).await.1, AddInvitation::AlreadyInvited);
    world.assert_counters_are_counts().await;
}

async fn the_same_address_written_otherwise_is_the_same(world: &World) {
    let acme = world.acme().await;
    assert_eq!(world.invite(&acme, "Second@ACME.test", Role::Member).await.1, AddInvitation::Added);
    assert_eq!(world.invite(&acme, "second@acme.test", Role::Member).await.1, AddInvitation::AlreadyInvited);
    let shown = look!(acme, |tx| tx.invitations().await?).unwrap();
    assert_eq!(shown[0].email.as_str(), "Second@ACME.test");
    assert_eq!(shown[0].invited_by.as_str(), "owner@acme.test");
}

async fn an_expired_invitation_is_not_accepted_and_its_seat_is_free(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    let second = world.person("second@acme.test").await;
    let new = NewMember { id: world.member(), user: second.user, role: Role::Member };
    let late = change!(acme, NOW.plus(WEEK), |tx| tx.accept_invitation(id, &new).await?).unwrap();
    assert_eq!(late, Accept::NotPending);
    // Nobody has come by to free the seats yet: whoever wants one does it.
    let again = world.new_invitation("second@acme.test", Role::Member);
    let added = change!(acme, after_a_week(), |tx| tx.add_invitation(&again).await?).unwrap();
    assert_eq!(added, AddInvitation::Added);
    let seats = look!(acme, |tx| tx.organization().await?.seats).unwrap();
    assert_eq!((seats.active, seats.reserved), (1, 1));
    world.assert_counters_are_counts().await;
}

async fn expired_invitations_are_found_and_freed_once(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    let system = world.store.system();
    assert_eq!(system.expired_invitations(NOW, 10).await.unwrap(), []);
    assert!(!change!(acme, NOW, |tx| tx.drop_invitation(id, Dropped::Expired).await?).unwrap(), "not over yet");
    let found = system.expired_invitations(after_a_week(), 10).await.unwrap();
    assert_eq!(found, [(acme.org(), id)]);
    let worker = system.act_for(acme.org(), "its time is over").await.unwrap();
    assert!(change!(worker, after_a_week(), |tx| tx.drop_invitation(id, Dropped::Expired).await?).unwrap());
    assert!(!change!(worker, after_a_week(), |tx| tx.drop_invitation(id, Dropped::Expired).await?).unwrap());
    assert_eq!(system.expired_invitations(after_a_week(), 10).await.unwrap(), []);
    world.assert_counters_are_counts().await;
}

async fn a_used_or_cancelled_invitation_is_not_pending(world: &World) {
    let acme = world.acme().await;
    let second = world.person("second@acme.test").await;
    let third = world.person("third@acme.test").await;
    let (used, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    assert_eq!(world.accept(&acme, used, second.user, Role::Member).await.1, Accept::Joined { role: Role::Member });
    assert_eq!(world.accept(&acme, used, third.user, Role::Member).await.1, Accept::NotPending);
    assert!(!change!(acme, NOW, |tx| tx.drop_invitation(used, Dropped::Cancelled { reason: None }).await?).unwrap());
    let (cancelled, _) = world.invite(&acme, "third@acme.test", Role::Member).await;
    assert!(
        change!(acme, NOW, |tx| tx.drop_invitation(cancelled, Dropped::Cancelled { reason: None }).await?).unwrap()
    );
    assert_eq!(world.accept(&acme, cancelled, third.user, Role::Member).await.1, Accept::NotPending);
    world.assert_counters_are_counts().await;
}

async fn who_is_in_already_does_not_join_twice(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "other@acme.test", Role::Member).await;
    let owner = acme.user().unwrap();
    assert_eq!(world.accept(&acme, id, owner, Role::Member).await.1, Accept::AlreadyMember);
    world.assert_counters_are_counts().await;
}

async fn a_link_opens_the_organization_it_names(world: &World) {
    let acme = world.acme().await;
    let new = world.new_invitation("second@acme.test", Role::Admin);
    let (id, hash) = (new.id, new.token_hash);
    change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap();
    let system = world.store.system();
    let unknown = system.open_by_invitation(world.hash(), Visit::default()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));

    let (scope, state) = system.open_by_invitation(hash, Visit::default()).await.unwrap();
    assert_eq!((scope.org(), scope.role(), scope.member()), (acme.org(), Role::Viewer, None));
    assert_eq!((state.record.id, state.record.role, state.status), (id, Role::Admin, InvitationStatus::Pending));
    assert_eq!((state.organization.as_str(), state.slug.as_str()), ("acme Inc.", "acme"));
    assert_eq!(state.status_at(after_a_week()), InvitationStatus::Expired);

    let second = world.person("second@acme.test").await;
    assert_eq!(world.accept(&scope, id, second.user, Role::Admin).await.1, Accept::Joined { role: Role::Admin });
    let (_, state) = system.open_by_invitation(hash, Visit::default()).await.unwrap();
    assert_eq!(state.status_at(after_a_week()), InvitationStatus::Accepted);
}

async fn an_invitation_by_usher_itself_comes_from_the_first_owner(world: &World) {
    let acme = world.acme().await;
    let system = world.store.system().act_for(acme.org(), "a demo").await.unwrap();
    world.invite(&system, "second@acme.test", Role::Member).await;
    let invitations = look!(acme, |tx| tx.invitations().await?).unwrap();
    assert_eq!(invitations[0].invited_by.as_str(), "owner@acme.test");
}
