//! Accepting without an account.

use domain::Slug;

use crate::{Error, Services, SessionToken, Visit};

/// Makes the account and joins.
pub async fn accept_as_new(
    _s: &Services,
    _token: &str,
    _password: String,
    _visit: Visit,
) -> Result<(SessionToken, Slug), Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
