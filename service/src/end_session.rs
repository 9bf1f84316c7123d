//! Signing another browser out.

use domain::ids::SessionId;

use crate::{Caller, Error, Services};

/// Ends one of the caller's sessions; its browser's next request is a stranger's.
///
/// # Errors
/// [`Error::NotFound`] if the caller has no such session.
pub async fn end_session(s: &Services, caller: &Caller, id: SessionId) -> Result<(), Error> {
    if s.store().system().end_session_of(caller.user, id).await? { Ok(()) } else { Err(Error::NotFound) }
}
