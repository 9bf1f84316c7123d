//! Fewer seats bought ahead, from the renewal on.

use domain::access::Deed;
use domain::course::Step;
use domain::{Permission, Subscription};
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, course, door, refusal};

/// Lets the renewal bill fewer of the seats that were bought ahead of the people. Until then they stay, and so does the
/// number that is billed; it can be taken back. As many as there are members are billed in any case.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `seats`, [`Error::Refused`] with `nothing-bought`,
/// `plan-ends`, `plan-paused` or `payment-due`.
pub async fn fewer_seats(s: &Services, caller: &Caller, slug: &str, seats: u32) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::Schedule).await?;
    scope.execute(Plan { s, bought: &bought, seats }, s.now()).await
}

struct Plan<'a> {
    s: &'a Services,
    bought: &'a Subscription,
    seats: u32,
}

impl Command for Plan<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, bought, seats } = self;
        let org = tx.organization().await?;
        let plan = &*s.plan_of(&org).await?;
        let fewest = plan.seats.min.max(1).max(org.seats.active);
        if seats < fewest {
            return Err(Error::invalid("seats", refusal::seats_in_use(fewest, seats)));
        }
        if seats >= org.seats_floor {
            return Err(Error::invalid("seats", refusal::seats_not_fewer(org.seats_floor)));
        }
        let at = bought.period.until;
        tx.plan_seats_floor(Some((seats, at))).await?;
        let before = json!({ "seats": org.seats_floor });
        let after = json!({ "seats": seats, "at": at.rfc3339() });
        door::audit(s, tx, "subscription.fewer_seats_asked", &bought.id, Some(before), Some(after)).await
    }
}
