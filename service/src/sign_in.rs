//! Signing in.

use crate::{Error, Services, SessionToken, Visit};
/// What the form says.
pub struct SignIn {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Signs in.
pub async fn sign_in(_s: &Services, _input: SignIn, _visit: Visit) -> Result<SessionToken, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
