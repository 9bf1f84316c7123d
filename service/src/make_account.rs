//! An account for whose address somebody vouches.

use domain::ids::UserId;
use domain::{EmailAddress, password};
use store::{CreateUser, NewUser};

use crate::{Error, Services, refusal};

/// Makes an account without asking its address. For who runs Usher, at the terminal, and for tests: they vouch for the
/// address. No page and no endpoint leads here.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::Refused`] with `account-made`, [`Error::Busy`].
pub async fn make_account(s: &Services, email: &str, password: String) -> Result<UserId, Error> {
    let email: EmailAddress = email.parse().map_err(|no: domain::email::EmailError| Error::invalid("email", no))?;
    password::check(&password, email.as_str()).map_err(|no| Error::invalid("password", no))?;
    let id = s.id(UserId::new);
    let password_hash = s.passwords().hash(password, s.chance()).await?;
    let user = NewUser { id, email, password_hash };
    match s.store().system().create_user(&user, s.now()).await? {
        CreateUser::Created => Ok(id),
        CreateUser::Taken => Err(Error::Refused(refusal::account_made(&user.email))),
    }
}
