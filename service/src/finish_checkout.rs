//! Back from the payment page.

use domain::view::CheckoutOutcome;

use crate::{Caller, Error, Services};

/// How it went.
pub async fn finish_checkout(
    _s: &Services,
    _caller: &Caller,
    _slug: &str,
    _checkout: &str,
) -> Result<CheckoutOutcome, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
