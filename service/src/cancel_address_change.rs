//! Keeping one's address.

use crate::{Caller, Error, Services};

/// Takes a change of address back. Does nothing if none waits.
pub async fn cancel_address_change(s: &Services, caller: &Caller) -> Result<(), Error> {
    let _ = (s, caller);
    Err(Error::Busy)
}
