//! What follows when the plan has fewer seats than people, or more again: letters, lines in the audit log, billed seats.

use domain::EmailAddress;
use serde_json::json;
use store::{Displaced, TenantTx};

use crate::mail::SeatLetter;
use crate::reactivate_member::is_back;
use crate::tell::{tell, tell_owners};
use crate::{Error, Services, door, seats};

/// Tells everybody whom a new cap has moved, and the owners once.
pub(crate) async fn follow_up(s: &Services, tx: &mut TenantTx, displaced: Vec<Displaced>) -> Result<(), Error> {
    if displaced.is_empty() {
        return Ok(());
    }
    let org = tx.organization().await?;
    let plan = s.plan_of(&org).await?;
    let plan = plan.name.as_str();
    let (mut members, mut invited): (Vec<EmailAddress>, Vec<EmailAddress>) = (Vec::new(), Vec::new());
    for one in displaced {
        match one {
            Displaced::Back(member) => is_back(s, tx, member.id, &member.email, member.role).await?,
            Displaced::Suspended(member) => {
                tell(s, tx, &org, &member.email, &SeatLetter::Displaced { plan }).await?;
                let before = json!({ "email": member.email, "role": member.role });
                let after = json!({ "by_plan": true, "plan": org.plan });
                door::audit(s, tx, "member.suspended", member.id, Some(before), Some(after)).await?;
                members.push(member.email);
            }
            Displaced::Cancelled(invitation) => {
                tell(s, tx, &org, &invitation.email, &SeatLetter::Uninvited { plan }).await?;
                let before = json!({ "email": invitation.email, "role": invitation.role });
                let after = json!({ "by_plan": true, "plan": org.plan });
                door::audit(s, tx, "invitation.cancelled", invitation.id, Some(before), Some(after)).await?;
                invited.push(invitation.email);
            }
        }
    }
    if !members.is_empty() {
        seats::changed(s, tx).await?;
    }
    if members.is_empty() && invited.is_empty() {
        return Ok(());
    }
    let letter = SeatLetter::PlanShrank { plan, members: &members, invited: &invited };
    tell_owners(s, tx, &org, &letter).await
}
