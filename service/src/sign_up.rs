//! Signing up: an account with an address and a password, and a first session.

use domain::ids::UserId;
use domain::{EmailAddress, password};
use store::{CreateUser, NewUser};

use crate::{Error, Services, SessionToken, Visit, refusal, session};

/// What the form says. Has no `Debug`: a password is in it.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Makes an account and signs in.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::Refused`] with `address-taken`, [`Error::Busy`] when too
/// many people sign in at once.
pub async fn sign_up(s: &Services, input: SignUp, visit: Visit) -> Result<SessionToken, Error> {
    let email: EmailAddress =
        input.email.parse().map_err(|no: domain::email::EmailError| Error::invalid("email", no))?;
    password::check(&input.password, email.as_str()).map_err(|no| Error::invalid("password", no))?;
    let id = s.id(UserId::new);
    let password_hash = s.passwords().hash(input.password, s.chance()).await?;
    match s.store().system().create_user(&NewUser { id, email, password_hash }, s.now()).await? {
        CreateUser::Created => session::begin(s, id, &visit).await,
        CreateUser::Taken => Err(Error::Refused(refusal::address_taken())),
    }
}
