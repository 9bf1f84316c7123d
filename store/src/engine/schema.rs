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
pub(crate) const FILES: [(i64, &str, &str); 4] = migrations! {
    1 "0001_accounts.sql";
    2 "0002_organizations.sql";
    3 "0003_billing.sql";
    4 "0004_queues.sql";
};

pub(crate) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(FILES.into_iter().map(migration).collect())
});

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn every_file_of_the_folder_is_a_migration_and_no_other() {
        let mut folder: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations"))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        folder.sort();
        let listed: Vec<&str> = FILES.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(folder, listed);
        for (version, name, _) in FILES {
            assert!(name.starts_with(&format!("{version:04}_")), "{name} is version {version}");
        }
    }
}
