//! `usher plan …`: the plans as they were sold, who has them, and moving those to what is sold today.

mod moving;

use anyhow::Context as _;

use service::Services;

use crate::build::{self, Payments};
use crate::cli::Plan;
use crate::config::Config;

/// Does it, and says what it means.
pub async fn plan(config: &Config, deed: &Plan) -> anyhow::Result<()> {
    let store = build::store(config).await?;
    store.ready().await.context("the database is not as this version needs it")?;
    let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
    services.record_plans().await.context("the plans of USHER_CATALOG could not be kept")?;
    let done = match deed {
        Plan::Versions => versions(&services).await,
        Plan::Move(deed) => moving::moving(&services, deed).await,
    };
    store.close().await;
    done
}

async fn versions(s: &Services) -> anyhow::Result<()> {
    for version in service::plan_versions(s).await? {
        let sold = if version.sold { "sold now" } else { "not sold any more" };
        let many = match version.organizations {
            1 => "1 organization".to_owned(),
            many => format!("{many} organizations"),
        };
        println!(
            "{}@{}  {}, since {}, {sold}, {many}",
            version.plan,
            version.fingerprint,
            version.name,
            version.since.date()
        );
    }
    Ok(())
}
