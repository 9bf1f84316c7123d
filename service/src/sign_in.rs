//! Signing in.

use std::fmt;

use domain::EmailAddress;
use domain::ids::AccountEventId;
use store::NewAccountEvent;

use crate::{Error, Services, SessionToken, Visit, guesses, limits, session};

/// What the form says. Has no `Debug`: a password is in it.
pub struct SignIn {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// The cookie by which this browser is known to have signed in to that account before.
    pub device: Option<String>,
}

/// What came of it.
pub struct SignedIn {
    /// For the session's cookie.
    pub session: SessionToken,
    /// For the cookie by which this browser is known next time. It outlasts sessions and opens nothing.
    pub device: String,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(…)")
    }
}

/// Signs in.
///
/// A wrong password, an address without an account and a text that is no address take the same work and get the same
/// answer, so nobody learns who has an account; so does an address that was tried too often.
///
/// # Errors
/// [`Error::SignIn`] when the two do not belong together, [`Error::TooMany`] after too many wrong passwords,
/// [`Error::Busy`] when too many people sign in at once.
pub async fn sign_in(s: &Services, input: SignIn, visit: Visit) -> Result<SignedIn, Error> {
    limits::attempt(s, &visit)?;
    let email = input.email.parse::<EmailAddress>();
    let address = email.as_ref().map_or_else(|_| input.email.trim(), EmailAddress::folded);
    let guesser = guesses::guesser(s, address, input.device.as_deref()).await?;
    let user = match &email {
        Ok(email) => s.store().system().user_by_email(email).await?,
        Err(_) => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let (true, Some(user)) = (guesses::matches(s, guesser.key, input.password, hash).await?, user) else {
        return Err(Error::SignIn);
    };
    let (token, session) = session::fresh(s);
    let event = NewAccountEvent { id: s.id(AccountEventId::new), action: "session.begun", note: None };
    let (system, keys) = (s.store().system(), [guesser.key]);
    if !system.sign_in(user.id, &user.password_hash, &session, &keys, &event, &visit, s.now()).await? {
        return Err(Error::SignIn);
    }
    Ok(SignedIn { session: token, device: guesser.cookie(s).await? })
}
