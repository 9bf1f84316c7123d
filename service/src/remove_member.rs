//! Taking somebody's seat away.

use domain::Permission;
use domain::ids::MemberId;
use serde_json::json;
use store::{Command, MemberRecord, RemoveMember, TenantTx};

use crate::{Caller, Error, Services, door, refusal, seats};

/// Takes a member's seat away. Their next request is refused; the billed seats follow through the outbox.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`], [`Error::Refused`] with `role-above` or
/// `last-owner`.
pub async fn remove_member(s: &Services, caller: &Caller, slug: &str, id: MemberId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Remove { s, id }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Remove<'a> {
    s: &'a Services,
    id: MemberId,
}

impl Command for Remove<'_> {
    const REQUIRES: Permission = Permission::MemberRemove;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let member = tx.member(self.id).await?.ok_or(Error::NotFound)?;
        if !tx.role().may_grant(member.role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        take_out(self.s, tx, &member, "member.removed").await
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
        RemoveMember::Removed { role } => role,
        RemoveMember::NotThere => return Err(Error::NotFound),
        RemoveMember::LastOwner => return Err(Error::Refused(refusal::last_owner())),
    };
    seats::changed(s, tx).await?;
    let before = json!({ "email": member.email, "role": role });
    door::audit(s, tx, action, member.id, Some(before), None).await
}
