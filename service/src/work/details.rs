//! What stands on invoices, on its way to the provider: absolutely, as it is when it is sent.

use domain::access::Deed;
use domain::ids::OrgId;
use domain::subscription::ProviderCustomerId;
use domain::tax_id::TaxIdState;
use domain::{Permission, Timestamp};
use payments::provider::{IdempotencyKey, Payer};
use store::{Command, LeasedEffect, Query, TenantRead, TenantTx};

use crate::{Error, Services, dunning};

/// Sends it. An organization that is no customer yet has nothing to be sent to; becoming one sends it.
///
/// The key names the row and the try, as with seats: a later try is another intent, because what is sent may be another.
pub(super) async fn send(s: &Services, org: OrgId, leased: &LeasedEffect) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "billing details").await?;
    let Some(Found { customer, payer, changed_at }) = scope.read(Look).await? else { return Ok(()) };
    let key = IdempotencyKey(format!("{}-{}", leased.id, leased.attempts));
    let tax = s.payments().set_payer(&key, &customer, &payer).await?;
    if let Some(changed_at) = changed_at {
        scope.execute(Sent { changed_at, tax }, s.now()).await?;
    }
    Ok(())
}

struct Found {
    customer: ProviderCustomerId,
    payer: Payer,
    changed_at: Option<Timestamp>,
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<Found>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        let org = tx.organization().await?;
        let Some(customer) = org.customer else { return Ok(None) };
        let (known, contacts, owners) = (tx.billing_details().await?, dunning::contacts(tx).await?, tx.owners().await?);
        let owner = owners.into_iter().next().map(|owner| owner.email);
        let Some(email) = contacts.into_iter().next().or(owner) else { return Ok(None) };
        let changed_at = known.as_ref().map(|known| known.changed_at);
        let details = known.map(|known| known.details);
        let company = details.as_ref().map(|details| details.company.clone()).filter(|company| !company.is_empty());
        let payer = Payer { name: company.unwrap_or(org.name), email, details };
        Ok(Some(Found { customer, payer, changed_at }))
    }
}

struct Sent {
    changed_at: Timestamp,
    tax: Option<TaxIdState>,
}

impl Command for Sent {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        Ok(tx.billing_details_sent(self.changed_at, self.tax).await?)
    }
}
