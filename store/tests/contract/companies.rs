//! An organization as a whole: its slugs, its states, its end.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::access::{Deed, NotNow};
use domain::subscription::ProviderCustomerId;
use domain::{Access, Permission, Role, SeatLimit};
use store::{ChangeSlug, Command, CreateOrganization, DeleteOrganization, StoreError, TenantTx, Visit};

use crate::billing::snapshot;
use crate::world::{Failed, NOW, World, change, look, plan};

both_engines! {
    a_slug_that_was_given_up_leads_its_members_on_and_nobody_else,
    a_slug_belongs_to_whoever_had_it_first_also_at_a_creation,
    the_first_slug_stays_the_first_wherever_an_organization_moves,
    an_organization_from_before_the_list_of_slugs_keeps_its_own,
    each_kind_of_deed_is_checked_with_the_state_in_the_transaction,
    usher_itself_keeps_the_books_in_every_state_and_adds_nobody_in_most,
    a_closed_organization_is_closed_at_the_door_and_behind_it,
    the_free_plan_is_chosen_for_what_has_ended,
    what_ended_last_counts_in_whatever_order_it_was_heard_of,
    a_deleted_organization_leaves_a_stone_and_nothing_else,
    nothing_is_deleted_while_something_is_paid,
}

struct Does<const DEED: u8>;

impl<const DEED: u8> Command for Does<DEED> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = match DEED {
        0 => Deed::Grow,
        1 => Deed::Change,
        _ => Deed::Settle,
    };
    type Output = ();
    type Error = Failed;
    async fn run(self, _: &mut TenantTx) -> Result<(), Failed> {
        Ok(())
    }
}

/// A command of somebody who did not think of it.
struct Forgetful;

impl Command for Forgetful {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = ();
    type Error = Failed;
    async fn run(self, _: &mut TenantTx) -> Result<(), Failed> {
        Ok(())
    }
}

fn is_refused(done: &Result<(), Failed>) -> bool {
    match done {
        Ok(()) => false,
        Err(Failed::Store(StoreError::NotNow(NotNow(_)))) => true,
        other => panic!("{other:?}"),
    }
}

async fn a_slug_that_was_given_up_leads_its_members_on_and_nobody_else(world: &World) {
    let acme = world.acme().await;
    let (member, theirs) = world.colleague(&acme, "second@acme.test", Role::Viewer).await;
    let stranger = world.person("stranger@other.test").await;
    let to = "apex".parse().unwrap();
    let moved = change!(acme, NOW, |tx| tx.change_slug(&to).await?).unwrap();
    assert_eq!(moved, ChangeSlug::Changed { from: "acme".parse().unwrap() });
    assert!(matches!(world.open(&member, "acme").await, Err(StoreError::NotFound)));
    assert!(world.open(&member, "apex").await.is_ok());
    let system = world.store.system();
    let old = "acme".parse().unwrap();
    assert_eq!(system.moved_to(member.user, &old).await.unwrap(), Some("apex".parse().unwrap()));
    assert_eq!(system.moved_to(stranger.user, &old).await.unwrap(), None);
    assert_eq!(system.moved_to(member.user, &"apex".parse().unwrap()).await.unwrap(), None, "it is there");
    let id = theirs.member().unwrap();
    change!(acme, NOW, |tx| tx.remove_member(id).await?).unwrap();
    assert_eq!(system.moved_to(member.user, &old).await.unwrap(), None);
    let back = "acme".parse().unwrap();
    change!(acme, NOW, |tx| tx.change_slug(&back).await?).unwrap();
    assert_eq!(look!(acme, |tx| tx.former_slugs().await?).unwrap(), ["apex".parse().unwrap()]);
    assert_eq!(look!(acme, |tx| tx.organization().await?.slug).unwrap().as_str(), "acme");
}

