//! `usher audit verify`: whether the audit logs still are what was written.

use anyhow::{Context as _, bail};
use domain::Slug;
use domain::view::AuditHead;
use service::{Error, VerifiedAudit};

use crate::build::{self, Payments};
use crate::cli::Audit;
use crate::config::Config;

/// Walks along the chains and prints what became of each; fails if one is broken.
pub async fn audit(config: &Config, deed: &Audit) -> anyhow::Result<()> {
    let Audit::Verify { slug, noted } = deed;
    let store = build::store(config).await?;
    store.ready().await.context("the database is not as this version needs it")?;
    let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
    let verified =
        service::verify_audit(&services, slug.as_ref(), noted.as_ref()).await.map_err(|error| match error {
            Error::NotFound => anyhow::anyhow!("no organization has that slug; it is the part after /app/"),
            other => anyhow::Error::new(other),
        })?;
    store.close().await;
    for log in &verified {
        println!("{}", told(log));
    }
    let broken = verified.iter().filter(|log| log.chain.is_err()).count();
    if broken > 0 {
        bail!("{broken} of {} audit logs are not what was written; somebody has changed the database", verified.len());
    }
    println!("Keep the numbers with their hashes somewhere else, and give one with --noted another time.");
    Ok(())
}

fn told(VerifiedAudit { slug, chain }: &VerifiedAudit) -> String {
    match chain {
        Ok(chain) => {
            let gone = if chain.dropped > 0 { format!(", {} gone by age", chain.dropped) } else { String::new() };
            let head = chain.head().map(|head| head.to_string()).unwrap_or_default();
            format!("{slug}: whole, {} lines{gone}, {head}", chain.count)
        }
        Err(broken) => format!("{slug}: BROKEN, {broken}"),
    }
}

/// The slug as an argument of the command line.
pub(crate) fn slug(text: &str) -> Result<Slug, String> {
    text.parse().map_err(|_| "it is the part of the address after /app/".to_owned())
}

/// A noted head as an argument of the command line.
pub(crate) fn noted(text: &str) -> Result<AuditHead, String> {
    text.parse().map_err(|error: domain::view::AuditHeadError| error.to_string())
}
