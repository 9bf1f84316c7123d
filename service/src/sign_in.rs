//! Signing in.

use domain::{EmailAddress, password};

use crate::{Error, Services, SessionToken, Visit, session};

/// What the form says. Has no `Debug`: a password is in it.
pub struct SignIn {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// The cookie by which this browser is known to have signed in to that account before.
    pub device: Option<String>,
}

/// What came of it. Has no `Debug`: secrets are in it.
pub struct SignedIn {
    /// For the session's cookie.
    pub session: SessionToken,
    /// For the cookie by which this browser is known next time. It outlasts sessions and opens nothing.
    pub device: String,
}

/// Signs in.
///
/// A wrong password, an address without an account and a text that is no address take the same work and get the same
/// answer, so nobody learns who has an account.
///
/// # Errors
/// [`Error::SignIn`] when the two do not belong together, [`Error::Busy`] when too many people sign in at once.
pub async fn sign_in(s: &Services, input: SignIn, visit: Visit) -> Result<SignedIn, Error> {
    let user = match input.email.parse::<EmailAddress>() {
        Ok(email) => s.store().system().user_by_email(&email).await?,
        Err(_) => None,
    };
    let (user, hash) = user.map(|user| (user.id, user.password_hash)).unzip();
    // Nobody has a longer one, so its work is bounded without a word about it.
    let mut password = input.password;
    if password.len() > password::LONGEST {
        password.clear();
    }
    match (s.passwords().matches(password, hash).await?, user) {
        (true, Some(user)) => {
            Ok(SignedIn { session: session::begin(s, user, &visit).await?, device: String::new() })
        }
        _ => Err(Error::SignIn),
    }
}
