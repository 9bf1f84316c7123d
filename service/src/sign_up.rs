//! Signing up: nothing is there until the address is proved.

use std::time::Duration;

use domain::email::EmailError;
use domain::ids::{OutboxId, SignUpId};
use domain::{EmailAddress, password};
use store::{AccountLetter, NewSignUp};

use crate::{Error, Services, Visit, limits, token};

/// How long the link in the letter works.
pub(crate) const LASTS: Duration = Duration::from_hours(24);
/// A longer path to go to afterwards is forgotten.
const LONGEST_NEXT: usize = 500;

/// What the form says. Has no `Debug`: a password is in it.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where to go once the account is there, a local path.
    pub next: Option<String>,
}

/// What came of it: the same for every address. Has no `Debug`: a secret is in it.
pub struct SignUpStarted {
    /// For a cookie of this browser: with it, the link in the letter is enough.
    pub browser: String,
}

/// Asks for an account. There is none until the address is proved, so nobody can take an address that is not theirs,
/// or choose a password for its owner.
///
/// An address with an account and one without take the same work and get the same answer: a hash, a row, and a letter
/// whose text is decided by the worker.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn sign_up(s: &Services, input: SignUp, visit: Visit) -> Result<SignUpStarted, Error> {
    let email: EmailAddress = input.email.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    password::check(&input.password, email.as_str()).map_err(|no| Error::invalid("password", no))?;
    limits::attempt(s, &visit)?;
    begin(s, email, input.password, input.next).await
}

/// Begins a sign-up with a password that is taken.
pub(crate) async fn begin(
    s: &Services,
    email: EmailAddress,
    password: String,
    next: Option<String>,
) -> Result<SignUpStarted, Error> {
    limits::letter(s, &email)?;
    let password_hash = s.passwords().hash(password, s.chance()).await?;
    let (token, token_hash) = token::fresh(s);
    let (browser, browser_hash) = token::fresh(s);
    let now = s.now();
    let new = NewSignUp {
        id: s.id(SignUpId::new),
        email,
        password_hash,
        token_hash,
        browser_hash,
        next: next.filter(|next| next.starts_with('/') && next.len() <= LONGEST_NEXT),
        expires_at: now.plus(LASTS),
    };
    let letter = AccountLetter::SignUp { token };
    s.store().system().add_sign_up(&new, (s.id(OutboxId::new), &letter), now).await?;
    s.wake();
    Ok(SignUpStarted { browser })
}
