//! Beginning to pay before the trial is over.

use domain::Permission;
use domain::course::Step;

use crate::{Caller, Error, Services, course, door};

/// Ends the trial now: the first payment is made at once, with the card that is known.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought`, `no-trial`, `plan-ends`,
/// `change-scheduled`, `plan-paused`, `payment-due` or `payments-away`.
pub async fn end_trial(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::EndTrial).await?;
    course::ask(s, &scope, "subscription.trial_end_asked", &bought).await?;
    let key = course::key(s, "end_trial");
    course::step(s, scope.org(), &bought.id, Step::EndTrial, move |s, id| async move {
        s.payments().end_trial(&key, &id, s.now()).await
    })
    .await
}