async fn the_first_slug_stays_the_first_wherever_an_organization_moves(world: &World) {
    let acme = world.acme().await;
    assert_eq!(look!(acme, |tx| tx.first_slug().await?).unwrap().as_str(), "acme");
    // Two moves at the very moment of the creation, one by a machine whose clock is behind, and the way back.
    let before = NOW.minus(Duration::from_hours(1));
    for (to, now) in [("aardvark", NOW), ("a-team", before), ("acme", NOW), ("aardvark", NOW)] {
        let there = to.parse().unwrap();
        let moved = change!(acme, now, |tx| tx.change_slug(&there).await?).unwrap();
        assert!(matches!(moved, ChangeSlug::Changed { .. }), "{moved:?}");
        assert_eq!(look!(acme, |tx| tx.first_slug().await?).unwrap().as_str(), "acme", "now at {to}");
    }
}

async fn an_organization_from_before_the_list_of_slugs_keeps_its_own(world: &World) {
    let acme = world.acme().await;
    world.takes("delete from slugs").await.unwrap();
    assert_eq!(look!(acme, |tx| tx.first_slug().await?).unwrap().as_str(), "acme");
    let to = "apex".parse().unwrap();
    change!(acme, NOW, |tx| tx.change_slug(&to).await?).unwrap();
    assert_eq!(look!(acme, |tx| tx.first_slug().await?).unwrap().as_str(), "acme");
    assert_eq!(look!(acme, |tx| tx.former_slugs().await?).unwrap(), ["acme".parse().unwrap()], "it leads on");
    world.takes("delete from slugs").await.unwrap();
    for _ in 0..2 {
        world.store.migrate().await.unwrap();
        assert_eq!(world.texts("select slug from slugs").await, [Some("apex".to_owned())]);
    }
}

async fn a_slug_belongs_to_whoever_had_it_first_also_at_a_creation(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    let to = "apex".parse().unwrap();
    change!(acme, NOW, |tx| tx.change_slug(&to).await?).unwrap();
    for slug in ["acme", "apex"] {
        let to = slug.parse().unwrap();
        assert_eq!(change!(other, NOW, |tx| tx.change_slug(&to).await?).unwrap(), ChangeSlug::Taken, "{slug}");
        let new = world.new_organization(slug, &other_owner, 3);
        let made = world.store.system().create_organization(&new, &Visit::default(), NOW).await.unwrap();
        assert_eq!(made, CreateOrganization::SlugTaken, "{slug}");
    }
    assert_eq!(world.number("select count(*) from organizations").await, 2);
    assert_eq!(look!(other, |tx| tx.organization().await?.slug).unwrap().as_str(), "other");
}

async fn each_kind_of_deed_is_checked_with_the_state_in_the_transaction(world: &World) {
    let acme = world.acme().await;
    let usher = world.store.system().act_for(acme.org(), "a test").await.unwrap();
    for access in [Access::Full, Access::NoGrowth, Access::ReadOnly, Access::Free] {
        change!(usher, NOW, |tx| tx.set_entitlement(&plan("team"), SeatLimit::Unlimited, access, false).await?)
            .unwrap();
        let now = look!(acme, |tx| tx.organization().await?.access).unwrap();
        let refused = [
            is_refused(&acme.execute(Does::<0>, NOW).await),
            is_refused(&acme.execute(Does::<1>, NOW).await),
            is_refused(&acme.execute(Does::<2>, NOW).await),
        ];
        assert_eq!(refused, [Deed::Grow, Deed::Change, Deed::Settle].map(|deed| now.allows(deed).is_err()), "{now:?}");
        assert_eq!(is_refused(&acme.execute(Forgetful, NOW).await), refused[1], "who forgets it changes something");
        assert!(look!(acme, |tx| tx.members().await?).is_ok(), "and everybody may read");
    }
}

async fn usher_itself_keeps_the_books_in_every_state_and_adds_nobody_in_most(world: &World) {
    let acme = world.acme().await;
    let usher = world.store.system().act_for(acme.org(), "a test").await.unwrap();
    for (access, grows) in
        [(Access::Full, true), (Access::Free, true), (Access::NoGrowth, false), (Access::ReadOnly, false)]
    {
        change!(usher, NOW, |tx| tx.set_entitlement(&plan("team"), SeatLimit::Unlimited, access, false).await?)
            .unwrap();
        assert_eq!(is_refused(&usher.execute(Does::<0>, NOW).await), !grows, "{access:?}");
        assert!(!is_refused(&usher.execute(Does::<1>, NOW).await), "{access:?}");
        assert!(!is_refused(&usher.execute(Does::<2>, NOW).await), "{access:?}");
    }
}

