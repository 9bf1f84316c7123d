//! Changes of a subscription at Stripe: `create_preview` with the second pinned, then the very same as an update that
//! makes its invoice at once and happens only when that is paid (`always_invoice` with `pending_if_incomplete`).
//!
//! Two kinds of change cannot be asked for so. One that begins a new period is not told a second, because Stripe takes
//! none together with a moved anchor. One in a trial makes no invoice and no proration: nothing is paid yet.

mod charges;
mod objects;
mod request;
mod sheet;

use async_trait::async_trait;
use domain::quote::Basis;
use domain::subscription::{ProviderInvoiceId, ProviderSubscriptionId};
use domain::{Money, Timestamp};
use stripe_billing::invoice::{RetrieveInvoice, VoidInvoiceInvoice};
use stripe_billing::subscription::RetrieveSubscription;
use stripe_client_core::StripeRequest as _;
use stripe_core::customer::RetrieveCustomer;

use self::objects::{Customer, Invoice};
use super::client::Client;
use super::objects::{Expandable, List, Named};
use super::{Stripe, mapping, whole};
use crate::PaymentError;
use crate::provider::{Change, Changed, Changes, IdempotencyKey, InvoiceSheet, Standing, Unpaid};

#[async_trait]
impl Changes for Stripe {
    async fn standing(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Standing, PaymentError> {
        let client = &self.client;
        let request = RetrieveSubscription::new(id.as_str()).expand(whole());
        let fetched = mapping::fetched(client.call(request.build(), None).await?, now)?;
        let bought = &fetched.subscription;
        let customer: Customer = client.call(RetrieveCustomer::new(bought.customer.as_str()).build(), None).await?;
        let charges = charges::of(client, bought).await?;
        let basis = Basis {
            subscription: bought.id.clone(),
            currency: bought.currency,
            status: bought.status,
            lines: bought.lines.clone(),
            period: bought.period,
            charges,
            balance: Money::new(customer.balance, bought.currency),
            smallest_charge: sheet::smallest_charge(bought.currency),
        };
        Ok(Standing { fetched, basis })
    }

    async fn preview(&self, change: &Change) -> Result<InvoiceSheet, PaymentError> {
        let invoice: Invoice = self.client.call(request::preview(change).build(), None).await?;
        // What waits for the next invoice is listed with what the change makes, and does not go onto its invoice.
        let waiting = charges::waiting_names(&self.client, change).await?;
        let lines = sheet::all_lines(&self.client, &invoice).await?;
        let all = lines.len();
        let own: Vec<_> =
            lines.into_iter().filter(|line| line.invoice_item().is_none_or(|name| !waiting.contains(name))).collect();
        sheet::of(&invoice, &own, own.len() < all)
    }

    async fn change(&self, key: &IdempotencyKey, change: &Change, now: Timestamp) -> Result<Changed, PaymentError> {
        let update = self.client.call::<serde_json::Value>(request::update(change).build(), Some(&key.0)).await?;
        let read = |error: serde_json::Error| PaymentError::Unknown(format!("{}: {error}", change.subscription));
        let newest: objects::Newest = serde_json::from_value(update.clone()).map_err(read)?;
        let fetched = mapping::fetched(serde_json::from_value(update).map_err(read)?, now)?;
        let pay_url = match newest.latest_invoice {
            Some(Expandable::Object(invoice)) if fetched.subscription.waiting.is_some() => invoice.hosted_invoice_url,
            _ => None,
        };
        Ok(Changed { fetched, pay_url })
    }

    async fn sheet(&self, id: &ProviderInvoiceId) -> Result<InvoiceSheet, PaymentError> {
        let invoice: Invoice = self.client.call(RetrieveInvoice::new(id.as_str()).build(), None).await?;
        let lines = sheet::all_lines(&self.client, &invoice).await?;
        sheet::of(&invoice, &lines, false)
    }

    async fn unpaid(&self, id: &ProviderInvoiceId) -> Result<Option<Unpaid>, PaymentError> {
        let request = RetrieveInvoice::new(id.as_str()).expand(vec!["payments.data.payment.payment_intent".to_owned()]);
        let invoice: Invoice = self.client.call(request.build(), None).await?;
        Ok(invoice.intent().and_then(objects::Intent::unpaid))
    }

    async fn give_up(&self, id: &ProviderInvoiceId) -> Result<(), PaymentError> {
        match self.client.call::<Named>(VoidInvoiceInvoice::new(id.as_str()).build(), None).await {
            Ok(_) => Ok(()),
            // Only what is open can be voided. Whatever it is else, nobody can pay it any more.
            Err(refusal @ PaymentError::Refused { .. }) => {
                let invoice: Invoice = self.client.call(RetrieveInvoice::new(id.as_str()).build(), None).await?;
                if invoice.status.as_deref() == Some("open") { Err(refusal) } else { Ok(()) }
            }
            Err(unknown) => Err(unknown),
        }
    }
}
