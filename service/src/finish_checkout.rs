//! The buyer comes back from the payment page.

use domain::subscription::ProviderCheckoutId;
use domain::view::CheckoutOutcome;
use domain::{Access, Permission};
use payments::provider::CheckoutStatus;
use store::{CheckoutRecord, CloseReason, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, checkout, door, sync_subscription};

/// The longest name of a payment page that is asked about, in bytes.
const LONGEST: usize = 255;

/// What became of a payment page: asked at the provider at once, without waiting for its webhook.
///
/// That somebody comes back proves nothing. The page must be this organization's, and what was bought counts as the
/// subscription says, as everywhere. If the provider does not answer now, the answer is
/// [`CheckoutOutcome::Activating`], and the webhook settles it.
///
/// # Errors
/// [`Error::NotFound`] for a page that is not there or is another organization's, [`Error::Forbidden`].
pub async fn finish_checkout(
    s: &Services,
    caller: &Caller,
    slug: &str,
    checkout: &str,
) -> Result<CheckoutOutcome, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let plain = checkout.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !(1..=LONGEST).contains(&checkout.len()) || !plain {
        return Err(Error::NotFound);
    }
    let id = ProviderCheckoutId(checkout.to_owned());
    let (org, row) = scope.read(Look).await?;
    let page = match s.payments().checkout(&id).await {
        Ok(page) => page,
        Err(error) if checkout::is_missing(&error) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    };
    // Both witnesses: the page says for whom it was opened, and its customer is ours.
    if page.org != Some(org.id) || page.customer.is_none() || page.customer != org.customer {
        return Err(Error::NotFound);
    }
    let row = row.filter(|row| row.provider_id.as_ref() == Some(&id));
    match (page.status, page.subscription) {
        (CheckoutStatus::Open, _) => Ok(CheckoutOutcome::Open),
        (CheckoutStatus::Expired, _) => {
            if let Some(row) = row {
                checkout::close(s, &scope, &row.key, CloseReason::Expired).await?;
            }
            Ok(CheckoutOutcome::Expired)
        }
        (CheckoutStatus::Complete, subscription) => {
            if let Some(row) = row {
                checkout::close(s, &scope, &row.key, CloseReason::Completed).await?;
            }
            let Some(subscription) = subscription else { return Ok(CheckoutOutcome::Activating) };
            match sync_subscription(s, scope.org(), &subscription).await {
                Ok(()) => {}
                // Paid it is; only we do not know more yet.
                Err(error @ (Error::Busy | Error::Refused(_))) => {
                    tracing::info!(%error, %subscription, "a purchase will be seen by its webhook");
                    return Ok(CheckoutOutcome::Activating);
                }
                Err(error) => return Err(error),
            }
            let (org, _) = scope.read(Look).await?;
            Ok(if org.access == Access::Full { CheckoutOutcome::Active } else { CheckoutOutcome::Activating })
        }
    }
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = (OrgRecord, Option<CheckoutRecord>);
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok((tx.organization().await?, tx.open_checkout().await?))
    }
}
