//! The team page.

use domain::view::TeamView;

use crate::{Caller, Error, Services};

/// The team page.
pub async fn team(_s: &Services, _caller: &Caller, _slug: &str) -> Result<TeamView, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
