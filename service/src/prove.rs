//! Asking again for the password, before a deed that who finds an open browser must not do.

use crate::{Caller, Error, Services, guesses, refusal};

/// Whether this is the caller's password; wrong ones are counted. Gives its hash.
///
/// # Errors
/// [`Error::Invalid`] with `field` when it is not, [`Error::TooMany`], [`Error::Busy`].
pub(crate) async fn prove(
    s: &Services,
    caller: &Caller,
    field: &'static str,
    password: String,
) -> Result<String, Error> {
    let system = s.store().system();
    let hash = system.password_hash(caller.user).await?.ok_or(Error::SignIn)?;
    let key = guesses::signed_in(caller.user);
    if !guesses::matches(s, key, password, Some(hash.clone())).await? {
        return Err(Error::invalid(field, refusal::password_wrong()));
    }
    system.forgive(key).await?;
    Ok(hash)
}
