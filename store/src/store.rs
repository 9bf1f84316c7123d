//! The store as a whole: connect, migrate, be ready, open the two doors.

use std::fmt;

use domain::Rollout;

use crate::StoreError;
use crate::engine::Db;
use crate::system::System;

/// A database of Usher's. Clones share the same connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) rollout: Rollout,
}

impl Store {
    /// Connects to `sqlite://path/to/file.db` (made with its folder when missing) or to `postgres://…`.
    ///
    /// Does not migrate. An address of another kind is [`StoreError::Inconsistent`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self { db: Db::connect(url).await?, rollout: Rollout::default() })
    }

    /// For whom the gates say no: everybody, unless the operator has set it otherwise.
    #[must_use]
    pub fn rolled_out(mut self, rollout: Rollout) -> Self {
        self.rollout = rollout;
        self
    }

    /// For whom the gates say no.
    pub fn rollout(&self) -> Rollout {
        self.rollout
    }

    /// Brings the schema to this binary's version. Does nothing when it is there already.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.db.migrate().await?;
        self.system().adopt_slugs().await?;
        self.adopt_audit_lines().await
    }

    /// Whether the database answers and is migrated to this binary's version.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.db.ready().await
    }

    /// Waits for what is running and closes all connections.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The few statements that look across tenants.
    pub fn system(&self) -> System<'_> {
        System { store: self }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.db {
            Db::Sqlite { .. } => "Store(SQLite)",
            Db::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}
