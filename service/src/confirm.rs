//! Proving an address: the account is made, and its owner is signed in.

use domain::ids::{AccountEventId, UserId};
use domain::password;
use store::{ConfirmSignUp, NewUser};

use crate::{Error, Services, SignedIn, Visit, confirmation, guesses, limits, refusal, session};

/// What came of it.
#[derive(Debug)]
pub struct Confirmed {
    /// The first session.
    pub signed_in: SignedIn,
    /// Where they wanted to go, a local path.
    pub next: Option<String>,
}

/// Makes the account of the address to which this token was sent, and ends all other sign-ups with that address.
///
/// In the browser that asked, the password is the one that was typed there. In any other, whoever reads the letter
/// chooses it now, and what was typed before is forgotten: it may have been a stranger who wanted to be here first.
///
/// # Errors
/// As [`crate::confirmation()`]; also [`Error::Invalid`] with `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn confirm(
    s: &Services,
    token: &str,
    browser: Option<&str>,
    password: Option<String>,
    visit: Visit,
) -> Result<Confirmed, Error> {
    limits::attempt(s, &visit)?;
    let found = confirmation::open(s, token).await?;
    let password_hash = if confirmation::same_browser(&found, browser) {
        found.password_hash
    } else {
        let password = password.unwrap_or_default();
        password::check(&password, found.email.as_str()).map_err(|no| Error::invalid("password", no))?;
        s.passwords().hash(password, s.chance()).await?
    };
    let (session, new_session) = session::fresh(s);
    let user = NewUser { id: s.id(UserId::new), email: found.email, password_hash };
    let event = s.id(AccountEventId::new);
    let system = s.store().system();
    match system.confirm_sign_up(found.id, &user, &new_session, event, &visit, s.now()).await? {
        ConfirmSignUp::Confirmed => {}
        ConfirmSignUp::NotWaiting => return Err(Error::Refused(refusal::confirmation_used())),
        ConfirmSignUp::Taken => return Err(Error::Refused(refusal::account_made(&user.email))),
    }
    let device = guesses::new_device(s, user.email.folded()).await?;
    Ok(Confirmed { signed_in: SignedIn { session, device }, next: found.next })
}
