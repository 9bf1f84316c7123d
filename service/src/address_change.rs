//! What a link of a change of address shows.

use domain::view::AddressChangeView;

use crate::{Error, Services};

/// What somebody who opens the link is shown.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `change-used`, `change-ended` or
/// `change-expired`.
pub async fn address_change(s: &Services, token: &str) -> Result<AddressChangeView, Error> {
    let _ = (s, token);
    Err(Error::NotFound)
}
