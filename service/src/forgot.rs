//! A forgotten password.

use std::time::Duration;

use domain::EmailAddress;
use domain::email::EmailError;
use domain::ids::OutboxId;
use store::AccountLetter;

use crate::{Error, Services, Visit, limits};

/// How long the link in the letter works.
pub(crate) const LASTS: Duration = Duration::from_hours(1);

/// Asks for a link to set a new password. The answer and the work are the same whether the address has an account or
/// not: the worker looks, and only an account gets a letter.
///
/// # Errors
/// [`Error::Invalid`] with `email`, [`Error::TooMany`].
pub async fn forgot(s: &Services, email: &str, visit: Visit) -> Result<(), Error> {
    let email: EmailAddress = email.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    limits::attempt(s, &visit)?;
    limits::letter(s, &email)?;
    let wish = AccountLetter::Forgot { email };
    s.store().system().wish_account_letter(s.id(OutboxId::new), &wish, s.now()).await?;
    s.wake();
    Ok(())
}
