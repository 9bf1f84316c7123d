//! Saying yes to a change of address.

use domain::ids::{AccountEventId, OutboxId};
use domain::view::AddressConfirmed;
use store::SayYes;

use crate::{Error, Services, Visit, address_change, carry, limits, mail, refusal};

/// Says yes for the address to which this token was sent. With the second yes the address changes everywhere at once;
/// sessions stay, and both addresses are told.
///
/// # Errors
/// As [`crate::address_change()`]; also [`Error::Refused`] with `change-impossible` or `seats-stay`,
/// [`Error::TooMany`].
pub async fn confirm_address(s: &Services, token: &str, visit: Visit) -> Result<AddressConfirmed, Error> {
    limits::attempt(s, &visit)?;
    let (found, for_new) = address_change::open(s, token).await?;
    if let Some(no) = carry::stays(s, found.user, &found.new).await? {
        return Err(Error::Refused(no));
    }
    let letters = [
        (s.id(OutboxId::new), mail::address_changed(s, &found.old, &found.old, &found.new)),
        (s.id(OutboxId::new), mail::address_changed(s, &found.new, &found.old, &found.new)),
    ];
    let event = s.id(AccountEventId::new);
    match s.store().system().say_yes(&found, for_new, event, &letters, &visit, s.now()).await? {
        SayYes::Changed => {
            s.wake();
            Ok(AddressConfirmed::Changed { email: found.new })
        }
        SayYes::Waiting => Ok(AddressConfirmed::Waiting { other: if for_new { found.old } else { found.new } }),
        SayYes::NotWaiting => Err(Error::Refused(refusal::change_ended())),
        SayYes::Taken => Err(Error::Refused(refusal::change_impossible())),
    }
}
