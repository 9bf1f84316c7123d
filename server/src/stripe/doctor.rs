//! `usher stripe doctor`: what is wrong at Stripe.

use anyhow::bail;
use service::{Services, Severity, Surroundings};

use crate::config::Config;

/// The address of Stripe itself.
const STRIPE: &str = "https://api.stripe.com/";

/// Prints each finding with what it means and what to do; fails if something must be mended.
pub(super) async fn doctor(config: &Config, s: &Services, json: bool) -> anyhow::Result<()> {
    let around = Surroundings {
        production: !config.development(),
        live_key: config.stripe.as_ref().is_some_and(|stripe| stripe.livemode),
        stripe: config.stripe.as_ref().is_some_and(|stripe| stripe.api_base == STRIPE),
        payout_bank: config.payout_bank.clone(),
    };
    let found = service::examine_shop(s, &around).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        for one in &found {
            let mark = if one.severity == Severity::Broken { "BROKEN" } else { "note" };
            println!("{mark} {}: {}.\n  {}\n  {}", one.code, one.what, one.means, one.remedy);
        }
    }
    let broken = found.iter().filter(|one| one.severity == Severity::Broken).count();
    if broken > 0 {
        bail!("{broken} things must be mended");
    }
    if !json {
        println!("Stripe is set up well.");
    }
    Ok(())
}
