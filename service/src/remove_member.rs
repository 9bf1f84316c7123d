//! Taking somebody's seat away.

use domain::Permission;
use domain::access::Deed;
use domain::ids::MemberId;
use serde_json::json;
use store::{Command, MemberRecord, RemoveMember, TenantTx};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::{Caller, Error, Services, door, refusal, seats};

/// Takes a member's seat away. Their next request finds nothing; the billed seats follow through the outbox, and so does
/// a letter to them.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`], [`Error::Refused`] with `role-above` or
/// `last-owner`.
pub async fn remove_member(s: &Services, caller: &Caller, slug: &str, id: MemberId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Remove { s, caller, id }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Remove<'a> {
    s: &'a Services,
    caller: &'a Caller,
    id: MemberId,
}

impl Command for Remove<'_> {
    const REQUIRES: Permission = Permission::MemberRemove;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, id } = self;
        let member = tx.member(id).await?.ok_or(Error::NotFound)?;
        if !tx.role().may_grant(member.role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        take_out(s, tx, &member, "member.removed").await?;
        let org = tx.organization().await?;
        tell(s, tx, &org, &member.email, &SeatLetter::Removed { by: &caller.email }).await
    }
}

/// Takes a member out: their seat, the billed quantity, the line in the audit log. The last owner stays.
pub(crate) async fn take_out(
    s: &Services,
    tx: &mut TenantTx,
    member: &MemberRecord,
    action: &'static str,
) -> Result<(), Error> {
    let role = match tx.remove_member(member.id).await? {
        RemoveMember::Removed { role } if tx.role().may_grant(role) => role,
        // They have become more in this moment.
        RemoveMember::Removed { .. } => return Err(Error::Refused(refusal::role_above())),
        RemoveMember::NotThere => return Err(Error::NotFound),
        RemoveMember::LastOwner => return Err(Error::Refused(refusal::last_owner())),
    };
    seats::changed(s, tx).await?;
    let before = json!({ "email": member.email, "role": role });
    door::audit(s, tx, action, member.id, Some(before), None).await
}
