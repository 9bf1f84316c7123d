//! A forgotten password.

use crate::{Error, Services, Visit};

/// Asks for a link to set a new password. The answer and the work are the same whether the address has an account.
///
/// # Errors
/// [`Error::Invalid`] with `email`, [`Error::TooMany`].
pub async fn forgot(s: &Services, email: &str, visit: Visit) -> Result<(), Error> {
    let _ = (s, email, visit);
    Err(Error::Busy)
}
