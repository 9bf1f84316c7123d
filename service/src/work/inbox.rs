//! Billing events that came in: each is a hint that something at the provider is to be looked at.

use std::time::Duration;

use anyhow::Context;
use domain::ids::OrgId;
use domain::subscription::{ProviderCheckoutId, ProviderCustomerId};
use domain::{Permission, Subscription};
use payments::EventEnvelope;
use payments::provider::CheckoutStatus;
use store::{CheckoutRecord, CloseReason, EventOutcome, LeasedEvent, OrgRecord, Query, TenantRead};

use super::{LEASE, TRIES, again};
use crate::{Error, Services, checkout, sync_invoice, sync_subscription};

/// How long a parked event waits for its customer before it is looked at again. When the customer becomes known, it
/// is released at once.
const PARKED: Duration = Duration::from_hours(6);
/// A customer that has been unknown for so long is probably none of ours; somebody should know.
const STRANGE: Duration = Duration::from_hours(1);

/// Handles one event; `false` when none waits.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let inbox = s.store().system();
    let Some(event) = inbox.lease_event(s.now(), LEASE).await.context("leasing an event")? else { return Ok(false) };
    let outcome = judge(s, &event, handle(s, &event).await);
    if !inbox.finish_event(&event.id, event.attempts, outcome, s.now()).await.context("finishing an event")? {
        tracing::warn!(event = event.id, "an event took longer than its lease; somebody else has it");
    }
    Ok(true)
}

/// What an event comes to.
enum Handled {
    Done,
    Ignored,
    UnknownCustomer,
}

fn judge(s: &Services, event: &LeasedEvent, handled: Result<Handled, Error>) -> EventOutcome {
    let now = s.now();
    match handled {
        Ok(Handled::Done) => EventOutcome::Done,
        Ok(Handled::Ignored) => EventOutcome::Ignored,
        Ok(Handled::UnknownCustomer) => {
            if now.since(event.received_at) >= STRANGE {
                tracing::warn!(event = event.id, kind = event.kind, "an event for a customer that we do not know");
            }
            EventOutcome::Parked { retry_at: now.plus(PARKED) }
        }
        Err(error) => {
            let error = error.to_string();
            if event.attempts >= TRIES {
                tracing::error!(event = event.id, kind = event.kind, error, "an event was put aside");
                EventOutcome::Dead { error }
            } else {
                tracing::warn!(event = event.id, kind = event.kind, error, "an event will be tried again");
                EventOutcome::Retry { at: again(now, event.attempts), error }
            }
        }
    }
}

/// Whether an event of this type can say something about a subscription that we mirror (`stripe.md`, section 3.3).
/// Everything else is ignored, whatever the provider invents.
fn concerns_us(kind: &str) -> bool {
    // Thin events have the same names behind a `v1.`.
    let kind = kind.strip_prefix("v1.").unwrap_or(kind);
    kind.starts_with("customer.subscription.")
        || kind.starts_with("subscription_schedule.")
        || kind.starts_with("checkout.session.")
        || matches!(
            kind,
            "charge.dispute.closed"
                | "charge.dispute.created"
                | "charge.refunded"
                | "credit_note.created"
                | "credit_note.updated"
                | "credit_note.voided"
                | "customer.updated"
                | "customer.deleted"
                | "invoice.created"
                | "invoice.finalized"
                | "invoice.finalization_failed"
                | "invoice.marked_uncollectible"
                | "invoice.paid"
                | "invoice.payment_action_required"
                | "invoice.payment_failed"
                | "invoice.upcoming"
                | "invoice.updated"
                | "invoice.voided"
                | "payment_method.attached"
                | "payment_method.automatically_updated"
                | "payment_method.detached"
                | "refund.created"
                | "refund.failed"
                | "refund.updated"
        )
}

async fn handle(s: &Services, event: &LeasedEvent) -> Result<Handled, Error> {
    if !concerns_us(&event.kind) {
        return Ok(Handled::Ignored);
    }
    let said = EventEnvelope::read(&event.raw).map_err(|error| Error::Broken(anyhow::Error::new(error)))?;
    let Some(customer) = customer(s, &said).await? else { return Ok(Handled::Ignored) };
    let Some(org) = s.store().system().org_by_customer(&customer).await? else {
        // Of a deleted organization, what comes late is expected: it is what its deletion has ended.
        let buried = s.store().system().is_buried(&customer).await?;
        return Ok(if buried { Handled::Ignored } else { Handled::UnknownCustomer });
    };

    if let Some(page) = &said.checkout {
        settle(s, org, page).await?;
    } else if let Some(subscription) = &said.subscription {
        sync_subscription(s, org, subscription).await?;
    } else if let Some(bought) = look(s, org).await?.subscription {
        // About the customer as a whole, such as another card.
        sync_subscription(s, org, &bought.id).await?;
    }
    if let Some(invoice) = sync_invoice::meant(s, org, &said).await? {
        sync_invoice(s, org, &invoice).await?;
    }
    Ok(Handled::Done)
}

/// Whose event it is. One that names a subscription and no customer (a thin one) is looked up.
async fn customer(s: &Services, said: &EventEnvelope) -> Result<Option<ProviderCustomerId>, Error> {
    if said.customer.is_some() {
        return Ok(said.customer.clone());
    }
    if let Some(page) = &said.checkout {
        return Ok(s.payments().checkout(page).await?.customer);
    }
    match (&said.subscription, &said.payment, &said.invoice) {
        (Some(id), ..) => Ok(Some(s.payments().subscription(id, s.now()).await?.subscription.customer)),
        (None, Some(payment), _) => Ok(s.payments().payer_of(payment).await?),
        (None, None, Some(invoice)) => Ok(Some(s.payments().invoice(invoice, s.now()).await?.customer)),
        (None, None, None) => Ok(None),
    }
}

/// A payment page has changed: what was bought on it comes into the mirror, and its row is closed.
async fn settle(s: &Services, org: OrgId, id: &ProviderCheckoutId) -> Result<(), Error> {
    let page = s.payments().checkout(id).await?;
    if let Some(bought) = &page.subscription {
        sync_subscription(s, org, bought).await?;
    }
    let why = match page.status {
        CheckoutStatus::Open => return Ok(()),
        CheckoutStatus::Complete => CloseReason::Completed,
        CheckoutStatus::Expired => CloseReason::Expired,
    };
    let found = look(s, org).await?;
    if let Some(row) = found.open_checkout.filter(|row| row.provider_id.as_ref() == Some(id)) {
        let scope = s.store().system().act_for(org, "billing event").await?;
        checkout::close(s, &scope, &row.key, why).await?;
    }
    Ok(())
}

async fn look(s: &Services, org: OrgId) -> Result<Found, Error> {
    s.store().system().act_for(org, "billing event").await?.read(Look).await
}

pub(super) struct Look;

pub(super) struct Found {
    pub(super) org: OrgRecord,
    pub(super) subscription: Option<Subscription>,
    pub(super) open_checkout: Option<CheckoutRecord>,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        Ok(Found {
            org: tx.organization().await?,
            subscription: tx.subscription().await?,
            open_checkout: tx.open_checkout().await?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_provider_invents_is_ignored() {
        for kind in ["customer.subscription.updated", "v1.customer.subscription.updated", "invoice.paid"] {
            assert!(concerns_us(kind), "{kind}");
        }
        for kind in ["", "v1.", "v3.invoice.dreamt", "charge.succeeded", "payment_intent.succeeded", "customer.created"]
        {
            assert!(!concerns_us(kind), "{kind}");
        }
    }
}
