//! Setting a new password with the link of a letter.

use domain::ids::{AccountEventId, OutboxId};
use domain::password;
use store::{NewAccountEvent, NewPassword};

use crate::{Error, Services, SignedIn, Visit, guesses, limits, mail, refusal, reset_view, session};

/// Sets the password, ends all sessions and all other links, opens the account again if strangers have closed it, and
/// signs in.
///
/// # Errors
/// As [`crate::reset_view()`]; also [`Error::Invalid`] with `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn reset(s: &Services, token: &str, password: String, visit: Visit) -> Result<SignedIn, Error> {
    limits::attempt(s, &visit)?;
    let found = reset_view::open(s, token).await?;
    password::check(&password, found.email.as_str()).map_err(|no| Error::invalid("password", no))?;
    let password_hash = s.passwords().hash(password, s.chance()).await?;
    let (session, new_session) = session::fresh(s);
    let new = NewPassword {
        password_hash: &password_hash,
        keys: &[guesses::strangers(found.email.folded()), guesses::signed_in(found.user)],
        event: &NewAccountEvent { id: s.id(AccountEventId::new), action: "password.reset", note: None },
        letter: (s.id(OutboxId::new), &mail::password_changed(s, &found.email)),
    };
    if !s.store().system().reset_password(&found, &new, &new_session, &visit, s.now()).await? {
        return Err(Error::Refused(refusal::reset_used()));
    }
    s.wake();
    Ok(SignedIn { session, device: guesses::new_device(s, found.email.folded()).await? })
}
