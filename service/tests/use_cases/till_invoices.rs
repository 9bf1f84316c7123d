//! The till's invoices: what a test has put there, and what was said about the payer.

use async_trait::async_trait;
use domain::invoice::{BillingReason, NextInvoice};
use domain::subscription::{ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::tax_id::TaxIdState;
use domain::{Invoice, InvoiceStatus, Money, Subscription, Timestamp};
use payments::PaymentError;
use payments::provider::{IdempotencyKey, InvoicePage, Invoices, Payer};
use serde_json::{Value, json};

use crate::till::{Inside, Till, refused};

/// A renewal of `minor` that is still to be paid.
pub fn renewal(n: u32, bought: &Subscription, minor: i64, at: Timestamp) -> Invoice {
    let money = |minor| Money::new(minor, bought.currency);
    Invoice {
        id: ProviderInvoiceId(format!("in_{n}")),
        customer: bought.customer.clone(),
        subscription: Some(bought.id.clone()),
        number: Some(format!("ACME-{n:04}")),
        status: InvoiceStatus::Open,
        reason: BillingReason::Cycle,
        subtotal: money(minor),
        total: money(minor),
        balance: money(0),
        due: money(minor),
        paid: money(0),
        remaining: money(minor),
        refunded: money(0),
        credited: money(0),
        disputed: false,
        card: Some("Visa 0341".to_owned()),
        needs_confirmation: false,
        attempts: 0,
        next_attempt: None,
        period: bought.period,
        created_at: at,
        due_at: None,
        finalized_at: Some(at),
        paid_at: None,
        page: Some(format!("https://pay.test/in_{n}")),
        pdf: Some(format!("https://pay.test/in_{n}.pdf")),
        payments: vec![format!("pi_{n}")],
        lines: Vec::new(),
        fetched_at: at,
    }
}

impl Till {
    /// The provider has this invoice now, in place of the one with the same name.
    pub fn put(&self, invoice: Invoice) {
        let mut inside = self.inside();
        inside.invoices.retain(|known| known.id != invoice.id);
        inside.invoices.push(invoice);
    }

    /// Something happens to an invoice at the provider.
    pub fn bill(&self, id: &ProviderInvoiceId, change: impl FnOnce(&mut Invoice)) {
        change(self.inside().bill(id).unwrap());
    }

    /// It is paid after all.
    pub fn settle(&self, id: &ProviderInvoiceId, at: Timestamp) {
        self.bill(id, |invoice| {
            invoice.status = InvoiceStatus::Paid;
            invoice.paid = invoice.due;
            invoice.remaining = Money::zero(invoice.currency());
            invoice.paid_at = Some(at);
            invoice.needs_confirmation = false;
        });
    }

    /// An event about an invoice, a new one each time.
    pub fn invoice_event(&self, kind: &str, invoice: &Invoice) -> Value {
        let n = {
            let mut inside = self.inside();
            inside.events += 1;
            inside.events
        };
        json!({
            "id": format!("evt_in_{n}"), "object": "event", "api_version": "2026-09-30.endive", "livemode": false,
            "created": 1_795_000_000, "type": kind,
            "data": { "object": {
                "object": "invoice", "id": invoice.id, "customer": invoice.customer,
                "parent": { "subscription_details": { "subscription": invoice.subscription } },
            } },
        })
    }

    /// An event about money that was given back.
    pub fn refund_event(&self, kind: &str, object: &str, invoice: &Invoice) -> Value {
        let mut event = self.invoice_event(kind, invoice);
        event["data"]["object"] = json!({
            "object": object, "id": format!("{object}_1"), "payment_intent": invoice.payments[0],
        });
        event
    }
}

impl Inside {
    fn bill(&mut self, id: &ProviderInvoiceId) -> Result<&mut Invoice, PaymentError> {
        self.invoices.iter_mut().find(|known| &known.id == id).ok_or_else(|| refused("resource_missing"))
    }
}

#[async_trait]
impl Invoices for Till {
    async fn invoices_of(
        &self,
        customer: &ProviderCustomerId,
        after: Option<&ProviderInvoiceId>,
    ) -> Result<InvoicePage, PaymentError> {
        self.ask(|inside| {
            let theirs = inside.invoices.iter().rev().filter(|invoice| &invoice.customer == customer);
            let mut ids: Vec<_> = theirs.map(|invoice| (invoice.id.clone(), invoice.status)).collect();
            if let Some(after) = after {
                let at = ids.iter().position(|(id, _)| id == after).ok_or_else(|| refused("resource_missing"))?;
                ids.drain(..=at);
            }
            Ok(InvoicePage { ids, more: false })
        })
        .await
    }

    async fn invoice(&self, id: &ProviderInvoiceId, now: Timestamp) -> Result<Invoice, PaymentError> {
        self.ask(|inside| Ok(Invoice { fetched_at: now, ..inside.bill(id)?.clone() })).await
    }

    async fn next_invoice(
        &self,
        _customer: &ProviderCustomerId,
        subscription: &ProviderSubscriptionId,
    ) -> Result<Option<NextInvoice>, PaymentError> {
        self.ask(|inside| {
            let bought = inside.find(subscription)?.subscription.clone();
            if bought.ends_at.is_some() {
                return Ok(None);
            }
            let total = Money::new(29_370, bought.currency);
            let balance = Money::new(-20_000, bought.currency);
            let due = Money::new(9_370, bought.currency);
            Ok(Some(NextInvoice { at: bought.period.until, total, balance, due, lines: Vec::new() }))
        })
        .await
    }

    async fn pay_invoice(
        &self,
        key: &IdempotencyKey,
        id: &ProviderInvoiceId,
        now: Timestamp,
    ) -> Result<Invoice, PaymentError> {
        self.ask(|inside| {
            if inside.replay(key, id.as_str())?.is_none() {
                inside.keys.insert(key.0.clone(), (id.0.clone(), String::new()));
                let declines = inside.declines;
                let invoice = inside.bill(id)?;
                if declines {
                    invoice.attempts += 1;
                } else {
                    invoice.status = InvoiceStatus::Paid;
                    invoice.paid = invoice.due;
                    invoice.remaining = Money::zero(invoice.currency());
                    invoice.paid_at = Some(now);
                }
            }
            Ok(Invoice { fetched_at: now, ..inside.bill(id)?.clone() })
        })
        .await
    }

    async fn set_payer(
        &self,
        key: &IdempotencyKey,
        customer: &ProviderCustomerId,
        payer: &Payer,
    ) -> Result<Option<TaxIdState>, PaymentError> {
        self.ask(|inside| {
            let call = format!("{customer} {payer:?}");
            if inside.replay(key, &call)?.is_none() {
                inside.keys.insert(key.0.clone(), (call, String::new()));
                inside.payers.push(payer.clone());
            }
            Ok(payer.details.as_ref().and_then(|details| details.tax_id.as_ref()).map(|_| TaxIdState::Verified))
        })
        .await
    }

    async fn payer_of(&self, payment: &str) -> Result<Option<ProviderCustomerId>, PaymentError> {
        self.ask(|inside| {
            let found = inside.invoices.iter().find(|invoice| invoice.payments.iter().any(|known| known == payment));
            Ok(found.map(|invoice| invoice.customer.clone()))
        })
        .await
    }

    async fn tax_id_state(&self, _customer: &ProviderCustomerId) -> Result<Option<TaxIdState>, PaymentError> {
        self.ask(|inside| {
            let details = inside.payers.last().and_then(|payer| payer.details.as_ref());
            Ok(details.and_then(|details| details.tax_id.as_ref()).map(|_| TaxIdState::Verified))
        })
        .await
    }
}
