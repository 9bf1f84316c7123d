//! `usher stripe …`: what an operator does about Stripe.

mod doctor;
mod inbox;
mod reconcile;
mod sync;

use anyhow::Context as _;

use crate::build::{self, Payments};
use crate::cli::Stripe;
use crate::config::Config;

/// Does it, and says what it means.
pub async fn stripe(config: &Config, deed: &Stripe) -> anyhow::Result<()> {
    let store = build::store(config).await?;
    store.ready().await.context("the database is not as this version needs it")?;
    let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
    let done = match deed {
        Stripe::Sync { apply } => sync::sync(&services, *apply).await,
        Stripe::Doctor { json } => doctor::doctor(config, &services, *json).await,
        Stripe::Reconcile { dry_run, organization, json } => {
            reconcile::reconcile(&services, *dry_run, organization.as_ref(), *json).await
        }
        Stripe::Inbox(deed) => inbox::inbox(&services, deed).await,
    };
    store.close().await;
    done
}
