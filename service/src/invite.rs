//! An invitation to a seat.

use domain::view::Invited;

use crate::{Caller, Error, Services};
/// What the form says.
pub struct Invite {
    /// The address, as typed.
    pub email: String,
    /// The role, as in domain::Role::as_str.
    pub role: String,
}

/// Invites.
pub async fn invite(_s: &Services, _caller: &Caller, _slug: &str, _input: Invite) -> Result<Invited, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
