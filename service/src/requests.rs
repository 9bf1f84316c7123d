//! The page of seat requests.

use domain::view::RequestsView;

use crate::{Caller, Error, Services, door};

/// Who asks for a seat and who waits for one; for who may not answer, their own.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn requests(s: &Services, caller: &Caller, slug: &str) -> Result<RequestsView, Error> {
    door::open(s, caller, slug).await?;
    Err(Error::NotFound)
}
