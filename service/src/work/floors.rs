//! Fewer seats bought ahead: shortly before the renewal the number falls, so that the renewal bills it.

use anyhow::Context;
use domain::Permission;
use domain::access::Deed;
use domain::course::FLOOR_FALLS_BEFORE;
use domain::ids::OutboxId;
use serde_json::json;
use store::{Command, Effect, TenantTx};

use super::broken;
use crate::{Error, Services, door};

/// How many are looked at in one step.
const AT_ONCE: u32 = 50;

/// Lowers those whose renewal comes; `false` when there is none.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let until = s.billing_now().plus(FLOOR_FALLS_BEFORE);
    let due = s.store().system().floors_due(until, AT_ONCE).await.context("looking for renewals with fewer seats")?;
    let mut lowered = false;
    for org in due {
        let scope = s.store().system().act_for(org, "fewer seats bought ahead").await?;
        lowered |= scope.execute(Lower { s, until }, s.now()).await.map_err(broken)?;
    }
    Ok(lowered)
}

struct Lower<'a> {
    s: &'a Services,
    until: domain::Timestamp,
}

impl Command for Lower<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Self { s, until } = self;
        let before = tx.organization().await?.seats_floor;
        if !tx.lower_seats_floor(until).await? {
            return Ok(false);
        }
        tx.enqueue(s.id(OutboxId::new), &Effect::SyncSeats).await?;
        let org = tx.organization().await?;
        let (was, is) = (json!({ "seats": before }), json!({ "seats": org.seats_floor }));
        door::audit(s, tx, "subscription.fewer_seats", org.id, Some(was), Some(is)).await?;
        Ok(true)
    }
}
