//! What the link in the letter about a forgotten password shows.

use domain::view::ResetView;
use store::ResetRecord;

use crate::{Error, Services, refusal, token};

/// What somebody who opens the link is shown. Changes nothing: programs that read mail open links too.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `reset-used` or `reset-expired`.
pub async fn reset_view(s: &Services, token: &str) -> Result<ResetView, Error> {
    let found = open(s, token).await?;
    Ok(ResetView { email: found.email, expires_at: found.expires_at })
}

/// A link that works.
pub(crate) async fn open(s: &Services, token: &str) -> Result<ResetRecord, Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let found = s.store().system().password_reset(hash).await?.ok_or(Error::NotFound)?;
    if found.used_at.is_some() {
        return Err(Error::Refused(refusal::reset_used()));
    }
    if found.expires_at <= s.now() {
        return Err(Error::Refused(refusal::reset_expired()));
    }
    Ok(found)
}
