//! The shop at the payment provider: bringing it in order after the catalogue, and looking whether it is.
//!
//! Both are for the operator, at the command line. Nobody is asked who they are.

mod doctor;
mod plan;
mod wanted;

use domain::Timestamp;
use domain::subscription::ProviderPriceId;
use payments::PaymentError;
use payments::provider::{Account, IdempotencyKey, ShopEndpoint, ShopMeter, ShopPortal, ShopPrice, ShopProduct};
use serde::Serialize;

pub use doctor::{Diagnosis, Severity, Surroundings, examine_shop};

use crate::{Error, Services};

/// Everything that stands in the shop, and what of it is paid.
struct Found {
    account: Account,
    products: Vec<ShopProduct>,
    prices: Vec<ShopPrice>,
    meters: Vec<ShopMeter>,
    portals: Vec<ShopPortal>,
    endpoints: Vec<ShopEndpoint>,
    /// Prices that somebody pays.
    paid: Vec<ProviderPriceId>,
    api_version: String,
    /// Our own time at the account's answer.
    now: Timestamp,
}

/// Looks at the whole shop.
async fn look(s: &Services) -> Result<Found, PaymentError> {
    let shop = s.payments();
    let account = shop.account().await?;
    let now = s.now();
    Ok(Found {
        account,
        now,
        products: shop.products().await?,
        prices: shop.prices().await?,
        meters: shop.meters().await?,
        portals: shop.portals().await?,
        endpoints: shop.endpoints().await?,
        paid: paid(s).await?,
        api_version: shop.api_version().to_owned(),
    })
}

async fn paid(s: &Services) -> Result<Vec<ProviderPriceId>, PaymentError> {
    let mut paid = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let part = s.payments().all_subscriptions(after.as_deref(), s.now()).await?;
        for (fetched, prices) in part.items {
            if !fetched.subscription.status.is_terminal() {
                paid.extend(prices);
            }
        }
        match part.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    paid.sort_unstable();
    paid.dedup();
    Ok(paid)
}

/// What `usher stripe sync` would do, or has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShopDiff {
    /// What is to be changed, in words and in order.
    pub changes: Vec<String>,
    /// What is not as it should be, and is not changed by itself; why.
    pub left: Vec<String>,
    /// The signing secret of an endpoint that was made: it is shown this once.
    #[serde(skip)]
    pub secret: Option<String>,
}

/// What would have to be changed so that the shop is what the catalogue says. Changes nothing.
///
/// # Errors
/// [`Error::Refused`] if the provider does not answer, [`Error::Broken`] if it says no.
pub async fn shop_diff(s: &Services) -> Result<ShopDiff, Error> {
    let planned = planned(s).await?;
    Ok(ShopDiff { changes: planned.changes.iter().map(plan::words).collect(), left: planned.left, secret: None })
}

/// Changes what has to be changed, in order, and says what was done. What is found in order is left alone, so the second
/// time there is nothing to do.
///
/// # Errors
/// As [`shop_diff`]; what was changed before stays, and the next time goes on from there.
pub async fn sync_shop(s: &Services) -> Result<ShopDiff, Error> {
    let planned = planned(s).await?;
    let mut done = ShopDiff { changes: Vec::new(), left: planned.left, secret: None };
    for change in &planned.changes {
        // One key for each change of each run: what an earlier run has begun is found by looking, not by its key.
        let key = IdempotencyKey(format!("shop-{}", data_encoding::HEXLOWER.encode(&s.chance::<16>())));
        let changed = s.payments().change_shop(&key, change).await?;
        done.secret = changed.secret.or(done.secret);
        done.changes.push(plan::words(change));
        tracing::info!(change = plan::words(change), "the shop was changed");
    }
    Ok(done)
}

async fn planned(s: &Services) -> Result<plan::Planned, Error> {
    let found = look(s).await?;
    Ok(plan::plan(&wanted::Wanted::of(s.catalog(), &s.settings().public_url), &found))
}
