//! Ending a seat's rest.

use domain::access::Deed;
use domain::ids::MemberId;
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{Command, Reactivate, TenantTx};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::{Caller, Error, Services, door, refusal, seats};

/// Gives a resting member their seat back, if one is free: whoever comes back takes a seat like everybody else.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`], [`Error::Refused`] with `role-above`,
/// `not-suspended`, `seats-full` or `payment-due`.
pub async fn reactivate_member(s: &Services, caller: &Caller, slug: &str, id: MemberId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Wake { s, id }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Wake<'a> {
    s: &'a Services,
    id: MemberId,
}

impl Command for Wake<'_> {
    const REQUIRES: Permission = Permission::MemberRemove;
    const DEED: Deed = Deed::Grow;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id } = self;
        let member = tx.member(id).await?.ok_or(Error::NotFound)?;
        if !tx.role().may_grant(member.role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        match tx.reactivate_member(id).await? {
            Reactivate::Reactivated { role } => is_back(s, tx, id, &member.email, role).await,
            Reactivate::NotSuspended => Err(Error::Refused(refusal::not_suspended(&member.email))),
            Reactivate::NotThere => Err(Error::NotFound),
            Reactivate::SeatsFull(full) => Err(Error::refused(full)),
        }
    }
}

/// What follows when a seat rests no longer: the billed quantity, a letter, the line in the audit log.
pub(crate) async fn is_back(
    s: &Services,
    tx: &mut TenantTx,
    id: MemberId,
    email: &EmailAddress,
    role: Role,
) -> Result<(), Error> {
    seats::changed(s, tx).await?;
    let org = tx.organization().await?;
    tell(s, tx, &org, email, &SeatLetter::Reactivated).await?;
    let after = json!({ "email": email, "role": role });
    door::audit(s, tx, "member.reactivated", id, None, Some(after)).await
}
