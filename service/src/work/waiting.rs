//! The wait list moves up when a seat is free.

use anyhow::Context;
use domain::Permission;
use domain::Refusal;
use domain::access::Deed;
use domain::email::admits;
use domain::rollout::Gate;
use store::{Command, TenantTx};

use super::broken;
use crate::decline_request::decline;
use crate::take_up::{TakenUp, take_up};
use crate::{Error, Services, policy};

/// How many organizations are looked at in one step.
const AT_ONCE: u32 = 50;

/// Gives free seats to who waits for one; `false` when nobody could be given one.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let waiting = s.store().system().waiting(AT_ONCE).await.context("looking for wait lists with a free seat")?;
    let mut moved = false;
    for org in waiting {
        let scope = s.store().system().act_for(org, "wait list").await?;
        moved |= scope.execute(MoveUp { s }, s.now()).await.map_err(broken)?;
    }
    Ok(moved)
}

struct MoveUp<'a> {
    s: &'a Services,
}

impl Command for MoveUp<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Change;
    type Output = bool;
    type Error = Error;

    /// In the order of the list, as far as there are seats; who would sit for nothing waits for nobody. Somebody who may
    /// not come any more, because the company's domains have changed since, is declined with that reason.
    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Self { s } = self;
        let org = tx.organization().await?;
        if tx.unless_overlooked(Gate::Access, org.access.allows_growth()).is_err() {
            return Ok(false);
        }
        let rules = policy::rules(s, tx, &org).await?;
        let owners = tx.owners().await?;
        let Some(by) = owners.first().map(|owner| owner.email.clone()) else { return Ok(false) };
        let mut moved = false;
        for request in tx.seat_requests().await?.into_iter().filter(|request| request.approved_at.is_some()) {
            let no = rules.as_deref().and_then(|rules| admits(&request.email, rules).err());
            if let Some(no) = no {
                decline(s, tx, &org, &request, Some(&Refusal::from(no).what)).await?;
                moved = true;
                continue;
            }
            moved |= take_up(s, tx, &org, &request, &by).await? == TakenUp::Seated;
        }
        Ok(moved)
    }
}
