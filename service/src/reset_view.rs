//! What the link in the letter about a forgotten password shows.

use domain::view::ResetView;

use crate::{Error, Services};

/// What somebody who opens the link is shown.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `reset-used` or `reset-expired`.
pub async fn reset_view(s: &Services, token: &str) -> Result<ResetView, Error> {
    let _ = (s, token);
    Err(Error::NotFound)
}
