//! People, sessions, slugs.

use std::time::Duration;

use store::{CreateOrganization, CreateUser, NewUser, Visit};

use crate::world::{NOW, World, all, change};

both_engines! {
    an_address_has_one_account,
    twenty_sign_ups_with_one_address_make_one_account,
    an_account_made_in_a_transaction_goes_with_it,
    a_slug_is_given_once,
    a_taken_slug_leaves_nothing_behind,
    a_session_lasts_until_it_is_over_or_ended,
    a_session_is_touched_once_a_minute,
    one_sees_the_organizations_one_is_in,
    a_password_hash_is_never_shown,
}

fn new_user(world: &World, email: &str) -> NewUser {
    NewUser { id: world.user(), email: email.parse().unwrap(), password_hash: "$argon2id$secret".to_owned() }
}

async fn an_address_has_one_account(world: &World) {
    let system = world.store.system();
    let first = new_user(world, "Owner@ACME.test");
    assert_eq!(system.create_user(&first, NOW).await.unwrap(), CreateUser::Created);
    assert_eq!(system.create_user(&new_user(world, "owner@acme.TEST"), NOW).await.unwrap(), CreateUser::Taken);
    let found = system.user_by_email(&"oWNER@acme.test".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.id, found.email.as_str()), (first.id, "Owner@ACME.test"));
    assert_eq!(found.password_hash, "$argon2id$secret");
    assert!(system.user_by_email(&"nobody@acme.test".parse().unwrap()).await.unwrap().is_none());
}

async fn twenty_sign_ups_with_one_address_make_one_account(world: &World) {
    let racers = (0..20).map(|_| {
        let (store, new) = (world.store.clone(), new_user(world, "owner@acme.test"));
        async move { store.system().create_user(&new, NOW).await.unwrap() }
    });
    assert_eq!(all(racers).await.into_iter().filter(|made| *made == CreateUser::Created).count(), 1);
}

async fn an_account_made_in_a_transaction_goes_with_it(world: &World) {
    let acme = world.acme().await;
    let lost = new_user(world, "second@acme.test");
    let failed: Result<(), _> = crate::world::transaction(&acme, NOW, move |tx| {
        Box::pin(async move {
            assert_eq!(tx.create_user(&lost).await?, CreateUser::Created);
            Err(crate::world::Failed::OnPurpose)
        })
    })
    .await;
    failed.unwrap_err();
    assert!(world.store.system().user_by_email(&"second@acme.test".parse().unwrap()).await.unwrap().is_none());
    let kept = new_user(world, "second@acme.test");
    assert_eq!(change!(acme, NOW, |tx| tx.create_user(&kept).await?).unwrap(), CreateUser::Created);
    let again = new_user(world, "second@acme.test");
    assert_eq!(change!(acme, NOW, |tx| tx.create_user(&again).await?).unwrap(), CreateUser::Taken);
}

async fn a_slug_is_given_once(world: &World) {
    let owner = world.person("owner@acme.test").await;
    let racers = (0..20).map(|_| {
        let (store, new) = (world.store.clone(), world.new_organization("acme", &owner, 3));
        async move { store.system().create_organization(&new, &Visit::default(), NOW).await.unwrap() }
    });
    let made = all(racers).await;
    assert_eq!(made.iter().filter(|one| **one == CreateOrganization::Created).count(), 1);
    assert_eq!(made.iter().filter(|one| **one == CreateOrganization::SlugTaken).count(), 19);
    world.assert_counters_are_counts().await;
}

async fn a_taken_slug_leaves_nothing_behind(world: &World) {
    world.acme().await;
    let other = world.person("owner@other.test").await;
    let new = world.new_organization("acme", &other, 3);
    let made = world.store.system().create_organization(&new, &Visit::default(), NOW).await.unwrap();
    assert_eq!(made, CreateOrganization::SlugTaken);
    assert_eq!(world.number("select count(*) from members").await, 1);
    assert_eq!(world.number("select count(*) from audit_log").await, 1);
}

async fn a_session_lasts_until_it_is_over_or_ended(world: &World) {
    let owner = world.person("owner@acme.test").await;
    let system = world.store.system();
    let (id, hash, over) = (world.session(), world.hash(), NOW.plus(Duration::from_hours(1)));
    let visit = Visit { ip: Some("192.0.2.1".to_owned()), user_agent: Some("ü".repeat(900)) };
    system.create_session(id, owner.user, hash, NOW, over, &visit).await.unwrap();
    let found = system.session(hash, NOW).await.unwrap().unwrap();
    assert_eq!((found.id, found.user, found.email, found.expires_at), (id, owner.user, owner.email, over));
    assert_eq!(system.session(world.hash(), NOW).await.unwrap(), None);
    assert_eq!(system.session(hash, over).await.unwrap(), None);
    assert_eq!(world.number("select cast(length(user_agent) as bigint) from sessions").await, 200);
    system.end_session(hash).await.unwrap();
    assert_eq!(system.session(hash, NOW).await.unwrap(), None);
    system.end_session(hash).await.unwrap();
}

async fn a_session_is_touched_once_a_minute(world: &World) {
    let owner = world.person("owner@acme.test").await;
    let system = world.store.system();
    let hash = world.hash();
    let over = NOW.plus(Duration::from_hours(1));
    system.create_session(world.session(), owner.user, hash, NOW, over, &Visit::default()).await.unwrap();
    for (seconds, seen) in [(59, 0), (60, 60), (119, 60), (120, 120)] {
        system.session(hash, NOW.plus(Duration::from_secs(seconds))).await.unwrap().unwrap();
        let stored = world.number("select last_seen_at from sessions").await;
        assert_eq!(stored, NOW.plus(Duration::from_secs(seen)).micros(), "after {seconds} s");
    }
}

async fn one_sees_the_organizations_one_is_in(world: &World) {
    let owner = world.person("owner@acme.test").await;
    let other = world.person("owner@other.test").await;
    world.company("beta", &owner, 0).await;
    world.company("acme", &owner, 3).await;
    world.company("other", &other, 3).await;
    let mine = world.store.system().organizations_of(owner.user).await.unwrap();
    let slugs: Vec<_> = mine.iter().map(|org| org.slug.as_str()).collect();
    assert_eq!(slugs, ["acme", "beta"]);
    assert_eq!((mine[0].seats.active, mine[0].limit.cap(), mine[1].limit.cap()), (1, Some(3), None));
}

async fn a_password_hash_is_never_shown(world: &World) {
    let new = new_user(world, "owner@acme.test");
    world.store.system().create_user(&new, NOW).await.unwrap();
    let stored = world.store.system().user_by_email(&new.email).await.unwrap().unwrap();
    assert!(!format!("{new:?} {stored:?}").contains("argon2"));
}
