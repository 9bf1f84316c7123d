//! Leaving an organization.

use crate::{Caller, Error, Services};

/// Leaves.
pub async fn leave(_s: &Services, _caller: &Caller, _slug: &str) -> Result<(), Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
