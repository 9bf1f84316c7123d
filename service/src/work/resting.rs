//! Seats whose rest is over come back, through the gate like everybody else.

use anyhow::Context;
use domain::Permission;
use domain::access::Deed;
use domain::ids::MemberId;
use domain::rollout::Gate;
use serde_json::json;
use store::{Command, Reactivate, TenantTx};

use super::broken;
use crate::mail::SeatLetter;
use crate::reactivate_member::is_back;
use crate::tell::tell_owners;
use crate::{Error, Services, door};

/// How many are looked at in one step.
const AT_ONCE: u32 = 50;

/// Ends rests whose time is over; `false` when there is none.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let now = s.now();
    let over = s.store().system().resting_over(now, AT_ONCE).await.context("looking for rests that are over")?;
    let mut ended = false;
    for (org, id) in over {
        let scope = s.store().system().act_for(org, "end of a rest").await?;
        // Somebody may have ended it, or another worker, in between.
        ended |= scope.execute(ComeBack { s, id }, now).await.map_err(broken)?;
    }
    Ok(ended)
}

struct ComeBack<'a> {
    s: &'a Services,
    id: MemberId,
}

impl Command for ComeBack<'_> {
    const REQUIRES: Permission = Permission::MemberRemove;
    const DEED: Deed = Deed::Change;
    type Output = bool;
    type Error = Error;

    /// Who finds no seat, or comes while a payment is due, goes on resting until somebody decides, and the owners are
    /// told so, once.
    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Self { s, id } = self;
        let Some(member) = tx.end_of_rest(id).await? else { return Ok(false) };
        let org = tx.organization().await?;
        if tx.unless_overlooked(Gate::Access, org.access.allows_growth()).is_ok() {
            match tx.reactivate_member(id).await? {
                Reactivate::Reactivated { role } => {
                    is_back(s, tx, id, &member.email, role).await?;
                    return Ok(true);
                }
                Reactivate::NotSuspended | Reactivate::NotThere => return Ok(true),
                Reactivate::SeatsFull(_) => {}
            }
        }
        tell_owners(s, tx, &org, &SeatLetter::NoSeatToReturnTo { who: &member.email }).await?;
        let after = json!({ "email": member.email, "until": null });
        door::audit(s, tx, "member.rest_extended", id, None, Some(after)).await?;
        Ok(true)
    }
}
