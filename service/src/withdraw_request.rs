//! Taking one's own seat request back.

use domain::Permission;
use domain::access::Deed;
use domain::ids::SeatRequestId;
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, door};

/// Takes a request back that the caller has made, also from the wait list.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs, or has been answered.
pub async fn withdraw_request(s: &Services, caller: &Caller, slug: &str, id: SeatRequestId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Withdraw { s, caller, id }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Withdraw<'a> {
    s: &'a Services,
    caller: &'a Caller,
    id: SeatRequestId,
}

impl Command for Withdraw<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, id } = self;
        let request = tx.seat_request(id).await?.ok_or(Error::NotFound)?;
        let mine = request.asked_by.as_ref().is_some_and(|(user, _)| *user == caller.user);
        if !mine || !tx.withdraw_request(id).await? {
            return Err(Error::NotFound);
        }
        let before = json!({ "email": request.email, "role": request.role });
        door::audit(s, tx, "request.withdrawn", id, Some(before), None).await
    }
}
