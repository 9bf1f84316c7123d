//! `usher organization suspend|resume`: closing a company to its members, and opening it again.

use anyhow::Context as _;
use service::Error;

use crate::build::{self, Payments};
use crate::cli::Organization;
use crate::config::Config;

/// Does it, and says what it means.
pub async fn organization(config: &Config, deed: &Organization) -> anyhow::Result<()> {
    let store = build::store(config).await?;
    store.ready().await.context("the database is not as this version needs it")?;
    let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
    match deed {
        Organization::Suspend { slug, reason } => {
            let slug =
                service::close_organization(&services, slug, reason).await.map_err(|error| plain(error, slug))?;
            println!("{slug} is closed to its members, who are told why. What it pays for goes on.");
            println!("Open it again with: usher organization resume {slug}");
        }
        Organization::Resume { slug } => {
            let slug = service::reopen_organization(&services, slug).await.map_err(|error| plain(error, slug))?;
            println!("{slug} is open.");
        }
    }
    store.close().await;
    Ok(())
}

fn plain(error: Error, slug: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("no organization has or had the slug `{slug}`; it is the part after /app/"),
        Error::Invalid { problem, .. } => anyhow::anyhow!("{problem}"),
        other => anyhow::Error::new(other),
    }
}
