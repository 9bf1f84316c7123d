//! Roles, removing, leaving.

use domain::view::TeamQuery;
use service::Error;

use crate::stand::{Stand, code};

claims! {
    nobody_grants_or_removes_a_role_above_their_own;
    members_and_viewers_manage_nobody;
    a_removed_member_is_out_at_once;
    the_last_owner_stays;
    of_two_owners_who_leave_at_once_one_stays;
    removing_twice_frees_one_seat;
    who_leaves_is_not_billed;
}

async fn nobody_grants_or_removes_a_role_above_their_own(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    assert_eq!(code(stand.invite_as(&admin, "third@acme.test", "owner").await), "role-above");
    let team = stand.team(&admin).await;
    let owners = team.members.iter().find(|member| member.email == owner.email).unwrap();
    assert_eq!(code(service::remove_member(&stand.s, &admin, "acme", owners.id).await), "role-above");
    assert_eq!(team.grantable.len(), 3, "admin, member, viewer");
    assert!(stand.invite_as(&admin, "third@acme.test", "admin").await.is_ok());
}

async fn members_and_viewers_manage_nobody(stand: Stand) {
    let owner = stand.acme().await;
    for role in ["member", "viewer"] {
        let email = format!("{role}@acme.test");
        let caller = stand.join(&owner, &email, role).await;
        assert!(matches!(stand.invite(&caller, "x@acme.test").await, Err(Error::Forbidden(_))));
        assert!(matches!(stand.start(&caller, "all_access", "year", 3).await, Err(Error::Forbidden(_))));
        assert!(matches!(service::abandon_checkout(&stand.s, &caller, "acme").await, Err(Error::Forbidden(_))));
        assert!(matches!(service::finish_checkout(&stand.s, &caller, "acme", "cs_0").await, Err(Error::Forbidden(_))));
        let team = stand.team(&caller).await;
        assert!(team.grantable.is_empty());
        let first = team.members[0].id;
        assert!(matches!(service::remove_member(&stand.s, &caller, "acme", first).await, Err(Error::Forbidden(_))));
        assert_eq!(
            stand.billing(&caller).await.owners,
            std::slice::from_ref(&owner.email),
            "but they learn whom to ask"
        );
        service::leave(&stand.s, &caller, "acme").await.unwrap();
    }
}

async fn a_removed_member_is_out_at_once(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    let id = stand.team(&owner).await.members.iter().find(|member| member.email == second.email).unwrap().id;
    service::remove_member(&stand.s, &owner, "acme", id).await.unwrap();
    assert!(matches!(service::team(&stand.s, &second, "acme", TeamQuery::default()).await, Err(Error::NotFound)));
    assert!(matches!(stand.invite(&second, "x@acme.test").await, Err(Error::NotFound)));
    assert!(service::organizations(&stand.s, &second).await.unwrap().is_empty());
    assert_eq!(stand.seats(&owner).await, (1, 0));
    stand.invite(&owner, "second@acme.test").await.unwrap();
}

async fn the_last_owner_stays(stand: Stand) {
    let owner = stand.acme().await;
    assert_eq!(code(service::leave(&stand.s, &owner, "acme").await), "last-owner");
    let me = stand.team(&owner).await.members[0].id;
    assert_eq!(code(service::remove_member(&stand.s, &owner, "acme", me).await), "last-owner");
    assert_eq!(stand.seats(&owner).await, (1, 0));
}

async fn of_two_owners_who_leave_at_once_one_stays(stand: Stand) {
    let one = stand.acme().await;
    let two = stand.join(&one, "two@acme.test", "owner").await;
    let (first, second) = tokio::join!(service::leave(&stand.s, &one, "acme"), service::leave(&stand.s, &two, "acme"));
    assert_eq!([first.is_ok(), second.is_ok()].into_iter().filter(|left| *left).count(), 1);
    let stays = if first.is_ok() { &two } else { &one };
    assert_eq!(stand.seats(stays).await, (1, 0));
}

async fn removing_twice_frees_one_seat(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.join(&owner, "third@acme.test", "member").await;
    let id = stand.team(&owner).await.members[2].id;
    let remove = || service::remove_member(&stand.s, &owner, "acme", id);
    let both = futures::future::join_all([remove(), remove()]).await;
    assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(stand.seats(&owner).await, (2, 0));
}

async fn who_leaves_is_not_billed(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
    service::leave(&stand.s, &second, "acme").await.unwrap();
    assert!(stand.billing(&owner).await.seat_change_pending);
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1);
    assert!(!stand.billing(&owner).await.seat_change_pending);
}
