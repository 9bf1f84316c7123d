//! Trying to take the money of an invoice once more.

use data_encoding::HEXLOWER;
use domain::subscription::ProviderInvoiceId;
use domain::view::PaidAgain;
use domain::{Invoice, InvoiceStatus, Permission, Refusal};
use payments::provider::IdempotencyKey;
use store::{Query, TenantRead};

use crate::sync_subscription::under_lock;
use crate::{Caller, Error, Services, door, sync_invoice, sync_subscription};

/// Charges the card on file now, and brings what came of it into the mirror.
///
/// # Errors
/// [`Error::NotFound`], also for an invoice of somebody else; [`Error::Forbidden`], [`Error::Busy`], [`Error::Refused`] if
/// the provider does not answer.
pub async fn pay_invoice(s: &Services, caller: &Caller, slug: &str, id: &str) -> Result<PaidAgain, Error> {
    let scope = door::open(s, caller, slug).await?;
    let id = ProviderInvoiceId(id.to_owned());
    let known = scope.read(Find { id }).await?.ok_or(Error::NotFound)?;
    if known.status.is_terminal() {
        return Ok(outcome(&known));
    }
    // Each press of the button is one intent.
    let key = IdempotencyKey(format!("pay-{}-{}", known.id, HEXLOWER.encode(&s.chance::<8>())));
    let org = scope.org();
    let books = s.store().system().act_for(org, "payment of an invoice").await?;
    let work = {
        let (s, id) = (s.clone(), known.id.clone());
        async move {
            let found = s.payments().pay_invoice(&key, &id, s.now()).await?;
            sync_invoice::apply(&s, &books, found.clone()).await?;
            Ok(found)
        }
    };
    let found = under_lock(s, &sync_invoice::lock(&known.id), work).await?;
    if let Some(subscription) = &found.subscription {
        sync_subscription(s, org, subscription).await?;
    }
    Ok(outcome(&found))
}

fn outcome(invoice: &Invoice) -> PaidAgain {
    match invoice.status {
        InvoiceStatus::Paid => PaidAgain::Paid,
        InvoiceStatus::Void => PaidAgain::Not(Refusal::new(
            "invoice-void",
            "This invoice was taken back. Nothing is owed for it.",
            "There is nothing to be done.",
        )),
        _ if invoice.needs_confirmation => PaidAgain::Not(Refusal::new(
            "confirm-payment",
            "Your bank needs you to confirm this payment.",
            "Open the invoice and confirm it there.",
        )),
        InvoiceStatus::Draft | InvoiceStatus::Open | InvoiceStatus::Uncollectible => PaidAgain::Not(Refusal::new(
            "card-declined",
            "The card was declined again. Nothing was charged.",
            "Use another card, or pay the invoice on its page.",
        )),
    }
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
