//! Accepting an invitation.

use domain::Slug;

use crate::{Caller, Error, Services};

/// Joins.
pub async fn accept(_s: &Services, _caller: &Caller, _token: &str) -> Result<Slug, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
