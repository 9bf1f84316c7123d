//! Asking again for the password, before a deed that cannot be undone.

use crate::{Caller, Error, Services};

/// Whether this is the caller's password; wrong ones are counted.
///
/// # Errors
/// [`Error::Invalid`] with `field` when it is not, [`Error::TooMany`], [`Error::Busy`].
pub(crate) async fn prove(s: &Services, caller: &Caller, field: &'static str, password: String) -> Result<(), Error> {
    let _ = (s, caller, field, password);
    Err(Error::Busy)
}
