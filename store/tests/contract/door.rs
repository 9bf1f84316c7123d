//! A membership opens the door, nothing else does, and what is behind it stays behind it.

use domain::permission::NotPermitted;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId};
use domain::{Interval, Permission, Role};
use std::time::Duration;
use store::{Accept, CloseReason, Command, Dropped, NewMember, Query, RemoveMember, StoreError, TenantRead, TenantTx};

use crate::billing::snapshot;
use crate::world::{Failed, NOW, World, change, look, plan};

both_engines! {
    a_stranger_and_a_missing_organization_look_the_same,
    a_member_finds_what_they_opened,
    a_removed_members_old_scope_is_refused,
    a_permission_is_checked_in_the_transaction,
    ids_of_another_tenant_name_nothing_here,
    usher_itself_needs_an_organization_that_is_there,
    a_member_was_seen_at_most_once_in_five_minutes,
}

struct Invites;

impl Command for Invites {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = Role;
    type Error = Failed;
    async fn run(self, tx: &mut TenantTx) -> Result<Role, Failed> {
        Ok(tx.role())
    }
}

impl Query for Invites {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = Role;
    type Error = Failed;
    async fn run(self, tx: &mut TenantRead) -> Result<Role, Failed> {
        Ok(tx.role())
    }
}

async fn a_stranger_and_a_missing_organization_look_the_same(world: &World) {
    world.acme().await;
    let stranger = world.person("stranger@other.test").await;
    let (theirs, missing) = (world.open(&stranger, "acme").await, world.open(&stranger, "missing").await);
    let (theirs, missing) = (theirs.unwrap_err(), missing.unwrap_err());
    assert!(matches!(theirs, StoreError::NotFound));
    assert_eq!(format!("{theirs:?} {theirs}"), format!("{missing:?} {missing}"));
}

async fn a_member_finds_what_they_opened(world: &World) {
    let acme = world.acme().await;
    assert_eq!((acme.slug().as_str(), acme.name(), acme.role()), ("acme", "acme Inc.", Role::Owner));
    let org = look!(acme, |tx| tx.organization().await?).unwrap();
    assert_eq!((org.id, org.plan, org.seat_limit.cap()), (acme.org(), plan("free"), Some(3)));
    assert_eq!((org.domain.unwrap().as_str(), org.created_at, org.customer), ("acme.test", NOW, None));
    world.colleague(&acme, "b@acme.test", Role::Viewer).await;
    world.colleague(&acme, "a@acme.test", Role::Owner).await;
    let members = look!(acme, |tx| tx.members().await?).unwrap();
    let order: Vec<_> = members.iter().map(|member| member.email.as_str()).collect();
    assert_eq!(order, ["owner@acme.test", "a@acme.test", "b@acme.test"]);
}

async fn a_removed_members_old_scope_is_refused(world: &World) {
    let acme = world.acme().await;
    let (person, theirs) = world.colleague(&acme, "second@acme.test", Role::Admin).await;
    let id = theirs.member().unwrap();
    change!(acme, NOW, |tx| tx.remove_member(id).await?).unwrap();
    let wrote = theirs.execute(Invites, NOW).await;
    assert!(matches!(wrote, Err(Failed::Store(StoreError::NotFound))), "{wrote:?}");
    let read = theirs.read(Invites).await;
    assert!(matches!(read, Err(Failed::Store(StoreError::NotFound))), "{read:?}");
    assert!(matches!(world.open(&person, "acme").await, Err(StoreError::NotFound)));
}

async fn a_permission_is_checked_in_the_transaction(world: &World) {
    let acme = world.acme().await;
    let (_, viewer) = world.colleague(&acme, "second@acme.test", Role::Viewer).await;
    let no = NotPermitted { role: Role::Viewer, permission: Permission::MemberInvite };
    assert_eq!(viewer.may(Permission::MemberInvite), Err(no));
    assert!(matches!(viewer.execute(Invites, NOW).await, Err(Failed::NotPermitted(found)) if found == no));
    assert!(matches!(viewer.read(Invites).await, Err(Failed::NotPermitted(found)) if found == no));
    // The role that counts is the one of now, not the one that opened the door.
    world.takes("update members set role = 'admin' where role = 'viewer'").await.unwrap();
    assert_eq!(viewer.execute(Invites, NOW).await.unwrap(), Role::Admin);
}

