//! Wanting another address.

use std::time::Duration;

use domain::EmailAddress;
use domain::email::EmailError;
use domain::ids::{AccountEventId, AddressChangeId, OutboxId};
use store::{AccountLetter, NewAccountEvent, NewAddressChange};

use crate::prove::prove;
use crate::{Caller, Error, Services, carry, limits, mail, refusal, token};

/// How long the links in the two letters work.
pub(crate) const LASTS: Duration = Duration::from_hours(24);

/// Asks for a change of address: it happens once both the old and the new one have said yes. A wish replaces the one
/// before. Whether the new address has an account already is not said here, but in the letter to it. An address that a
/// company of theirs would not let in is refused.
///
/// # Errors
/// [`Error::Invalid`] with `email` or `password`, [`Error::TooMany`], [`Error::Busy`].
pub async fn change_address(s: &Services, caller: &Caller, new: &str, password: String) -> Result<(), Error> {
    let email: EmailAddress = new.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    if email == caller.email && email.as_str() == caller.email.as_str() {
        return Err(Error::invalid("email", refusal::same_address()));
    }
    prove(s, caller, "password", password).await?;
    if let Some(no) = carry::stays(s, caller.user, &email).await? {
        return Err(Error::invalid("email", no));
    }
    limits::letter(s, &email)?;
    let (old_token, old_token_hash) = token::fresh(s);
    let (new_token, new_token_hash) = token::fresh(s);
    let now = s.now();
    let to_old = mail::address_leaving(s, &caller.email, &email, &old_token, now.plus(LASTS));
    let event =
        NewAccountEvent { id: s.id(AccountEventId::new), action: "address.wanted", note: Some(email.to_string()) };
    let wish = NewAddressChange {
        id: s.id(AddressChangeId::new),
        user: caller.user,
        email,
        old_token_hash,
        new_token_hash,
        expires_at: now.plus(LASTS),
    };
    let to_new = AccountLetter::NewAddress { token: new_token };
    let (old_id, new_id) = (s.id(OutboxId::new), s.id(OutboxId::new));
    let system = s.store().system();
    system.add_address_change(&wish, (old_id, &to_old), (new_id, &to_new), &event, &caller.visit, now).await?;
    s.wake();
    Ok(())
}
