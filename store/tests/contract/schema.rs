//! The schema: applied once, known when missing, and itself a guard.

use store::{AuditEntry, Store, StoreError};

use crate::world::{NOW, World, change};

both_engines! {
    migrations_may_run_again,
    nodes_that_start_together_migrate_once,
    a_counter_never_goes_below_nothing,
    an_organization_never_has_no_owner,
    a_row_cannot_point_into_another_tenant,
}

#[tokio::test]
async fn sqlite_is_not_ready_before_it_is_migrated() {
    not_ready_before_migrating(&World::sqlite_unmigrated().await).await;
}

#[tokio::test]
async fn postgres_is_not_ready_before_it_is_migrated() {
    not_ready_before_migrating(&World::postgres_unmigrated().await).await;
}

async fn not_ready_before_migrating(world: &World) {
    world.store.ready().await.unwrap_err();
    world.store.migrate().await.unwrap();
    world.store.ready().await.unwrap();
    // A migration that this binary knows and the database does not.
    let latest = "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
    world.takes(latest).await.unwrap();
    let missing = world.store.ready().await.unwrap_err();
    assert!(matches!(missing, StoreError::Inconsistent { what: "schema", .. }), "{missing:?}");
    world.store.close().await;
    assert!(matches!(world.store.ready().await, Err(StoreError::Driver(_))));
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_repeating_it() {
    let no = Store::connect("mysql://root:secret@localhost/usher").await.unwrap_err();
    assert!(!format!("{no} {no:?}").contains("secret"));
    assert!(matches!(no, StoreError::Inconsistent { .. }));
}

async fn migrations_may_run_again(world: &World) {
    world.store.migrate().await.unwrap();
    world.store.ready().await.unwrap();
}

async fn nodes_that_start_together_migrate_once(world: &World) {
    let nodes = (0..4).map(|_| {
        let store = world.store.clone();
        async move { store.migrate().await.unwrap() }
    });
    crate::world::all(nodes).await;
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations")).unwrap().count();
    assert_eq!(usize::try_from(world.number("select count(*) from _sqlx_migrations").await).unwrap(), files);
}

async fn a_counter_never_goes_below_nothing(world: &World) {
    world.acme().await;
    world.takes("update organizations set seats_reserved = -1").await.unwrap_err();
    world.takes("update organizations set seats_active = 0").await.unwrap_err();
    world.takes("update organizations set seat_cap = 0").await.unwrap_err();
}

async fn an_organization_never_has_no_owner(world: &World) {
    world.acme().await;
    world.takes("update organizations set owners = 0").await.unwrap_err();
}

async fn a_row_cannot_point_into_another_tenant(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    world.company("other", &other_owner, 3).await;
    world.invite(&acme, "second@acme.test", domain::Role::Member).await;
    world
        .takes(
            "update invitations
             set accepted_at = 1,
                 accepted_as = (select members.id
                                from members join organizations on organizations.tenant_id = members.tenant_id
                                where slug = 'other')",
        )
        .await
        .unwrap_err();
}

#[tokio::test]
async fn on_postgres_a_forgotten_tenant_still_finds_only_ones_own_rows() {
    let world = World::postgres().await;
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    world.company("other", &other_owner, 3).await;
    let forgetful = "select count(*) from members";
    assert_eq!(world.number(forgetful).await, 2, "without a tenant, for `system`");
    assert_eq!(world.number_as(acme.org(), forgetful).await, 1);
    assert_eq!(world.number_as(world.org(), forgetful).await, 0);
    let unguarded = "select count(*)
                     from information_schema.columns
                          join pg_class on pg_class.oid = cast(quote_ident(columns.table_name) as regclass)
                     where columns.table_schema = current_schema() and columns.column_name = 'tenant_id'
                       and not (relrowsecurity and relforcerowsecurity)";
    assert_eq!(world.number(unguarded).await, 0);
    assert_eq!(world.number("select count(*) from pg_policies where policyname = 'one_tenant'").await, 23);
    // As the owner of the tables, not as somebody whom the wall does not hold.
    let above = "select count(*) from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)";
    assert_eq!(world.number(above).await, 0, "the tests need a role that may make databases and is no superuser");
}

#[tokio::test]
async fn on_postgres_every_transaction_of_a_tenant_names_it() {
    let world = World::postgres().await;
    let acme = world.acme().await;
    world
        .takes(
            "create function spy() returns trigger language plpgsql as $$
             begin
                 new.ip := current_setting('usher.tenant', true);
                 return new;
             end
             $$;
             create trigger spy before insert on audit_log for each row execute function spy();",
        )
        .await
        .unwrap();
    let id = world.audit();
    let entry = AuditEntry { action: "test", entity: "spy".to_owned(), before: None, after: None };
    change!(acme, NOW, |tx| tx.audit(id, &entry).await?).unwrap();
    let told = world.texts("select ip from audit_log where entity = 'spy'").await;
    assert_eq!(told, [Some(acme.org().to_string())]);
    // The next one who gets this connection is nobody's.
    let left = world.texts("select coalesce(current_setting('usher.tenant', true), '')").await;
    assert_eq!(left, [Some(String::new())]);
}
