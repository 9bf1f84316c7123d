//! Going on with a plan that is paused.

use domain::Permission;
use domain::course::Step;

use crate::{Caller, Error, Services, course, door};

/// Goes on with a plan that is paused. If that costs something, it is paused until it is paid.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought`, `plan-runs` or
/// `payments-away`.
pub async fn unpause_plan(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::Unpause).await?;
    course::ask(s, &scope, "subscription.unpause_asked", &bought).await?;
    let key = course::key(s, "unpause");
    course::step(s, scope.org(), &bought.id, Step::Unpause, move |s, id| async move {
        s.payments().unpause(&key, &id, s.now()).await
    })
    .await
}
