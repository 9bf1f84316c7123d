//! Changing one's password.

use domain::ids::{AccountEventId, OutboxId};
use domain::password;
use store::{NewAccountEvent, NewPassword};

use crate::prove::prove;
use crate::{Caller, Error, Services, mail, refusal};

/// Sets a new password, ends all other sessions and all links to set one, and tells the owner by letter.
///
/// # Errors
/// [`Error::Invalid`] with `old` or `new`, [`Error::TooMany`], [`Error::Busy`].
pub async fn change_password(s: &Services, caller: &Caller, old: String, new: String) -> Result<(), Error> {
    password::check(&new, caller.email.as_str()).map_err(|no| Error::invalid("new", no))?;
    if new == old {
        return Err(Error::invalid("new", refusal::password_same()));
    }
    let old_hash = prove(s, caller, "old", old).await?;
    let password_hash = s.passwords().hash(new, s.chance()).await?;
    let new = NewPassword {
        password_hash: &password_hash,
        keys: &[],
        event: &NewAccountEvent { id: s.id(AccountEventId::new), action: "password.changed", note: None },
        letter: (s.id(OutboxId::new), &mail::password_changed(s, &caller.email)),
    };
    let (system, now) = (s.store().system(), s.now());
    if !system.change_password(caller.user, &old_hash, caller.session, &new, &caller.visit, now).await? {
        // Changed in another browser at this moment, which has ended this session.
        return Err(Error::SignIn);
    }
    s.wake();
    Ok(())
}
