//! What the link in the letter of a sign-up shows.

use domain::view::ConfirmView;
use store::SignUpRecord;

use crate::{Error, Services, refusal, token};

/// What somebody who opens the link is shown. `browser` is the cookie of [`crate::SignUpStarted`]. Changes nothing:
/// programs that read mail open links too.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `confirmation-used`, `confirmation-expired` or
/// `account-made`.
pub async fn confirmation(s: &Services, token: &str, browser: Option<&str>) -> Result<ConfirmView, Error> {
    let found = open(s, token).await?;
    Ok(ConfirmView { same_browser: same_browser(&found, browser), email: found.email, expires_at: found.expires_at })
}

/// The sign-up of a link that works.
pub(crate) async fn open(s: &Services, token: &str) -> Result<SignUpRecord, Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let found = s.store().system().sign_up(hash).await?.ok_or(Error::NotFound)?;
    if s.store().system().user_by_email(&found.email).await?.is_some() {
        return Err(Error::Refused(refusal::account_made(&found.email)));
    }
    if found.confirmed_at.is_some() {
        return Err(Error::Refused(refusal::confirmation_used()));
    }
    if found.expires_at <= s.now() {
        return Err(Error::Refused(refusal::confirmation_expired()));
    }
    Ok(found)
}

/// Whether it is the browser that asked: then its owner has typed the password, and now has the letter too.
pub(crate) fn same_browser(found: &SignUpRecord, browser: Option<&str>) -> bool {
    browser.and_then(token::hash).is_some_and(|hash| hash == found.browser_hash)
}
