//! Working off one lane: everything that was stored in it before now.

use std::collections::BTreeMap;

use anyhow::Context;
use domain::ids::OrgId;
use domain::subscription::ProviderCustomerId;
use payments::EventEnvelope;
use store::{EventOutcome, LeasedEvent};

use super::judge::{Handled, judge};
use super::look::Looks;
use crate::hint::{self, Look};
use crate::{Error, Services};

/// Looks at everything that these events name, each thing once, and finishes them.
///
/// What was applied is finished in one statement; only what ends otherwise has one of its own, and goes first.
pub(super) async fn work_off(s: &Services, holder: &str, events: Vec<LeasedEvent>) -> anyhow::Result<()> {
    let inbox = s.store().system();
    let mut lane = Lane { s, owners: BTreeMap::new(), looks: BTreeMap::new() };
    let mut strangers = Vec::new();
    let (mut done, mut lost) = (0_u64, 0_u64);
    for event in &events {
        let handled = match read(s, event).await {
            Ok(said) => {
                let handled = lane.handle(&said).await.unwrap_or_else(|error| Handled::Failed(error.to_string()));
                if handled == Handled::UnknownCustomer {
                    strangers.extend(said.customer);
                }
                handled
            }
            Err(error) => Handled::Failed(error.to_string()),
        };
        match judge(event, handled, s.now()) {
            EventOutcome::Done => done += 1,
            outcome => {
                let kept =
                    inbox.finish_event(&event.id, holder, outcome, s.now()).await.context("finishing an event")?;
                lost += u64::from(!kept);
            }
        }
    }
    if let Some(first) = events.first().filter(|_| done > 0) {
        lost += done - inbox.finish_lane(&first.lane, holder, s.now()).await.context("finishing a lane")?.min(done);
    }
    if lost > 0 {
        tracing::warn!(lost, lane = events[0].lane, "events took longer than their lease; somebody else has them");
    }
    release(s, strangers).await
}

/// What the event says. One that an earlier version has stored is read from its body.
async fn read(s: &Services, event: &LeasedEvent) -> Result<EventEnvelope, Error> {
    let broken = |error: anyhow::Error| Error::Broken(error.context("the event cannot be read"));
    if let Some(hint) = &event.hint {
        return serde_json::from_str(hint).map_err(|error| broken(error.into()));
    }
    let body = s.store().system().event_body(&event.id).await?;
    let (_, raw) = body.ok_or(Error::NotFound)?;
    EventEnvelope::read(&raw).map_err(|error| broken(error.into()))
}

/// Somebody may have become known between being looked for and being parked: then nobody else releases their events.
async fn release(s: &Services, mut strangers: Vec<ProviderCustomerId>) -> anyhow::Result<()> {
    strangers.sort_unstable();
    strangers.dedup();
    for customer in strangers {
        if s.store().system().org_by_customer(&customer).await?.is_some() {
            s.store().system().requeue_parked(&customer).await?;
        }
    }
    Ok(())
}

/// Whose events they are.
#[derive(Clone, Copy)]
enum Owner {
    Ours(OrgId),
    /// Of a deleted organization, what comes late is expected: it is what its deletion has ended.
    Buried,
    Unknown,
}

struct Lane<'s> {
    s: &'s Services,
    owners: BTreeMap<ProviderCustomerId, Owner>,
    looks: BTreeMap<OrgId, Looks<'s>>,
}

impl Lane<'_> {
    async fn handle(&mut self, said: &EventEnvelope) -> Result<Handled, Error> {
        let looks = hint::looks(said);
        if looks.is_empty() {
            return Ok(Handled::Ignored);
        }
        let Some(customer) = self.customer(said, &looks).await? else { return Ok(Handled::Ignored) };
        let org = match self.owner(&customer).await? {
            Owner::Ours(org) => org,
            Owner::Buried => return Ok(Handled::Ignored),
            Owner::Unknown => return Ok(Handled::UnknownCustomer),
        };
        let s = self.s;
        let seen = self.looks.entry(org).or_insert_with(|| Looks::new(s, org));
        for look in &looks {
            if let Err(error) = seen.take(look).await {
                return Ok(Handled::Failed(error));
            }
        }
        Ok(Handled::Done)
    }

    /// Whose event it is. One that names no customer (a thin one) is looked up.
    async fn customer(&self, said: &EventEnvelope, looks: &[Look]) -> Result<Option<ProviderCustomerId>, Error> {
        if said.customer.is_some() {
            return Ok(said.customer.clone());
        }
        let (payments, now) = (self.s.payments(), self.s.now());
        match looks.iter().find(|look| **look != Look::Customer) {
            Some(Look::Checkout(page)) => Ok(payments.checkout(page).await?.customer),
            Some(Look::Subscription(id)) => match self.s.store().system().customer_by_subscription(id).await? {
                Some(customer) => Ok(Some(customer)),
                None => Ok(Some(payments.subscription(id, now).await?.subscription.customer)),
            },
            Some(Look::Invoice(id)) => Ok(Some(payments.invoice(id, now).await?.customer)),
            Some(Look::Payment(payment)) => Ok(payments.payer_of(payment).await?),
            Some(Look::Customer) | None => Ok(None),
        }
    }

    async fn owner(&mut self, customer: &ProviderCustomerId) -> Result<Owner, Error> {
        if let Some(owner) = self.owners.get(customer) {
            return Ok(*owner);
        }
        let system = self.s.store().system();
        let owner = match system.org_by_customer(customer).await? {
            Some(org) => Owner::Ours(org),
            None if system.is_buried(customer).await? => Owner::Buried,
            None => Owner::Unknown,
        };
        self.owners.insert(customer.clone(), owner);
        Ok(owner)
    }
}
