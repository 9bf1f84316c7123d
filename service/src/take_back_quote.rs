//! Taking a change back that waits for its payment.

use domain::Permission;
use domain::ids::QuoteId;
use store::{QuoteOutcome, QuoteState, TenantScope};

use crate::quote::finish::{LookAt, close};
use crate::quote::settle::{change_of, is_made};
use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Caller, Error, Services, door};

/// Nobody can pay it any more, and nothing has changed. A change that was paid in the meantime is made and stays so: the
/// quote says which. One that is not waiting is left as it is.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Busy`], [`Error::Refused`] with `payments-away`: then it still waits.
pub async fn take_back_quote(s: &Services, caller: &Caller, slug: &str, id: &str) -> Result<QuoteId, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let id: QuoteId = id.parse().map_err(|_| Error::NotFound)?;
    let quote = scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?;
    let work = {
        let (s, scope) = (s.clone(), scope.clone());
        async move { take_back(&s, &scope, id).await }
    };
    under_lock(s, &quote.subscription, work).await?;
    Ok(id)
}

async fn take_back(s: &Services, scope: &TenantScope, id: QuoteId) -> Result<(), Error> {
    let quote = scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?;
    let QuoteState::Waiting { invoice, .. } = &quote.state else { return Ok(()) };
    if let Some(invoice) = invoice {
        s.payments().give_up(invoice).await?;
    }
    let fetched = s.payments().subscription(&quote.subscription, s.now()).await?;
    if !is_made(&change_of(&quote)?, &fetched.subscription) {
        close(s, scope, id, QuoteOutcome::TakenBack, "taken-back").await?;
    }
    apply(s, scope, fetched, Heal::Yes).await.map(drop)
}
