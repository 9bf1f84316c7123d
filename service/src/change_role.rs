//! Changing a member's role.

use domain::ids::MemberId;
use domain::rollout::Gate;
use domain::{Permission, Role};
use serde_json::json;
use store::{ChangeRole, Command, TenantTx};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::{Caller, Error, Services, door, refusal, seats};

/// Makes a member something else. Where viewers sit for nothing, who becomes more than a viewer takes a seat, if one
/// is free. The last owner stays one.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`], [`Error::Invalid`] with `role`,
/// [`Error::Refused`] with `role-above`, `last-owner`, `seats-full` or `payment-due`.
pub async fn change_role(s: &Services, caller: &Caller, slug: &str, id: MemberId, role: String) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberChangeRole)?;
    let role = read(&role)?;
    scope.execute(Change { s, caller, id, role }, s.now()).await?;
    s.wake();
    Ok(())
}

/// The role of that word.
pub(crate) fn read(word: &str) -> Result<Role, Error> {
    word.parse().map_err(|_| Error::invalid("role", refusal::role_unknown()))
}

struct Change<'a> {
    s: &'a Services,
    caller: &'a Caller,
    id: MemberId,
    role: Role,
}

impl Command for Change<'_> {
    const REQUIRES: Permission = Permission::MemberChangeRole;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, id, role } = self;
        let member = tx.member(id).await?.ok_or(Error::NotFound)?;
        if !tx.role().may_grant(member.role) || !tx.role().may_grant(role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        let org = tx.organization().await?;
        let from = match tx.change_role(id, role).await? {
            ChangeRole::Changed { from } => from,
            ChangeRole::Same => return Ok(()),
            ChangeRole::NotThere => return Err(Error::NotFound),
            ChangeRole::LastOwner => return Err(Error::Refused(refusal::last_owner())),
            ChangeRole::SeatsFull(full) => return Err(Error::refused(full)),
        };
        if tx.organization().await?.seats.held() > org.seats.held() {
            tx.unless_overlooked(Gate::Access, org.access.allows_growth()).map_err(Error::refused)?;
        }
        seats::changed(s, tx).await?;
        if member.user != caller.user {
            let letter = SeatLetter::RoleChanged { by: &caller.email, from, to: role };
            tell(s, tx, &org, &member.email, &letter).await?;
        }
        let before = json!({ "email": member.email, "role": from });
        door::audit(s, tx, "member.role_changed", id, Some(before), Some(json!({ "role": role }))).await
    }
}
