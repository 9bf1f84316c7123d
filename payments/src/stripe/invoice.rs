//! Invoices at Stripe, and what stands on them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::Timestamp;
use domain::invoice::NextInvoice;
use domain::subscription::{ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::tax_id::{TaxId, TaxIdState};
use domain::{Invoice, InvoiceStatus};
use stripe_billing::invoice::{CreatePreviewInvoice, ListInvoice, PayInvoice, RetrieveInvoice};
use stripe_billing::tax_id::{CreateCustomerTaxId, CreateCustomerTaxIdType, DeleteCustomerTaxId, ListCustomerTaxId};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};
use stripe_core::charge::ListCharge;

use super::objects::{Expandable, List};
use super::{Stripe, invoice_mapping as mapping, invoice_objects as objects};
use crate::PaymentError;
use crate::provider::{IdempotencyKey, InvoicePage, Invoices, Payer};

/// The name of the company's own order number on invoices.
const PO_NUMBER: &str = "PO number";
/// Stripe's word for "nothing will be billed".
const NO_INVOICE: [&str; 2] = ["invoice_upcoming_none", "subscription_canceled"];

impl Stripe {
    /// The lines that did not fit into the invoice itself.
    async fn rest_of_lines(&self, invoice: &mut objects::Invoice) -> Result<(), PaymentError> {
        let Some(id) = invoice.id.clone() else { return Ok(()) };
        while invoice.lines.has_more {
            let Some(last) = invoice.lines.data.last().map(|line| line.id.clone()) else { return Ok(()) };
            let asked = BTreeMap::from([("limit", "100".to_owned()), ("starting_after", last)]);
            let request = RequestBuilder::new(StripeMethod::Get, format!("/invoices/{id}/lines")).query(&asked);
            let page: List<objects::Line> = self.client.call(request, None).await?;
            if page.data.is_empty() {
                return Ok(());
            }
            invoice.lines.data.extend(page.data);
            invoice.lines.has_more = page.has_more;
        }
        Ok(())
    }

    /// Each attempt to take money for an invoice, the newest first.
    async fn charges(&self, invoice: &objects::Invoice) -> Result<Vec<objects::Charge>, PaymentError> {
        let mut all = Vec::new();
        for intent in invoice.intents() {
            let request = ListCharge::new().payment_intent(intent).limit(100_i64);
            let page: List<objects::Charge> = self.client.call(request.build(), None).await?;
            all.extend(page.data);
        }
        Ok(all)
    }

    async fn tax_ids(&self, customer: &ProviderCustomerId) -> Result<Vec<objects::TaxId>, PaymentError> {
        let request = ListCustomerTaxId::new(customer.as_str()).limit(100_i64);
        let page: List<objects::TaxId> = self.client.call(request.build(), None).await?;
        Ok(page.data)
    }

