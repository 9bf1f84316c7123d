//! Changing one's password.

use crate::{Caller, Error, Services};

/// Sets a new password and ends all other sessions.
///
/// # Errors
/// [`Error::Invalid`] with `old` or `new`, [`Error::TooMany`], [`Error::Busy`].
pub async fn change_password(s: &Services, caller: &Caller, old: String, new: String) -> Result<(), Error> {
    let _ = (s, caller, old, new);
    Err(Error::Busy)
}
