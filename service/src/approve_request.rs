//! Saying yes to a seat request.

use domain::Permission;
use domain::access::Deed;
use domain::email::admits;
use domain::ids::SeatRequestId;
use serde_json::json;
use store::{Command, SeatRequestRecord, TenantTx};

use crate::mail::SeatLetter;
use crate::take_up::{TakenUp, take_up};
use crate::tell::tell;
use crate::{Caller, Error, Services, door, policy, refusal};

/// Gives the seat, or a place on the wait list when none is free; from there it moves up by itself, in the order of the
/// list, when one is. A newcomer who asked is a member at once, a colleague who was asked for is invited.
///
/// # Errors
/// [`Error::NotFound`] if nobody asks any more, [`Error::Forbidden`], [`Error::Refused`] with `role-above`,
/// `other-domain`, `approved-already` or `payment-due`.
pub async fn approve_request(s: &Services, caller: &Caller, slug: &str, id: SeatRequestId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Approve { s, caller, id }, s.now()).await?;
    s.wake();
    Ok(())
}

/// The open request, if who asks may answer it.
pub(crate) async fn answerable(tx: &mut TenantTx, id: SeatRequestId) -> Result<SeatRequestRecord, Error> {
    let request = tx.seat_request(id).await?.ok_or(Error::NotFound)?;
    if tx.role().may_grant(request.role) { Ok(request) } else { Err(Error::Refused(refusal::role_above())) }
}

struct Approve<'a> {
    s: &'a Services,
    caller: &'a Caller,
    id: SeatRequestId,
}

impl Command for Approve<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Grow;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, id } = self;
        let request = answerable(tx, id).await?;
        let org = tx.organization().await?;
        if let Some(rules) = policy::rules(s, tx, &org).await? {
            admits(&request.email, &rules).map_err(Error::refused)?;
        }
        if !tx.approve_request(id).await? {
            return Err(Error::Refused(refusal::approved_already(&request.email)));
        }
        let after = json!({ "email": request.email, "role": request.role });
        door::audit(s, tx, "request.approved", id, None, Some(after)).await?;
        if take_up(s, tx, &org, &request, &caller.email).await? == TakenUp::Full {
            let asker = request.asked_by.as_ref().map_or(&request.email, |(_, asker)| asker);
            tell(s, tx, &org, asker, &SeatLetter::OnTheWaitList { who: &request.email }).await?;
        }
        Ok(())
    }
}
