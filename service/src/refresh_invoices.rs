//! Asking the provider for the invoices again.

use domain::subscription::{ProviderCustomerId, ProviderInvoiceId};
use domain::{InvoiceStatus, Permission};
use store::{Query, TenantRead};

use crate::{Caller, Error, Services, door, sync_invoice};

/// How many pages of a hundred are looked at: the newest of them are enough, older ones do not change.
const PAGES: u32 = 3;

/// Brings into the mirror what the provider has and we do not, or not as it is.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] if the provider does not answer. What was fetched until
/// then is kept.
pub async fn refresh_invoices(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let Some(customer) = scope.read(Customer).await? else { return Ok(()) };
    let mut after: Option<ProviderInvoiceId> = None;
    for _ in 0..PAGES {
        let page = s.payments().invoices_of(&customer, after.as_ref()).await?;
        after = page.ids.last().map(|(id, _)| id.clone());
        for id in scope.read(Differ { ids: page.ids }).await? {
            sync_invoice(s, scope.org(), &id).await?;
        }
        if !page.more {
            break;
        }
    }
    Ok(())
}

struct Customer;

impl Query for Customer {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<ProviderCustomerId>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.organization().await?.customer)
    }
}

/// Those that we do not have, or have in another state, or that may still change.
struct Differ {
    ids: Vec<(ProviderInvoiceId, InvoiceStatus)>,
}

impl Query for Differ {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Vec<ProviderInvoiceId>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        let mut differ = Vec::new();
        for (id, status) in self.ids {
            let known = tx.invoice(&id).await?;
            if known.is_none_or(|known| known.status != status || !status.is_terminal()) {
                differ.push(id);
            }
        }
        Ok(differ)
    }
}
