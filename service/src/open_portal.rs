//! The way to the payment provider's own page, and back.

use domain::Permission;
use domain::Slug;
use domain::course::NotThisStep;
use domain::subscription::{ProviderCustomerId, ProviderSubscriptionId};
use payments::provider::course::{NewPortal, PortalFlow};
use store::{Query, TenantRead};

use crate::{Caller, Error, Services, door, sync_subscription};

/// Opens the provider's page about what the organization pays and says where it is: its front page, or with
/// `payment_method` the part where another card is named. Seats and plan cannot be changed there.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought` if nothing was ever bought, or
/// `payments-away`.
pub async fn open_portal(s: &Services, caller: &Caller, slug: &str, part: &str) -> Result<String, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let flow = if part == "payment_method" { PortalFlow::PaymentMethod } else { PortalFlow::Home };
    let Found { customer, live, first_slug } = scope.read(Look).await?;
    let customer = customer.ok_or_else(|| Error::refused(NotThisStep::NotThere))?;
    let return_url = format!("{}/app/{first_slug}/billing?portal=back", s.settings().public_url);
    let page = NewPortal { customer, subscription: live, flow, return_url };
    Ok(s.payments().open_portal(&page).await?)
}

/// Somebody comes back from the provider's page: what was changed there is in the mirror at once, without waiting for its
/// webhook. When the provider does not answer now, the webhook settles it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn back_from_portal(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let Some(live) = scope.read(Look).await?.live else { return Ok(()) };
    match sync_subscription(s, scope.org(), &live).await {
        Err(error @ (Error::Busy | Error::Refused(_))) => {
            tracing::info!(%error, subscription = %live, "what was changed at the provider will be seen by its webhook");
            Ok(())
        }
        done => done,
    }
}

struct Look;

struct Found {
    customer: Option<ProviderCustomerId>,
    live: Option<ProviderSubscriptionId>,
    /// What leads to it for as long as it is there, wherever it moves.
    first_slug: Slug,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let live = tx.subscription().await?.filter(|bought| bought.status.is_live()).map(|bought| bought.id);
        Ok(Found { customer: tx.organization().await?.customer, live, first_slug: tx.first_slug().await? })
    }
}
