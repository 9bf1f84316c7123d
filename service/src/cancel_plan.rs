//! Ending the plan with its period.

use domain::access::Deed;
use domain::course::{Reason, Step};
use domain::ids::CancellationId;
use domain::{Permission, Refusal, Subscription};
use payments::provider::IdempotencyKey;
use payments::provider::course::Leaving;
use serde_json::json;
use store::{Command, NewCancellation, TenantTx};

use crate::words::words;
use crate::{Caller, Error, Services, course, door};

/// Ends the plan with the period that is paid: until then everything stays as it is, and it can be taken back. What was
/// scheduled for then is dropped. `reason` is one of [`Reason`] or empty, `comment` what they write.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `reason` or `comment`, [`Error::Refused`] with
/// `nothing-bought`, `plan-ends`, `plan-paused`, `payment-due` or `payments-away`.
pub async fn cancel_plan(
    s: &Services,
    caller: &Caller,
    slug: &str,
    reason: Option<String>,
    comment: Option<String>,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let why = Leaving { reason: chosen(reason)?, comment: words("comment", comment)? };
    let _turn = s.turns().take(scope.org()).await;
    let bought = course::bought(&scope, Step::Cancel).await?;
    let id = s.id(CancellationId::new);
    scope.execute(Ask { s, id, bought: &bought, why: &why }, s.now()).await?;
    let key = IdempotencyKey(id.to_string());
    course::step(s, scope.org(), &bought.id, Step::Cancel, move |s, id| async move {
        s.payments().cancel_at_end(&key, &id, &why, s.now()).await
    })
    .await
}

fn chosen(reason: Option<String>) -> Result<Option<Reason>, Error> {
    let Some(word) = reason.filter(|word| !word.trim().is_empty()) else { return Ok(None) };
    word.trim().parse().map(Some).map_err(|_| {
        let no = Refusal::new("no-such-reason", "There is no such reason.", "Choose one of the list, or none.");
        Error::invalid("reason", no)
    })
}

struct Ask<'a> {
    s: &'a Services,
    id: CancellationId,
    bought: &'a Subscription,
    why: &'a Leaving,
}

impl Command for Ask<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, bought, why } = self;
        let asked_by = tx.scope().member().ok_or(Error::NotFound)?;
        let new = NewCancellation {
            id,
            subscription: bought.id.clone(),
            asked_by,
            reason: why.reason,
            comment: why.comment.clone(),
        };
        tx.add_cancellation(&new).await?;
        let more = json!({ "reason": why.reason, "comment": why.comment });
        course::Ask { s, action: "subscription.end_asked", of: bought, more }.run(tx).await
    }
}
