//! Shortly before a period ends, the number of seats for the next one is looked at.

use std::time::Duration;

use anyhow::Context;
use domain::Permission;
use domain::access::Deed;
use domain::billed::WINDOW;
use domain::ids::OutboxId;
use domain::subscription::ProviderSubscriptionId;
use store::{Command, Effect, TenantTx};

use super::broken;
use crate::{Error, Services};

/// How often it is looked whose period ends.
const EVERY: Duration = Duration::from_mins(1);
/// How many are taken up in one step.
const AT_ONCE: u32 = 50;

/// Queues a change of the billed seats for each subscription whose period ends soon, once; `false` when there was none.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    // Periods go by the time of bills, which the sandbox can let pass.
    let now = s.billing_now();
    if !s.rounds().due("renewals", EVERY, now) {
        return Ok(false);
    }
    let system = s.store().system();
    let soon = system.closing_seat_periods(now, now.plus(WINDOW), AT_ONCE).await.context("looking for renewals")?;
    if soon.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
        s.rounds().done("renewals", now);
    }
    let found = !soon.is_empty();
    for (org, id) in soon {
        let scope = system.act_for(org, "seats of the next period").await?;
        scope.execute(Close { s, id }, s.now()).await.map_err(broken)?;
    }
    Ok(found)
}

struct Close<'a> {
    s: &'a Services,
    id: ProviderSubscriptionId,
}

impl Command for Close<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id } = self;
        let Some(bought) = tx.subscription_by_id(&id).await? else { return Ok(()) };
        if tx.close_seat_period(&id, bought.period.from).await? {
            tx.enqueue(s.id(OutboxId::new), &Effect::SyncSeats).await?;
        }
        Ok(())
    }
}
