//! Another link to an invitation, for who hands it over in person.

use domain::Permission;
use domain::ids::InvitationId;
use domain::view::Invited;
use serde_json::json;
use store::{Command, TenantTx};

use crate::invite::fresh_link;
use crate::resend_invitation::mine;
use crate::{Caller, Error, Services, door};

/// Makes one more link to a pending invitation, and sends nothing. It is in the answer this once: only hashes are kept,
/// so no list can show the links that there are.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`], [`Error::Refused`] with `role-above`.
pub async fn invitation_link(s: &Services, caller: &Caller, slug: &str, id: InvitationId) -> Result<Invited, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Link { s, id }, s.now()).await
}

struct Link<'a> {
    s: &'a Services,
    id: InvitationId,
}

impl Command for Link<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = Invited;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Invited, Error> {
        let Self { s, id } = self;
        mine(tx, id).await?;
        let (hash, link) = fresh_link(s);
        let invitation = tx.add_invitation_link(id, hash).await?.ok_or(Error::NotFound)?;
        let after = json!({ "email": invitation.email });
        door::audit(s, tx, "invitation.link_made", id, None, Some(after)).await?;
        Ok(Invited { id, email: invitation.email, link: link.handed })
    }
}
