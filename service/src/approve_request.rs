//! Saying yes to a seat request.

use domain::ids::SeatRequestId;

use crate::{Caller, Error, Services, door};

/// Gives the seat, or a place on the wait list when none is free.
///
/// # Errors
/// [`Error::NotFound`] if nobody asks any more, [`Error::Forbidden`].
pub async fn approve_request(s: &Services, caller: &Caller, slug: &str, id: SeatRequestId) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    let _ = id;
    Err(Error::NotFound)
}
