//! Stopping the plan for a while.

use domain::Permission;
use domain::course::Step;

use crate::{Caller, Error, Services, course, door};

/// Stops the plan now: nothing is billed, everything can be read and nothing changed, until an owner goes on with it.
/// What is paid and not used is credited.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought`, `plan-ends`, `plan-paused`, `payment-due`,
/// `change-scheduled` or `payments-away`.
pub async fn pause_plan(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::Pause).await?;
    course::ask(s, &scope, "subscription.pause_asked", &bought).await?;
    let key = course::key(s, "pause");
    course::step(s, scope.org(), &bought.id, Step::Pause, move |s, id| async move {
        s.payments().pause(&key, &id, s.now()).await
    })
    .await
}
