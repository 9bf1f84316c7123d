//! Buying.

use crate::{Caller, Error, Services};
/// What the form says.
pub struct StartCheckout {
    /// The key of the plan.
    pub plan: String,
    /// month or year.
    pub interval: String,
    /// How many seats.
    pub seats: u32,
}

/// Opens the payment page and says where it is.
pub async fn start_checkout(
    _s: &Services,
    _caller: &Caller,
    _slug: &str,
    _input: StartCheckout,
) -> Result<String, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
