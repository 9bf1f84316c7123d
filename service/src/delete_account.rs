//! Deleting one's account.

use domain::Permission;
use domain::access::Deed;
use domain::ids::{MemberId, OutboxId};
use store::{Command, Effect, Scrub, TenantTx};

use crate::prove::prove;
use crate::remove_member::take_out;
use crate::{Caller, Error, Services, account, mail, refusal};

/// Leaves all organizations and deletes the account: sessions, history, address and password. What was done in
/// organizations stays in their history, where it is theirs.
///
/// Whoever is the last owner somewhere must hand over first, and nothing happens until then. Seats are given back one
/// organization after the other, through the gate; should the last other owner of one go at that very moment, the
/// account stays, and says so.
///
/// # Errors
/// [`Error::Invalid`] with `password`, [`Error::Refused`] with `last-owner-of` naming the organizations,
/// [`Error::TooMany`], [`Error::Busy`].
pub async fn delete_account(s: &Services, caller: &Caller, password: String) -> Result<(), Error> {
    prove(s, caller, "password", password).await?;
    let system = s.store().system();
    let seats = system.seats_of(caller.user).await?;
    let alone = account::last_owner_of(&seats);
    if !alone.is_empty() {
        return Err(Error::Refused(refusal::last_owner_of(&alone)));
    }
    for seat in seats {
        let scope = system.act_for(seat.org, "deletion of an account").await?;
        match scope.execute(GiveUp { s, member: seat.member }, s.now()).await {
            // Taken away at this moment: as wanted.
            Ok(()) | Err(Error::NotFound) => {}
            Err(Error::Refused(no)) if no.code == "last-owner" => {
                return Err(Error::Refused(refusal::last_owner_of(&[seat.name])));
            }
            Err(other) => return Err(other),
        }
    }
    match system.scrub_account(caller.user, s.now()).await? {
        Scrub::Done => {}
        Scrub::NotThere => return Err(Error::SignIn),
        // Somebody gave them a seat in between.
        Scrub::HasSeats => return Err(Error::Busy),
    }
    let letter = Effect::Mail(mail::account_deleted(s, &caller.email));
    system.enqueue_system(s.id(OutboxId::new), &letter, s.now()).await?;
    s.wake();
    Ok(())
}

struct GiveUp<'a> {
    s: &'a Services,
    member: MemberId,
}

impl Command for GiveUp<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let member = tx.member(self.member).await?.ok_or(Error::NotFound)?;
        take_out(self.s, tx, &member, "member.left").await
    }
}
