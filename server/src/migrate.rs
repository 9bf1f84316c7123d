//! `usher migrate`: the database gets the shape that this version needs.

use anyhow::Context as _;

use crate::build;
use crate::config::Config;

/// Migrates, and says so. Nothing happens when it is done already.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let store = build::store(config).await?;
    store.migrate().await.context("the database could not be migrated")?;
    println!("The database is migrated.");
    store.close().await;
    Ok(())
}
