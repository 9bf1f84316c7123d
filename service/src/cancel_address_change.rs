//! Keeping one's address.

use crate::{Caller, Error, Services};

/// Takes a change of address back: its links are worth nothing. Does nothing if none waits.
pub async fn cancel_address_change(s: &Services, caller: &Caller) -> Result<(), Error> {
    s.store().system().end_address_change(caller.user, s.now()).await?;
    Ok(())
}
