//! Handing a company over.

use domain::access::Deed;
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{Command, TenantTx, Transfer};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::{Caller, Error, Services, door, prove, refusal, seats};

/// Makes an active member an owner, and the caller, who is one, an admin. Asks for the password, because the caller
/// cannot take it back.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `to` or `password`, [`Error::TooMany`],
/// [`Error::Refused`] with `seats-full`.
pub async fn transfer_ownership(
    s: &Services,
    caller: &Caller,
    slug: &str,
    to: &str,
    password: String,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::OrganizationClose)?;
    let to: EmailAddress = to.parse().map_err(|no: domain::email::EmailError| Error::invalid("to", no))?;
    prove::prove(s, caller, "password", password).await?;
    scope.execute(HandOver { s, caller, to: &to }, s.now()).await?;
    s.wake();
    Ok(())
}

struct HandOver<'a> {
    s: &'a Services,
    caller: &'a Caller,
    to: &'a EmailAddress,
}

impl Command for HandOver<'_> {
    const REQUIRES: Permission = Permission::OrganizationClose;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, to } = self;
        let me = tx.scope().member().ok_or(Error::NotFound)?;
        let no_heir = || Error::invalid("to", refusal::no_heir(to));
        let heir = tx.member_by_address(to).await?.filter(|heir| heir.id != me).ok_or_else(no_heir)?;
        match tx.transfer_ownership(me, heir.id).await? {
            Transfer::Done => {}
            Transfer::NotThere | Transfer::Suspended => return Err(no_heir()),
            Transfer::SeatsFull(full) => return Err(Error::refused(full)),
        }
        seats::changed(s, tx).await?;
        let org = tx.organization().await?;
        tell(
            s,
            tx,
            &org,
            &heir.email,
            &SeatLetter::RoleChanged { by: &caller.email, from: heir.role, to: Role::Owner },
        )
        .await?;
        let mine = SeatLetter::RoleChanged { by: &caller.email, from: Role::Owner, to: Role::Admin };
        tell(s, tx, &org, &caller.email, &mine).await?;
        let before = json!({ "owner": caller.email, "heir": heir.email, "role": heir.role });
        let after = json!({ "owner": heir.email, "former": caller.email, "role": Role::Admin });
        door::audit(s, tx, "organization.handed_over", heir.id, Some(before), Some(after)).await
    }
}
