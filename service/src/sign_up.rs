//! Signing up: nothing is there until the address is proved.

use crate::{Error, Services, Visit};

/// What the form says. Has no `Debug`: a password is in it.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where to go once the account is there, a local path.
    pub next: Option<String>,
}

/// What came of it: the same for every address. Has no `Debug`: a secret is in it.
pub struct SignUpStarted {
    /// For a cookie of this browser: with it, the link in the letter is enough.
    pub browser: String,
}

/// Asks for an account.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn sign_up(s: &Services, input: SignUp, visit: Visit) -> Result<SignUpStarted, Error> {
    let _ = (s, input, visit);
    Err(Error::Busy)
}
