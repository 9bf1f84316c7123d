//! Asking for a colleague's seat.

use crate::{Caller, Error, Services, door};

/// What the form says.
#[derive(Clone, Debug)]
pub struct RequestSeat {
    /// The colleague's address, as typed.
    pub email: String,
    /// The role's word; empty: member.
    pub role: String,
    /// Why, for who answers.
    pub note: Option<String>,
}

/// Asks for a seat for a colleague; any member may.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] with `email`, `role` or `note`.
pub async fn request_seat(s: &Services, caller: &Caller, slug: &str, input: RequestSeat) -> Result<(), Error> {
    door::open(s, caller, slug).await?;
    drop(input);
    Err(Error::NotFound)
}
