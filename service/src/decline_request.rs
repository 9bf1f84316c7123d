//! Saying no to a seat request.

use domain::Permission;
use domain::access::Deed;
use domain::ids::SeatRequestId;
use serde_json::json;
use store::{Command, OrgRecord, SeatRequestRecord, TenantTx};

use crate::approve_request::answerable;
use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::words::words;
use crate::{Caller, Error, Services, door};

/// Declines a request, or takes it off the wait list. Who asked is told, with the reason.
///
/// # Errors
/// [`Error::NotFound`] if nobody asks any more, [`Error::Forbidden`], [`Error::Invalid`] with `reason`,
/// [`Error::Refused`] with `role-above`.
pub async fn decline_request(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: SeatRequestId,
    reason: Option<String>,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    let reason = words("reason", reason)?;
    scope.execute(Decline { s, id, reason }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Decline<'a> {
    s: &'a Services,
    id: SeatRequestId,
    reason: Option<String>,
}

impl Command for Decline<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, reason } = self;
        let request = answerable(tx, id).await?;
        let org = tx.organization().await?;
        decline(s, tx, &org, &request, reason.as_deref()).await
    }
}

/// Ends an open request with a refusal. A newcomer who has asked does not learn from a no which company it was.
pub(crate) async fn decline(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    request: &SeatRequestRecord,
    reason: Option<&str>,
) -> Result<(), Error> {
    if !tx.decline_request(request.id, reason).await? {
        return Err(Error::NotFound);
    }
    match &request.asked_by {
        Some((_, asker)) => tell(s, tx, org, asker, &SeatLetter::Declined { who: &request.email, reason }).await?,
        None => tell(s, tx, org, &request.email, &SeatLetter::NewcomerDeclined { reason }).await?,
    }
    let before = json!({ "email": request.email, "role": request.role });
    let after = json!({ "reason": reason });
    door::audit(s, tx, "request.declined", request.id, Some(before), Some(after)).await
}
