//! Stripe's invoices in our words.

use domain::invoice::{BillingReason, InvoiceLine, NextInvoice};
use domain::subscription::{ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::time::Period;
use domain::{Currency, Invoice, InvoiceStatus, Money, Timestamp};

use super::invoice_objects as objects;
use super::mapping::card;
use super::objects::{Expandable, Named};
use crate::PaymentError;

fn odd(of: &objects::Invoice, what: &str) -> PaymentError {
    PaymentError::Unknown(format!("invoice {}: {what}", of.id.as_deref().unwrap_or("to come")))
}

/// An invoice in our words; `fetched_at` is the moment before the call.
pub(super) fn invoice(
    of: objects::Invoice,
    charges: &[objects::Charge],
    fetched_at: Timestamp,
) -> Result<Invoice, PaymentError> {
    let currency: Currency = of.currency.parse().map_err(|no| odd(&of, &format!("{no}")))?;
    let status = of.status.as_deref().ok_or_else(|| odd(&of, "no status"))?;
    let status: InvoiceStatus = status.parse().map_err(|no| odd(&of, &format!("{no}")))?;
    let id = of.id.clone().ok_or_else(|| odd(&of, "no id"))?;
    let money = |minor: i64| Money::new(minor, currency);
    let refunded = charges.iter().map(|charge| charge.amount_refunded).fold(0_i64, i64::saturating_add);
    let method = charges.iter().find_map(|charge| charge.payment_method_details.as_ref());
    let balance = of.amount_due.saturating_sub(of.total);
    let open = status == InvoiceStatus::Open;
    Ok(Invoice {
        needs_confirmation: open && of.needs_confirmation(),
        payments: of.intents(),
        id: ProviderInvoiceId(id),
        subscription: subscription(&of).map(ProviderSubscriptionId),
        reason: reason(of.billing_reason.as_deref()),
        subtotal: money(of.subtotal),
        total: money(of.total),
        balance: money(balance),
        due: money(of.amount_due),
        paid: money(of.amount_paid),
        remaining: money(of.amount_remaining),
        refunded: money(refunded),
        credited: money(of.post_payment_credit_notes_amount),
        disputed: charges.iter().any(|charge| charge.disputed),
        card: method.and_then(|method| method.card.as_ref()).map(card),
        attempts: of.attempt_count,
        next_attempt: of.next_payment_attempt.filter(|_| open).map(Timestamp::from_secs),
        period: Period { from: Timestamp::from_secs(of.period_start), until: Timestamp::from_secs(of.period_end) },
        created_at: Timestamp::from_secs(of.created),
        due_at: of.due_date.map(Timestamp::from_secs),
        finalized_at: of.status_transitions.finalized_at.map(Timestamp::from_secs),
        paid_at: of.status_transitions.paid_at.map(Timestamp::from_secs),
        lines: of.lines.data.iter().map(|one| line(one, currency)).collect(),
        status,
        number: of.number,
        page: of.hosted_invoice_url,
        pdf: of.pdf,
        customer: ProviderCustomerId(of.customer.into_id()),
        fetched_at,
    })
}

/// The invoice to come.
pub(super) fn next(of: objects::Invoice) -> Result<NextInvoice, PaymentError> {
    let currency: Currency = of.currency.parse().map_err(|no| odd(&of, &format!("{no}")))?;
    let money = |minor: i64| Money::new(minor, currency);
    Ok(NextInvoice {
        at: Timestamp::from_secs(of.next_payment_attempt.unwrap_or(of.period_end)),
        total: money(of.total),
        balance: money(of.amount_due.saturating_sub(of.total)),
        due: money(of.amount_due),
        lines: of.lines.data.iter().map(|one| line(one, currency)).collect(),
    })
}

fn line(of: &objects::Line, currency: Currency) -> InvoiceLine {
    let said = of.parent.as_ref().and_then(|parent| {
        parent.subscription_item_details.as_ref().or(parent.invoice_item_details.as_ref()).map(|it| it.proration)
    });
    InvoiceLine {
        description: of.description.clone().unwrap_or_default(),
        quantity: of.quantity,
        amount: Money::new(of.amount, currency),
        period: Period { from: Timestamp::from_secs(of.period.start), until: Timestamp::from_secs(of.period.end) },
        proration: said.unwrap_or(of.proration),
    }
}

fn subscription(of: &objects::Invoice) -> Option<String> {
    let of_parent = of.parent.as_ref().and_then(|parent| parent.subscription_details.as_ref());
    let named = of_parent.and_then(|details| details.subscription.as_ref()).or(of.subscription.as_ref())?;
    Some(match named {
        Expandable::Id(id) | Expandable::Object(Named { id }) => id.clone(),
    })
}

fn reason(word: Option<&str>) -> BillingReason {
    match word {
        Some("subscription_create") => BillingReason::Create,
        Some("subscription_cycle") => BillingReason::Cycle,
        Some("subscription_update") => BillingReason::Update,
        Some("manual") => BillingReason::Manual,
        _ => BillingReason::Other,
    }
}
