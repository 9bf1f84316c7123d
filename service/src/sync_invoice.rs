//! The only writer of the mirror of invoices.
//!
//! As with subscriptions, whatever says that an invoice may have changed ends here: it is fetched whole and applied as a
//! snapshot, under a lock of its own. What is owed, who is told and what may still be done follow from the snapshot in the
//! same transaction, so events may come twice and in any order.

use anyhow::anyhow;
use domain::access::Deed;
use domain::ids::OrgId;
use domain::subscription::{Believe, ProviderInvoiceId, ProviderSubscriptionId};
use domain::{Invoice, InvoiceStatus, Permission};
use serde_json::{Value, json};
use store::{Command, Query, TenantRead, TenantScope, TenantTx};

use crate::entitlement::{self, Entitlement};
use crate::sync_subscription::under_lock;
use crate::{Error, Services, checkout, door, dunning};

/// Fetches an invoice, makes the mirror what it says, and does what follows from it.
///
/// # Errors
/// [`Error::Busy`] if others hold the invoice's lock for ten seconds, [`Error::Refused`] if the provider does not answer,
/// [`Error::Broken`] if the invoice is not this organization's.
pub async fn sync_invoice(s: &Services, org: OrgId, id: &ProviderInvoiceId) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "mirror of an invoice").await?;
    let work = {
        let (s, id) = (s.clone(), id.clone());
        async move {
            let now = s.now();
            match s.payments().invoice(&id, now).await {
                Ok(found) => apply(&s, &scope, found).await,
                // A draft was thrown away; nothing else can be.
                Err(error) if checkout::is_missing(&error) => match scope.read(Find { id }).await? {
                    Some(gone) => {
                        apply(&s, &scope, Invoice { status: InvoiceStatus::Void, fetched_at: now, ..gone }).await
                    }
                    None => Ok(()),
                },
                Err(error) => Err(error.into()),
            }
        }
    };
    under_lock(s, &lock(id), work).await
}

/// The lock of an invoice: the provider's names are unique over all its kinds of things.
pub(crate) fn lock(id: &ProviderInvoiceId) -> ProviderSubscriptionId {
    ProviderSubscriptionId(id.0.clone())
}

/// The invoice that money was taken for, as far as we know it.
pub(crate) async fn of_payment(s: &Services, org: OrgId, payment: &str) -> Result<Option<ProviderInvoiceId>, Error> {
    let scope = s.store().system().act_for(org, "mirror of an invoice").await?;
    scope.read(OfPayment { payment: payment.to_owned() }).await
}

/// Applies a snapshot. Called under the invoice's lock only.
pub(crate) async fn apply(s: &Services, scope: &TenantScope, found: Invoice) -> Result<(), Error> {
    scope.execute(Apply { s, new: found }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Find {
    id: ProviderInvoiceId,
}

impl Query for Find {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<Invoice>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.invoice(&self.id).await?)
    }
}

struct OfPayment {
    payment: String,
}

impl Query for OfPayment {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<ProviderInvoiceId>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.invoice_of_payment(&self.payment).await?)
    }
}

struct Apply<'a> {
    s: &'a Services,
    new: Invoice,
}

impl Command for Apply<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, new } = self;
        let org = tx.organization().await?;
        if org.customer.as_ref() != Some(&new.customer) {
            let Invoice { id, customer, .. } = new;
            let text = format!("invoice {id} belongs to customer {customer}, and {} is {:?}", org.id, org.customer);
            return Err(Error::Broken(anyhow!(text)));
        }
        let before = tx.invoice(&new.id).await?;
        match tx.apply_invoice(&new).await? {
            Believe::Yes => {}
            no @ (Believe::Older | Believe::Ended) => {
                tracing::info!(invoice = %new.id, status = %new.status, ?no, "a snapshot came too late");
            }
        }
        let Some(invoice) = tx.invoice(&new.id).await? else {
            return Err(Error::Broken(anyhow!("invoice {} was stored and is not there", new.id)));
        };
        let (was, is) = (before.as_ref().map(words), words(&invoice));
        if was.as_ref() != Some(&is) {
            door::audit(s, tx, "invoice.changed", &invoice.id, was, Some(is)).await?;
        }
        dunning::follow(s, tx, &org, &invoice).await?;
        dunning::send_copies(s, tx, &org, &invoice).await?;
        settle(s, tx).await
    }
}

/// Gives the organization what it has bought and paid, if that is something else than it has.
pub(crate) async fn settle(s: &Services, tx: &mut TenantTx) -> Result<(), Error> {
    let (org, bought) = (tx.organization().await?, tx.subscription().await?);
    let (had, gives) = (Entitlement::had(&org), entitlement::due(s, tx, bought.as_ref(), &org).await?);
    if gives.access != had.access {
        entitlement::set(s, tx, &gives).await?;
        let told = |access| Some(json!({ "access": access }));
        door::audit(s, tx, "subscription.access_changed", org.id, told(had.access), told(gives.access)).await?;
    }
    Ok(())
}

/// What of it goes into the audit log, and is worth a line there when it changes.
fn words(invoice: &Invoice) -> Value {
    json!({
        "number": invoice.number,
        "status": invoice.status,
        "due": invoice.due.to_string(),
        "remaining": invoice.remaining.to_string(),
        "refunded": invoice.refunded.to_string(),
        "credited": invoice.credited.to_string(),
        "disputed": invoice.disputed,
    })
}