    /// Makes the tax number the only one, which changes nothing if it is.
    async fn set_tax_id(
        &self,
        key: &IdempotencyKey,
        customer: &ProviderCustomerId,
        wanted: Option<&TaxId>,
    ) -> Result<Option<TaxIdState>, PaymentError> {
        let mut state = None;
        for there in self.tax_ids(customer).await? {
            if state.is_none() && wanted.is_some_and(|wanted| there.is(wanted)) {
                state = Some(there.state());
                continue;
            }
            let gone = DeleteCustomerTaxId::new(customer.as_str(), there.id.as_str());
            match self.client.call::<objects::Gone>(gone.build(), Some(&format!("{}-{}", key.0, there.id))).await {
                Ok(_) => {}
                // Somebody was faster.
                Err(PaymentError::Refused { code, .. }) if code == "resource_missing" => {}
                Err(error) => return Err(error),
            }
        }
        let (Some(wanted), None) = (wanted, state) else { return Ok(state) };
        let Ok(kind) = wanted.kind.as_str().parse::<CreateCustomerTaxIdType>();
        let request = CreateCustomerTaxId::new(customer.as_str(), kind, &*wanted.number);
        match self.client.call::<objects::TaxId>(request.build(), Some(&format!("{}-tax", key.0))).await {
            Ok(made) => Ok(Some(made.state())),
            // It looks like a number and is none.
            Err(PaymentError::Refused { code, .. }) if code == "tax_id_invalid" => Ok(Some(TaxIdState::Unverified)),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Invoices for Stripe {
    async fn invoices_of(
        &self,
        customer: &ProviderCustomerId,
        after: Option<&ProviderInvoiceId>,
    ) -> Result<InvoicePage, PaymentError> {
        let mut request = ListInvoice::new().customer(customer.as_str()).limit(100_i64);
        if let Some(after) = after {
            request = request.starting_after(after.as_str());
        }
        let page: List<objects::Listed> = self.client.call(request.build(), None).await?;
        let ids = page
            .data
            .into_iter()
            // A state of a later version is looked at like one that has changed.
            .map(|one| {
                let status = one.status.and_then(|word| word.parse().ok()).unwrap_or(InvoiceStatus::Draft);
                (ProviderInvoiceId(one.id), status)
            })
            .collect::<Vec<_>>();
        Ok(InvoicePage { more: page.has_more && !ids.is_empty(), ids })
    }

    async fn invoice(&self, id: &ProviderInvoiceId, now: Timestamp) -> Result<Invoice, PaymentError> {
        let paths = vec!["payments.data.payment.payment_intent".to_owned()];
        let request = RetrieveInvoice::new(id.as_str()).expand(paths);
        let mut found: objects::Invoice = self.client.call(request.build(), None).await?;
        self.rest_of_lines(&mut found).await?;
        let charges = self.charges(&found).await?;
        mapping::invoice(found, &charges, now)
    }

    async fn next_invoice(
        &self,
        customer: &ProviderCustomerId,
        subscription: &ProviderSubscriptionId,
    ) -> Result<Option<NextInvoice>, PaymentError> {
        let request = CreatePreviewInvoice::new().customer(customer.as_str()).subscription(subscription.as_str());
        match self.client.call::<objects::Invoice>(request.build(), None).await {
            Ok(preview) => mapping::next(preview).map(Some),
            Err(PaymentError::Refused { code, .. }) if NO_INVOICE.contains(&code.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn pay_invoice(
        &self,
        key: &IdempotencyKey,
        id: &ProviderInvoiceId,
        now: Timestamp,
    ) -> Result<Invoice, PaymentError> {
        match self.client.call::<objects::Listed>(PayInvoice::new(id.as_str()).build(), Some(&key.0)).await {
            // The card was declined, the bank wants a word, it is paid or void already: the invoice says which.
            Ok(_) | Err(PaymentError::Refused { .. }) => self.invoice(id, now).await,
            Err(unknown) => Err(unknown),
        }
    }

    async fn set_payer(
        &self,
        key: &IdempotencyKey,
        customer: &ProviderCustomerId,
        payer: &Payer,
    ) -> Result<Option<TaxIdState>, PaymentError> {
        let Payer { name, email, details } = payer;
        // An empty text takes a field away, which async-stripe's types cannot say.
        let mut form = BTreeMap::from([("name".to_owned(), name.as_str()), ("email".to_owned(), email.as_str())]);
        let custom = "invoice_settings[custom_fields]";
        if let Some(details) = details {
            if details.address.is_empty() {
                form.insert("address".to_owned(), "");
            } else {
                for (part, text) in details.address.parts() {
                    form.insert(format!("address[{part}]"), text);
                }
            }
            if details.po_number.is_empty() {
                form.insert(custom.to_owned(), "");
            } else {
                form.insert(format!("{custom}[0][name]"), PO_NUMBER);
                form.insert(format!("{custom}[0][value]"), &details.po_number);
            }
        }
        let request = RequestBuilder::new(StripeMethod::Post, format!("/customers/{customer}")).form(&form);
        let _: super::objects::Named = self.client.call(request, Some(&key.0)).await?;
        match details {
            Some(details) => self.set_tax_id(key, customer, details.tax_id.as_ref()).await,
            None => Ok(None),
        }
    }

    async fn payer_of(&self, payment: &str) -> Result<Option<ProviderCustomerId>, PaymentError> {
        let request = RequestBuilder::new(StripeMethod::Get, format!("/payment_intents/{payment}"));
        let found: objects::OfCustomer = self.client.call(request, None).await?;
        Ok(found.customer.map(Expandable::into_id).map(ProviderCustomerId))
    }

    async fn tax_id_state(&self, customer: &ProviderCustomerId) -> Result<Option<TaxIdState>, PaymentError> {
        Ok(self.tax_ids(customer).await?.first().map(objects::TaxId::state))
    }
}
