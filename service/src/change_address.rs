//! Wanting another address.

use crate::{Caller, Error, Services};

/// Asks for a change of address: it happens once both the old and the new one have said yes.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn change_address(s: &Services, caller: &Caller, new: &str, password: String) -> Result<(), Error> {
    let _ = (s, caller, new, password);
    Err(Error::Busy)
}
