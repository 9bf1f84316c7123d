//! What Usher asks of a payment provider about invoices, and about what stands on them.

use async_trait::async_trait;
use domain::billing_details::BillingDetails;
use domain::invoice::NextInvoice;
use domain::subscription::{ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::tax_id::TaxIdState;
use domain::{EmailAddress, Invoice, Timestamp};

use super::{IdempotencyKey, PaymentError};

/// A page of a customer's invoices, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoicePage {
    /// Which, and since when each is what it is: enough to see which of them are to be fetched.
    pub ids: Vec<(ProviderInvoiceId, domain::InvoiceStatus)>,
    /// There are older ones.
    pub more: bool,
}

/// Who pays, as it stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The name on invoices.
    pub name: String,
    /// Where the provider's own letters go.
    pub email: EmailAddress,
    /// What else stands on invoices; `None` leaves that as it is at the provider.
    pub details: Option<BillingDetails>,
}

/// Invoices, and what stands on them. Errors mean what they mean in [`super::PaymentProvider`].
#[async_trait]
pub trait Invoices: Send + Sync {
    /// A customer's invoices, drafts too: those after `after`, or the newest.
    async fn invoices_of(
        &self,
        customer: &ProviderCustomerId,
        after: Option<&ProviderInvoiceId>,
    ) -> Result<InvoicePage, PaymentError>;

    /// An invoice as it is now, with all its lines, its payment and what was given back of it.
    async fn invoice(&self, id: &ProviderInvoiceId, now: Timestamp) -> Result<Invoice, PaymentError>;

    /// The invoice to come if nothing changes; `None` if none will come.
    async fn next_invoice(
        &self,
        customer: &ProviderCustomerId,
        subscription: &ProviderSubscriptionId,
    ) -> Result<Option<NextInvoice>, PaymentError>;

    /// Tries once more to take the money, now. A declined card is no error: read the answer. Already paid is none either.
    async fn pay_invoice(
        &self,
        key: &IdempotencyKey,
        id: &ProviderInvoiceId,
        now: Timestamp,
    ) -> Result<Invoice, PaymentError>;

    /// Makes the payer what it says here, absolutely, and gives what is known of the tax number.
    async fn set_payer(
        &self,
        key: &IdempotencyKey,
        customer: &ProviderCustomerId,
        payer: &Payer,
    ) -> Result<Option<TaxIdState>, PaymentError>;

    /// Whose payment it is; `None` if it is nobody's.
    async fn payer_of(&self, payment: &str) -> Result<Option<ProviderCustomerId>, PaymentError>;

    /// What is known of the customer's tax number now.
    async fn tax_id_state(&self, customer: &ProviderCustomerId) -> Result<Option<TaxIdState>, PaymentError>;
}
