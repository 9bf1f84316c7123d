//! Taking an invitation back.

use domain::Permission;
use domain::ids::InvitationId;
use serde_json::json;
use store::{Command, Dropped, TenantTx};

use crate::{Caller, Error, Services, door};

/// Takes a pending invitation back and frees its seat, once.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, or is not of this organization; [`Error::Forbidden`].
pub async fn cancel_invitation(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: InvitationId,
    reason: Option<String>,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Drop { s, id, why: Dropped::Cancelled { reason } }, s.now()).await?.then_some(()).ok_or(Error::NotFound)
}

/// Ends a pending invitation for one of the two reasons; `false` if it does not wait any more.
pub(crate) struct Drop<'a> {
    pub(crate) s: &'a Services,
    pub(crate) id: InvitationId,
    pub(crate) why: Dropped,
}

impl Command for Drop<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Some(invitation) = tx.invitation(self.id).await? else { return Ok(false) };
        let (action, after) = match &self.why {
            Dropped::Cancelled { reason } => {
                ("invitation.cancelled", reason.as_ref().map(|reason| json!({ "reason": reason })))
            }
            Dropped::ForPlan => ("invitation.cancelled", Some(json!({ "reason": "plan" }))),
            Dropped::Expired => ("invitation.expired", None),
        };
        if !tx.drop_invitation(self.id, self.why).await? {
            return Ok(false);
        }
        let before = json!({ "email": invitation.email, "role": invitation.role });
        door::audit(self.s, tx, action, self.id, Some(before), after).await?;
        Ok(true)
    }
}
