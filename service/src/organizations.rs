//! One's organizations.

use domain::view::OrgRow;

use crate::{Caller, Error, Services};

/// One's organizations.
pub async fn organizations(_s: &Services, _caller: &Caller) -> Result<Vec<OrgRow>, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
