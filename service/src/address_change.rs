//! What a link of a change of address shows.

use domain::view::AddressChangeView;
use store::AddressChangeRecord;

use crate::{Error, Services, refusal, token};

/// What somebody who opens the link is shown. Changes nothing: programs that read mail open links too.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `change-ended` or `change-expired`.
pub async fn address_change(s: &Services, token: &str) -> Result<AddressChangeView, Error> {
    let (found, for_new) = open(s, token).await?;
    let other = if for_new { found.old_confirmed_at } else { found.new_confirmed_at };
    Ok(AddressChangeView {
        old: found.old,
        new: found.new,
        for_new,
        other_confirmed: other.is_some(),
        expires_at: found.expires_at,
    })
}

/// A wish that waits, and whether the link speaks for the new address.
pub(crate) async fn open(s: &Services, token: &str) -> Result<(AddressChangeRecord, bool), Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let found = s.store().system().address_change(hash).await?.ok_or(Error::NotFound)?;
    if found.ended_at.is_some() {
        return Err(Error::Refused(refusal::change_ended()));
    }
    if found.expires_at <= s.now() {
        return Err(Error::Refused(refusal::change_expired()));
    }
    let for_new = found.new_token_hash == hash;
    Ok((found, for_new))
}
