//! Taking back what was to begin with the next period.

use domain::Permission;
use domain::access::Deed;
use domain::course::Step;
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, course, door};

/// Lets the plan go on as it is: what was to begin with the next period is dropped, fewer seats
/// bought ahead first.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought`, `nothing-scheduled`
/// or `payments-away`.
pub async fn undo_change(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    if scope.execute(KeepSeats { s }, s.now()).await? {
        return Ok(());
    }
    let bought = course::bought(&scope, Step::Undo).await?;
    course::ask(s, &scope, "subscription.undo_asked", &bought).await?;
    let key = course::key(s, "release");
    course::step(s, scope.org(), &bought.id, Step::Undo, move |s, id| async move {
        s.payments().release(&key, &id, s.now()).await
    })
    .await
}

struct KeepSeats<'a> {
    s: &'a Services,
}

impl Command for KeepSeats<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    /// Whether fewer seats were planned.
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Some((seats, at)) = tx.seats_floor_next().await? else { return Ok(false) };
        tx.plan_seats_floor(None).await?;
        let (org, before) = (tx.organization().await?, json!({ "seats": seats, "at": at.rfc3339() }));
        let after = json!({ "seats": org.seats_floor });
        door::audit(self.s, tx, "subscription.undo_asked", org.id, Some(before), Some(after)).await?;
        Ok(true)
    }
}
