//! Taking an invitation back.

use domain::Permission;
use domain::access::Deed;
use domain::ids::InvitationId;
use serde_json::json;
use store::{Command, Dropped, TenantTx};

use crate::resend_invitation::mine;
use crate::words::words;
use crate::{Caller, Error, Services, door};

/// Takes a pending invitation back and frees its seat, once. All its links end with it.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, or is not of this organization; [`Error::Forbidden`];
/// [`Error::Invalid`] with `reason`; [`Error::Refused`] with `role-above`.
pub async fn cancel_invitation(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: InvitationId,
    reason: Option<String>,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    let why = End::TakenBack { reason: words("reason", reason)? };
    scope.execute(Drop { s, id, why }, s.now()).await?.then_some(()).ok_or(Error::NotFound)?;
    s.wake();
    Ok(())
}

/// Ends the pending invitations whose time is over, so that their seats stand in nobody's way before the worker comes by.
pub(crate) async fn make_room(s: &Services, tx: &mut TenantTx) -> Result<(), Error> {
    for id in tx.invitations_over().await? {
        end(s, tx, id, End::Expired).await?;
    }
    Ok(())
}

/// Why it ends. What a smaller plan ends is told in [`crate::displaced`].
pub(crate) enum End {
    TakenBack { reason: Option<String> },
    Expired,
}

/// Ends a pending invitation, for a reason; `false` if it does not wait any more.
pub(crate) struct Drop<'a> {
    pub(crate) s: &'a Services,
    pub(crate) id: InvitationId,
    pub(crate) why: End,
}

impl Command for Drop<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Settle;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        match mine(tx, self.id).await {
            Err(Error::NotFound) => Ok(false),
            Err(no) => Err(no),
            Ok(_) => end(self.s, tx, self.id, self.why).await,
        }
    }
}

async fn end(s: &Services, tx: &mut TenantTx, id: InvitationId, why: End) -> Result<bool, Error> {
    let Some(invitation) = tx.invitation(id).await? else { return Ok(false) };
    let (action, after, why) = match why {
        End::TakenBack { reason } => {
            let after = reason.as_ref().map(|reason| json!({ "reason": reason }));
            ("invitation.cancelled", after, Dropped::Cancelled { reason })
        }
        End::Expired => ("invitation.expired", None, Dropped::Expired),
    };
    if !tx.drop_invitation(id, why).await? {
        return Ok(false);
    }
    let before = json!({ "email": invitation.email, "role": invitation.role });
    door::audit(s, tx, action, id, Some(before), after).await?;
    Ok(true)
}
