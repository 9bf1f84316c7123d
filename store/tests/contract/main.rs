//! What the store promises, each promise proved on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

/// Runs each promise on both engines, in a world of its own.
macro_rules! both_engines {
    ($($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&crate::world::World::sqlite().await).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&crate::world::World::postgres().await).await;
            })+
        }
    };
}

mod accounts;
mod audit;
mod batches;
mod billing;
mod books;
mod caps;
mod checkouts;
mod companies;
mod course;
mod domains;
mod door;
mod gate;
mod inbox;
mod invitations;
mod invoices;
mod outbox;
mod periods;
mod proofs;
mod quotes;
mod requests;
mod roles;
mod schema;
mod seats;
mod statements;
mod suspension;
mod world;
