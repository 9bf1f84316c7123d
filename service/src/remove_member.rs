//! Taking a seat away.

use domain::ids::MemberId;

use crate::{Caller, Error, Services};

/// Removes.
pub async fn remove_member(_s: &Services, _caller: &Caller, _slug: &str, _id: MemberId) -> Result<(), Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
