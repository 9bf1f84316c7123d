//! Changing the role of somebody who is invited.

use domain::ids::InvitationId;
use domain::rollout::Gate;
use domain::{Permission, Role};
use serde_json::json;
use store::{ChangeInvitation, Command, TenantTx};

use crate::resend_invitation::mine;
use crate::{Caller, Error, Services, change_role, door, refusal};

/// Makes a pending invitation one for another role. It holds its seat already, so none need be free, unless viewers sit
/// for nothing and this one was to be a viewer.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`], [`Error::Invalid`] with `role`,
/// [`Error::Refused`] with `role-above`, `seats-full` or `payment-due`.
pub async fn change_invitation_role(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: InvitationId,
    role: String,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    let role = change_role::read(&role)?;
    scope.execute(Change { s, id, role }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Change<'a> {
    s: &'a Services,
    id: InvitationId,
    role: Role,
}

impl Command for Change<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, role } = self;
        let invitation = mine(tx, id).await?;
        if !tx.role().may_grant(role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        let org = tx.organization().await?;
        let from = match tx.change_invitation_role(id, role).await? {
            ChangeInvitation::Changed { from } => from,
            ChangeInvitation::Same => return Ok(()),
            ChangeInvitation::NotPending => return Err(Error::NotFound),
            ChangeInvitation::SeatsFull(full) => return Err(Error::refused(full)),
        };
        if tx.organization().await?.seats.held() > org.seats.held() {
            tx.unless_overlooked(Gate::Access, org.access.allows_growth()).map_err(Error::refused)?;
        }
        let before = json!({ "email": invitation.email, "role": from });
        door::audit(s, tx, "invitation.role_changed", id, Some(before), Some(json!({ "role": role }))).await
    }
}