async fn a_closed_organization_is_closed_at_the_door_and_behind_it(world: &World) {
    let acme = world.acme().await;
    let (member, inside) = world.colleague(&acme, "second@acme.test", Role::Admin).await;
    let stranger = world.person("stranger@other.test").await;
    let usher = world.store.system().act_for(acme.org(), "operator").await.unwrap();
    change!(usher, NOW, |tx| tx.close_organization("An invoice is disputed.").await?).unwrap();
    let closed = |error: &StoreError| matches!(error, StoreError::Closed { reason } if reason.contains("disputed"));
    assert!(world.open(&member, "acme").await.is_err_and(|error| closed(&error)));
    assert!(matches!(inside.execute(Does::<2>, NOW).await, Err(Failed::Store(error)) if closed(&error)));
    assert!(matches!(look!(inside, |tx| tx.members().await?), Err(Failed::Store(error)) if closed(&error)));
    assert!(matches!(world.open(&stranger, "acme").await, Err(StoreError::NotFound)), "a stranger learns nothing");
    assert!(look!(usher, |tx| tx.members().await?).is_ok(), "Usher goes on");
    assert!(change!(usher, NOW, |tx| tx.reopen_organization().await?).unwrap());
    assert!(!change!(usher, NOW, |tx| tx.reopen_organization().await?).unwrap());
    assert!(world.open(&member, "acme").await.is_ok());
}

async fn the_free_plan_is_chosen_for_what_has_ended(world: &World) {
    let acme = world.acme().await;
    let customer = ProviderCustomerId("cus_1".to_owned());
    let mut first = snapshot("sub_1", "canceled", NOW);
    first.customer = customer.clone();
    // The provider's clock is ahead of ours.
    first.ended_at = Some(NOW.plus(Duration::from_secs(5)));
    let (mut late, mut next) = (first.clone(), first.clone());
    change!(acme, NOW, |tx| {
        tx.set_customer(&customer).await?;
        tx.apply_subscription(&first).await?;
    })
    .unwrap();
    assert!(!look!(acme, |tx| tx.chose_free().await?).unwrap());
    change!(acme, NOW, |tx| tx.choose_free().await?).unwrap();
    assert!(look!(acme, |tx| tx.chose_free().await?).unwrap());
    // Heard of afterwards, ended before.
    "sub_0".clone_into(&mut late.id.0);
    late.ended_at = Some(NOW);
    change!(acme, NOW.plus(Duration::from_hours(1)), |tx| tx.apply_subscription(&late).await?).unwrap();
    assert!(look!(acme, |tx| tx.chose_free().await?).unwrap());
    "sub_2".clone_into(&mut next.id.0);
    next.ended_at = Some(NOW.plus(Duration::from_mins(1)));
    change!(acme, NOW.plus(Duration::from_hours(1)), |tx| tx.apply_subscription(&next).await?).unwrap();
    assert!(!look!(acme, |tx| tx.chose_free().await?).unwrap());
}

async fn what_ended_last_counts_in_whatever_order_it_was_heard_of(world: &World) {
    let acme = world.acme().await;
    let ended = |id: &str, after: u64| {
        let mut one = snapshot(id, "canceled", NOW);
        one.ended_at = Some(NOW.plus(Duration::from_secs(after)));
        one
    };
    let customer = ended("sub_a", 0).customer;
    let (newer, older) = (ended("sub_a", 60), ended("sub_b", 30));
    let (unpaid, begun) = (snapshot("sub_c", "incomplete_expired", NOW), snapshot("sub_d", "incomplete", NOW));
    change!(acme, NOW, |tx| {
        tx.set_customer(&customer).await?;
        tx.apply_subscription(&newer).await?;
    })
    .unwrap();
    for (n, one) in [older, unpaid, begun].into_iter().enumerate() {
        let at = NOW.plus(Duration::from_hours(1 + u64::try_from(n).unwrap()));
        change!(acme, at, |tx| tx.apply_subscription(&one).await?).unwrap();
        assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap().unwrap().id.0, "sub_a");
    }
    let live = snapshot("sub_e", "active", NOW);
    change!(acme, NOW, |tx| tx.apply_subscription(&live).await?).unwrap();
    assert_eq!(look!(acme, |tx| tx.subscription().await?).unwrap().unwrap().id.0, "sub_e");
}

