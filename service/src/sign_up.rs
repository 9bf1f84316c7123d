//! A new account.

use crate::{Error, Services, SessionToken, Visit};
/// What the form says.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Makes an account and signs in.
pub async fn sign_up(_s: &Services, _input: SignUp, _visit: Visit) -> Result<SessionToken, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