async fn ids_of_another_tenant_name_nothing_here(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    let (_, their_second) = world.colleague(&other, "second@other.test", Role::Member).await;
    let their_member = their_second.member().unwrap();
    let (their_invitation, _) = world.invite(&other, "third@other.test", Role::Member).await;
    let customer = ProviderCustomerId("cus_other".to_owned());
    let theirs = snapshot("sub_other", "active", NOW);
    change!(other, NOW, |tx| {
        tx.set_customer(&customer).await?;
        tx.apply_subscription(&theirs).await?;
        tx.start_checkout("chk_other", &plan("team"), Interval::Month, domain::Currency::USD, 1, NOW).await?;
    })
    .unwrap();

    assert_eq!(look!(acme, |tx| tx.member(their_member).await?).unwrap(), None);
    assert_eq!(look!(acme, |tx| tx.invitations().await?).unwrap(), []);
    assert_eq!(look!(acme, |tx| tx.members().await?).unwrap().len(), 1);
    assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap(), None);
    assert_eq!(look!(acme, |tx| tx.subscription_by_id(&snapshot("sub_other", "active", NOW).id).await?).unwrap(), None);
    assert_eq!(look!(acme, |tx| tx.open_checkout().await?).unwrap(), None);
    assert_eq!(change!(acme, NOW, |tx| tx.remove_member(their_member).await?).unwrap(), RemoveMember::NotThere);
    assert!(
        !change!(acme, NOW, |tx| tx.drop_invitation(their_invitation, Dropped::Cancelled { reason: None }).await?)
            .unwrap()
    );
    let new = NewMember { id: world.member(), user: world.person("x@acme.test").await.user, role: Role::Owner };
    let accepted = change!(acme, NOW, |tx| tx.accept_invitation(their_invitation, &new).await?).unwrap();
    assert_eq!(accepted, Accept::NotPending);
    assert!(!change!(acme, NOW, |tx| tx.close_checkout("chk_other", CloseReason::Cancelled).await?).unwrap());
    let page = ProviderCheckoutId("cs_x".to_owned());
    let noted = change!(acme, NOW, |tx| tx.record_checkout("chk_other", &page, "https://x", NOW).await?);
    assert!(matches!(noted, Err(Failed::Store(StoreError::NotFound))));
    let stolen = snapshot("sub_other", "canceled", NOW.plus(Duration::from_secs(9)));
    let applied = change!(acme, NOW, |tx| tx.apply_subscription(&stolen).await?);
    assert!(matches!(applied, Err(Failed::Store(StoreError::Inconsistent { .. }))), "{applied:?}");
    let customer = ProviderCustomerId("cus_other".to_owned());
    let set = change!(acme, NOW, |tx| tx.set_customer(&customer).await?);
    assert!(matches!(set, Err(Failed::Store(StoreError::Inconsistent { .. }))), "{set:?}");

    let kept = look!(other, |tx| (tx.subscription().await?, tx.open_checkout().await?, tx.members().await?)).unwrap();
    assert_eq!(kept.0.unwrap().status.as_str(), "active");
    assert_eq!(kept.1.unwrap().provider_id, None);
    assert_eq!(kept.2.len(), 2);
    world.assert_counters_are_counts().await;
}

async fn usher_itself_needs_an_organization_that_is_there(world: &World) {
    let acme = world.acme().await;
    let system = world.store.system();
    assert!(matches!(system.act_for(world.org(), "a test").await, Err(StoreError::NotFound)));
    let scope = system.act_for(acme.org(), "a test").await.unwrap();
    assert_eq!((scope.role(), scope.member(), scope.user()), (Role::Owner, None, None));
    assert_eq!(scope.execute(Invites, NOW).await.unwrap(), Role::Owner);
}

async fn a_member_was_seen_at_most_once_in_five_minutes(world: &World) {
    let acme = world.acme().await;
    let owner = look!(acme, |tx| tx.members().await?).unwrap().remove(0);
    assert_eq!(owner.last_seen_at, Some(NOW));
    let person = crate::world::Person { user: owner.user, email: owner.email.clone() };
    acme.seen(NOW.plus(Duration::from_secs(299))).await.unwrap();
    assert_eq!(look!(acme, |tx| tx.members().await?).unwrap()[0].last_seen_at, Some(NOW));
    let later = NOW.plus(Duration::from_mins(5));
    acme.seen(later).await.unwrap();
    let again = world.open(&person, "acme").await.unwrap();
    assert_eq!(look!(again, |tx| tx.members().await?).unwrap()[0].last_seen_at, Some(later));
}
