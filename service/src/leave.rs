//! Leaving an organization.

use domain::Permission;
use domain::access::Deed;
use store::{Command, TenantTx};

use crate::remove_member::take_out;
use crate::{Caller, Error, Services, door};

/// Gives up the caller's own seat. The last owner cannot; of two who leave at once, one stays.
///
/// # Errors
/// [`Error::NotFound`] if the caller is no member, [`Error::Refused`] with `last-owner`.
pub async fn leave(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Leave { s }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Leave<'a> {
    s: &'a Services,
}

impl Command for Leave<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let id = tx.scope().member().ok_or(Error::NotFound)?;
        let member = tx.member(id).await?.ok_or(Error::NotFound)?;
        take_out(self.s, tx, &member, "member.left").await
    }
}
