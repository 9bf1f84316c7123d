//! Proving an address: the account is made, and its owner is signed in.

use crate::{Error, Services, SignedIn, Visit};

/// What came of it.
pub struct Confirmed {
    /// The first session.
    pub signed_in: SignedIn,
    /// Where they wanted to go, a local path.
    pub next: Option<String>,
}

/// Makes the account of the address to which this token was sent.
///
/// # Errors
/// As [`crate::confirmation()`]; also [`Error::Invalid`] with `password`, [`Error::Busy`].
pub async fn confirm(
    s: &Services,
    token: &str,
    browser: Option<&str>,
    password: Option<String>,
    visit: Visit,
) -> Result<Confirmed, Error> {
    let _ = (s, token, browser, password, visit);
    Err(Error::NotFound)
}
