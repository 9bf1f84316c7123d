//! The invoice to come.

use std::time::Duration;

use domain::view::Upcoming;
use domain::{Permission, Subscription};
use store::{Query, TenantRead};

use crate::versions::total_of;
use crate::{Caller, Error, Services, door};

/// A page does not wait longer for the provider; what was known is shown instead.
const PATIENCE: Duration = Duration::from_secs(4);

/// The invoice to come if nothing changes, as the provider says; when it does not answer, what was known.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn next_invoice(s: &Services, caller: &Caller, slug: &str) -> Result<Upcoming, Error> {
    let scope = door::open(s, caller, slug).await?;
    let Some(bought) = scope.read(Look).await?.filter(|bought| bought.status.is_live()) else {
        return Ok(Upcoming::Nothing);
    };
    let asked = tokio::time::timeout(PATIENCE, s.payments().next_invoice(&bought.customer, &bought.id)).await;
    match asked {
        Ok(Ok(Some(next))) => Ok(Upcoming::Known(next)),
        Ok(Ok(None)) => Ok(Upcoming::Nothing),
        Ok(Err(error)) if !error.is_retryable() => {
            tracing::error!(%error, subscription = %bought.id, "the invoice to come was refused");
            as_of(s, &bought).await
        }
        Ok(Err(_)) | Err(_) => as_of(s, &bought).await,
    }
}

async fn as_of(s: &Services, bought: &Subscription) -> Result<Upcoming, Error> {
    if bought.ends_at.is_some() {
        return Ok(Upcoming::Nothing);
    }
    let plan = s.plan_bought(bought).await?;
    Ok(match plan.and_then(|plan| total_of(&plan, bought)) {
        Some(total) => Upcoming::AsOf { seen_at: bought.fetched_at, at: bought.period.until, total },
        None => Upcoming::Nothing,
    })
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<Subscription>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.subscription().await?)
    }
}
