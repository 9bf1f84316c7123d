//! The frame around every page of an organization.

use domain::view::Desk;

use crate::{Caller, Error, Services};

/// The frame.
pub async fn desk(_s: &Services, _caller: &Caller, _slug: &str) -> Result<Desk, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
