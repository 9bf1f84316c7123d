//! The two engines behind one face. This file alone asks which one it is.
//!
//! Everything else writes one SQL text and runs it with `on!`, which expands the same body for both native drivers.

mod schema;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use domain::ids::OrgId;
use sqlx::migrate::Migrate;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, raw_sql};

use crate::StoreError;
use schema::{MIGRATIONS, SECOND_WALL};

/// The same thing of one engine or of the other: a pool, a connection, a transaction.
#[derive(Clone)]
pub(crate) enum On<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// Runs one body on whichever engine it is: `on!(executor, |c| query(SQL).bind(x).execute(c).await)`.
macro_rules! on {
    ($executor:expr, |$c:ident| $body:expr) => {
        match $executor {
            $crate::engine::On::Sqlite($c) => $body,
            $crate::engine::On::Postgres($c) => $body,
        }
    };
}

/// A transaction.
pub(crate) type Tx = On<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;
/// What runs a statement inside a transaction.
pub(crate) type Conn<'c> = On<&'c mut SqliteConnection, &'c mut PgConnection>;
/// What runs a single statement outside of any transaction.
pub(crate) type Pool<'p> = On<&'p SqlitePool, &'p PgPool>;

/// A connection that has answered within so long is believed to be there. Asking it each time would be one round trip more
/// for every statement; never asking it would show each restart of the database to as many people as there are connections.
const PROVEN: Duration = Duration::from_secs(1);

/// A database.
#[derive(Clone)]
pub(crate) enum Db {
    /// One writer, because SQLite has one; readers see the last commit and never wait for it.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// One pool for both.
    Postgres(PgPool),
}

impl Db {
    pub(crate) async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres(url).await
        } else {
            // The address itself may carry a password, so it is not repeated.
            Err(StoreError::inconsistent("database address", "it begins with neither sqlite:// nor postgres://"))
        }
    }

    /// For single statements that only read.
    pub(crate) fn reader(&self) -> Pool<'_> {
        match self {
            Self::Sqlite { readers, .. } => On::Sqlite(readers),
            Self::Postgres(pool) => On::Postgres(pool),
        }
    }

    /// For single statements that write.
    pub(crate) fn writer(&self) -> Pool<'_> {
        match self {
            Self::Sqlite { writer, .. } => On::Sqlite(writer),
            Self::Postgres(pool) => On::Postgres(pool),
        }
    }

    /// A transaction that writes. SQLite takes its write lock now, not at the first write: a transaction that has
    /// begun to read never fails because it would have to become a writer.
    pub(crate) async fn begin(&self, tenant: Option<OrgId>) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => On::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => On::Postgres(begin_postgres(pool, "begin", tenant).await?),
        })
    }

    /// A transaction that reads one state of the database, whatever is written meanwhile.
    pub(crate) async fn snapshot(&self, tenant: OrgId) -> Result<Tx, StoreError> {
        const BEGIN: &str = "begin isolation level repeatable read read only";
        Ok(match self {
            Self::Sqlite { readers, .. } => On::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => On::Postgres(begin_postgres(pool, BEGIN, Some(tenant)).await?),
        })
    }

    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
            Self::Postgres(pool) => MIGRATIONS.run(pool).await,
        }
        .map_err(|error| StoreError::Driver(Box::new(error)))?;
        if let Self::Postgres(pool) = self {
            raw_sql(SECOND_WALL).execute(pool).await?;
        }
        Ok(())
    }

    /// Whether every migration that this binary knows has been applied, as it knows it.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        let applied = match self {
            Self::Sqlite { readers, .. } => {
                let mut connection = readers.acquire().await?;
                connection.list_applied_migrations(&MIGRATIONS.table_name).await
            }
            Self::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                connection.list_applied_migrations(&MIGRATIONS.table_name).await
            }
        }
        .map_err(|error| StoreError::Driver(Box::new(error)))?;
        let missing = MIGRATIONS
            .iter()
            .find(|known| !applied.iter().any(|row| row.version == known.version && row.checksum == known.checksum));
        match missing {
            None => Ok(()),
            Some(known) => Err(StoreError::inconsistent(
                "schema",
                format!(
                    "migration {} ({}) has not been applied; run `usher migrate`",
                    known.version, known.description
                ),
            )),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn<'_> {
    /// The same, for one of several statements.
    pub(crate) fn again(&mut self) -> Conn<'_> {
        match self {
            On::Sqlite(conn) => On::Sqlite(&mut **conn),
            On::Postgres(conn) => On::Postgres(&mut **conn),
        }
    }
}

impl Tx {
    /// What runs the next statement of this transaction.
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            On::Sqlite(tx) => On::Sqlite(&mut *tx),
            On::Postgres(tx) => On::Postgres(&mut *tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(on!(self, |tx| tx.commit().await)?)
    }

    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        Ok(on!(self, |tx| tx.rollback().await)?)
    }
}

/// Begins, and names the tenant to the row-level policies in the same round trip.
async fn begin_postgres(
    pool: &PgPool,
    begin: &'static str,
    tenant: Option<OrgId>,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    match tenant {
        None => pool.begin_with(begin).await,
        // An id's text is `org_` and hexadecimal digits, nothing that could end the quotes.
        Some(org) => pool.begin_with(AssertSqlSafe(format!("{begin}; set local usher.tenant = '{org}'"))).await,
    }
}

async fn sqlite(url: &str) -> Result<Db, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal);
    let folder = options.get_filename().parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder {
        tokio::fs::create_dir_all(folder).await.map_err(|error| StoreError::Driver(Box::new(error)))?;
    }
    // FULL: a commit is on the disk before it is acknowledged. Cache sizes are in KiB when negative.
    let writing = options
        .clone()
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-2048")
        .optimize_on_close(true, None);
    let reading = options.pragma("cache_size", "-1024").pragma("query_only", "on");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(writing)
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(1)
        .idle_timeout(Duration::from_mins(1))
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(reading)
        .await?;
    Ok(Db::Sqlite { writer, readers })
}

async fn postgres(url: &str) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("usher");
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .min_connections(1)
        .idle_timeout(Duration::from_mins(1))
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move { Ok(used.idle_for < PROVEN || connection.ping().await.is_ok()) })
        })
        .connect_with(options)
        .await?;
    Ok(Db::Postgres(pool))
}

#[cfg(test)]
mod tests {
    use super::Db;

    #[tokio::test]
    async fn what_sqlite_acknowledges_is_on_the_disk_and_readers_only_read() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a/b/usher.db", folder.path().display());
        let Db::Sqlite { writer, readers } = Db::connect(&url).await.unwrap() else { panic!("not SQLite") };
        let settings =
            "select journal_mode || ' ' || synchronous || ' ' || foreign_keys || ' ' || timeout || ' ' || query_only
                        from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout,
                             pragma_query_only";
        let of_writer: String = sqlx::query_scalar(settings).fetch_one(&writer).await.unwrap();
        // 2 is FULL.
        assert_eq!(of_writer, "wal 2 1 5000 0");
        let of_readers: String = sqlx::query_scalar(settings).fetch_one(&readers).await.unwrap();
        assert!(of_readers.starts_with("wal ") && of_readers.ends_with(" 1"), "{of_readers}");
    }
}