/// Every table with a tenant's rows, from the schema itself.
async fn tenant_tables(world: &World) -> BTreeSet<String> {
    let asked = if format!("{:?}", world.store).contains("SQLite") {
        "select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'tenant_id'
         where m.type = 'table'"
    } else {
        "select cast(table_name as text) from information_schema.columns
         where column_name = 'tenant_id' and table_schema = current_schema()"
    };
    world.texts(asked).await.into_iter().flatten().collect()
}

async fn a_deleted_organization_leaves_a_stone_and_nothing_else(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    let (_, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    let customer = ProviderCustomerId("cus_1".to_owned());
    let mut ended = snapshot("sub_1", "canceled", NOW);
    ended.customer = customer.clone();
    let moved = "apex".parse().unwrap();
    let theirs = customer.clone();
    change!(acme, NOW, |tx| {
        tx.set_customer(&theirs).await?;
        tx.apply_subscription(&ended).await?;
        tx.change_slug(&moved).await?;
    })
    .unwrap();
    let before = world.number("select count(*) from members").await;
    let (org, by) = (acme.org(), acme.user().unwrap());
    assert!(!world.store.system().is_buried(&customer).await.unwrap());
    assert_eq!(change!(acme, NOW, |tx| tx.delete_organization(by).await?).unwrap(), DeleteOrganization::Deleted);

    for table in tenant_tables(world).await {
        let sql = format!("select count(*) from {table} where tenant_id = '{org}'");
        let left = world.number(Box::leak(sql.into_boxed_str())).await;
        assert_eq!(left, i64::from(table == "tombstones"), "{table}");
    }
    assert_eq!(world.number("select count(*) from members").await, before - 2, "others keep theirs");
    assert!(look!(other, |tx| tx.members().await?).is_ok());
    assert!(matches!(second.execute(Does::<2>, NOW).await, Err(Failed::Store(StoreError::NotFound))));
    let system = world.store.system();
    assert!(system.is_buried(&customer).await.unwrap());
    assert_eq!(system.org_by_customer(&customer).await.unwrap(), None);
    let stone = world.texts("select slug || ' ' || customer || ' ' || subscriptions from tombstones").await;
    assert_eq!(stone, [Some(r#"apex cus_1 ["sub_1"]"#.to_owned())]);
}

async fn nothing_is_deleted_while_something_is_paid(world: &World) {
    let acme = world.acme().await;
    let by = acme.user().unwrap();
    let live = snapshot("sub_1", "active", NOW);
    change!(acme, NOW, |tx| {
        tx.set_customer(&live.customer).await?;
        tx.apply_subscription(&live).await?;
    })
    .unwrap();
    for status in ["active", "trialing", "past_due", "unpaid", "paused", "incomplete"] {
        let now = snapshot("sub_1", status, NOW);
        let ended = change!(acme, NOW, |tx| {
            tx.apply_subscription(&now).await?;
            tx.delete_organization(by).await?
        });
        assert_eq!(ended.unwrap(), DeleteOrganization::StillPaid, "{status}");
    }
    let over = snapshot("sub_1", "canceled", NOW.plus(Duration::from_secs(1)));
    change!(acme, NOW, |tx| {
        tx.apply_subscription(&over).await?;
        tx.start_checkout("chk_1", &plan("team"), domain::Interval::Month, domain::Currency::USD, 1, NOW).await?;
    })
    .unwrap();
    let ended = change!(acme, NOW, |tx| tx.delete_organization(by).await?);
    assert_eq!(ended.unwrap(), DeleteOrganization::StillPaid, "a payment page is open");
    assert!(look!(acme, |tx| tx.organization().await?).is_ok());
}
