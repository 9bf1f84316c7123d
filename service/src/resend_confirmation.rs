//! Sending the letter of a sign-up again.

use domain::EmailAddress;
use domain::email::EmailError;
use domain::ids::OutboxId;
use store::AccountLetter;

use crate::{Error, Services, Visit, limits};

/// So many letters a sign-up gets.
pub(crate) const MOST: u32 = 5;

/// Sends the letter of the latest sign-up with this address again, with a new link; the old one goes on working. The
/// answer and the work are the same whatever the address is: the worker looks.
///
/// # Errors
/// [`Error::Invalid`] with `email`, [`Error::TooMany`].
pub async fn resend_confirmation(s: &Services, email: &str, visit: Visit) -> Result<(), Error> {
    let email: EmailAddress = email.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    limits::attempt(s, &visit)?;
    limits::letter(s, &email)?;
    let wish = AccountLetter::SignUpAgain { email };
    s.store().system().wish_account_letter(s.id(OutboxId::new), &wish, s.now()).await?;
    s.wake();
    Ok(())
}
