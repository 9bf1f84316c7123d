//! The billing tab.

use domain::view::BillingView;

use crate::{Caller, Error, Services};

/// The billing tab.
pub async fn billing(_s: &Services, _caller: &Caller, _slug: &str) -> Result<BillingView, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
