//! Repairs. Each is a way that something else takes, too.

use domain::access::Deed;
use domain::ids::{OrgId, OutboxId};
use domain::subscription::{ProviderInvoiceId, ProviderSubscriptionId};
use domain::{Permission, Repair};
use payments::EventEnvelope;
use serde_json::json;
use store::{Command, Effect, StoreEvent, TenantTx};

use super::Finding;
use super::walk::KEPT;
use crate::entitlement::{self, Entitlement};
use crate::{Error, Services, door, hint, sync_invoice, sync_subscription};

/// Makes the repair; `false`: there is none, a person decides.
pub(super) async fn repair(s: &Services, finding: &Finding) -> Result<bool, Error> {
    let Some(repair) = finding.repair else { return Ok(false) };
    let org = || finding.org.ok_or_else(|| Error::Broken(anyhow::anyhow!("{} is nobody's", finding.subject)));
    match repair {
        Repair::TakeIn => take_in(s).await?,
        Repair::LookAgain => {
            sync_subscription(s, org()?, &ProviderSubscriptionId(finding.subject.clone())).await?;
            note(s, org()?, finding, Deeds::Nothing).await?;
        }
        Repair::LookAtInvoice => {
            sync_invoice(s, org()?, &ProviderInvoiceId(finding.subject.clone())).await?;
            note(s, org()?, finding, Deeds::Nothing).await?;
        }
        Repair::Recount => note(s, org()?, finding, Deeds::Recount).await?,
        Repair::Entitle => note(s, org()?, finding, Deeds::Entitle).await?,
        Repair::SendSeats => note(s, org()?, finding, Deeds::SendSeats).await?,
    }
    Ok(true)
}

async fn note(s: &Services, org: OrgId, finding: &Finding, deeds: Deeds) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "reconciliation").await?;
    scope.execute(Mend { s, finding, deeds }, s.now()).await
}

/// What is done in the transaction of the line in the audit log.
#[derive(Clone, Copy)]
enum Deeds {
    /// It was done before, under the lock of what was fetched.
    Nothing,
    Recount,
    Entitle,
    SendSeats,
}

struct Mend<'a> {
    s: &'a Services,
    finding: &'a Finding,
    deeds: Deeds,
}

impl Command for Mend<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, finding, deeds } = self;
        match deeds {
            Deeds::Nothing => {}
            Deeds::Recount => {
                tx.recount().await?;
                crate::seats::changed(s, tx).await?;
            }
            Deeds::Entitle => {
                let org = tx.organization().await?;
                let bought = tx.subscription().await?;
                let gives = entitlement::due(s, tx, bought.as_ref(), &org).await?;
                if gives != Entitlement::had(&org) {
                    entitlement::set(s, tx, &gives).await?;
                }
            }
            Deeds::SendSeats => tx.enqueue(s.id(OutboxId::new), &Effect::SyncSeats).await?,
        }
        let after = json!({ "drift": finding.drift, "repair": finding.repair, "evidence": finding.evidence });
        door::audit(s, tx, "reconciliation.repaired", &finding.subject, None, Some(after)).await
    }
}

/// Events that could not be delivered, and that we do not have.
pub(super) async fn missed(s: &Services) -> Result<Vec<(EventEnvelope, Vec<u8>)>, Error> {
    let since = s.now().minus(KEPT);
    let mut missed = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let part = s.payments().undelivered(since, after.as_deref()).await?;
        for raw in part.items {
            let Ok(said) = EventEnvelope::read(&raw) else { continue };
            let ours = said.livemode == s.settings().livemode && !hint::looks(&said).is_empty();
            if ours && s.store().system().event(&said.id).await?.is_none() {
                missed.push((said, raw));
            }
        }
        match part.next {
            Some(next) => after = Some(next),
            None => return Ok(missed),
        }
    }
}

async fn take_in(s: &Services) -> Result<(), Error> {
    let mut taken = 0_u32;
    for (said, raw) in missed(s).await? {
        let new = hint::new_event(said, raw).map_err(|error| Error::Broken(anyhow::Error::new(error)))?;
        taken += u32::from(s.intake().store(s.store(), new, s.now()).await? == StoreEvent::Stored);
    }
    tracing::info!(taken, "events that could not be delivered are in the inbox");
    Ok(())
}
