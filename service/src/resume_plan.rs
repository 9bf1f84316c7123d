//! Taking the end of the plan back.

use domain::access::Deed;
use domain::course::Step;
use domain::{Permission, Subscription};
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, course, door};

/// Lets a plan go on whose end is decided and has not come, whoever decided it: an owner here, or on the provider's page.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-bought`, `plan-goes-on` or
/// `payments-away`.
pub async fn resume_plan(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::Resume).await?;
    scope.execute(Ask { s, bought: &bought }, s.now()).await?;
    let key = course::key(s, "resume");
    course::step(s, scope.org(), &bought.id, Step::Resume, move |s, id| async move {
        s.payments().resume(&key, &id, s.now()).await
    })
    .await
}

struct Ask<'a> {
    s: &'a Services,
    bought: &'a Subscription,
}

impl Command for Ask<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, bought } = self;
        tx.undo_cancellations(&bought.id).await?;
        course::Ask { s, action: "subscription.resume_asked", of: bought, more: json!({}) }.run(tx).await
    }
}
