//! The migrations, embedded. One set for both engines; a test says that the list is the folder.

use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

macro_rules! migrations {
    ($($version:literal $name:literal;)+) => {
        [$(($version, $name, include_str!(concat!("../../../migrations/", $name)))),+]
    };
}

/// Version, file and text of each, in order. What has been released is never edited: a new one changes it.
pub(crate) const FILES: [(i64, &str, &str); 10] = migrations! {
    1 "0001_accounts.sql";
    2 "0002_organizations.sql";
    3 "0003_billing.sql";
    4 "0004_queues.sql";
    5 "0005_people.sql";
    6 "0006_subscriptions_and_quotes.sql";
    7 "0007_course.sql";
    8 "0008_invoices.sql";
    9 "0009_truth.sql";
    10 "0010_catalogue.sql";
};

pub(crate) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(FILES.into_iter().map(migration).collect())
});

/// PostgreSQL's second wall: in a transaction that has named its tenant, rows of others are not there, whatever a
/// statement says. Without a name (the statements of `system`) all are. Runs after every migration, finds the tables
/// by their column, and changes only what is missing, because changing a table waits for everybody who uses it.
///
/// Superusers and roles with `bypassrls` see through it: run Usher as the owner of its database and no more.
pub(crate) const SECOND_WALL: &str = "
    do $$
    declare
        tenants_table text;
    begin
        perform pg_advisory_xact_lock(7574673172);
        for tenants_table in
            select columns.table_name
            from information_schema.columns
            where columns.table_schema = current_schema() and columns.column_name = 'tenant_id'
        loop
            if not exists (
                select 1
                from pg_policies
                where schemaname = current_schema() and tablename = tenants_table and policyname = 'one_tenant'
            ) then
                execute format(
                    $policy$
                        create policy one_tenant on %I
                        using (coalesce(current_setting('usher.tenant', true), '') in ('', tenant_id))
                    $policy$,
                    tenants_table
                );
                execute format('alter table %I enable row level security', tenants_table);
                execute format('alter table %I force row level security', tenants_table);
            end if;
        end loop;
    end
    $$";

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn every_file_of_the_folder_is_a_migration_and_no_other() {
        let mut folder: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations"))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| std::path::Path::new(name).extension().is_some_and(|kind| kind == "sql"))
            .collect();
        folder.sort();
        let listed: Vec<&str> = FILES.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(folder, listed);
        for (version, name, _) in FILES {
            assert!(name.starts_with(&format!("{version:04}_")), "{name} is version {version}");
        }
    }
}
