//! Carrying out what somebody has agreed to: once, whatever happens on the way.
//!
//! The row says first that it was agreed to; then the provider is asked with the row's key. A lost answer, or a process
//! that died, is finished by the worker: under the subscription's lock it looks at what the provider has. If the change
//! is there, it is done. If everything is as it was when the quote was made, it was not done, and is asked for again with
//! the same key and the same words, for an hour. Otherwise somebody else has changed something, and it is given up.
//!
//! What is arranged for later is taken back before (see `arranged`). Who dies between the two has done half of what was
//! agreed to and nothing that was not: the worker finds it taken back, and asks for the change.

use std::time::Duration;

use domain::access::Deed;
use domain::ids::{OrgId, QuoteId};
use domain::subscription::ProviderInvoiceId;
use domain::{Permission, Timestamp};
use payments::PaymentError;
use payments::provider::{Changed, IdempotencyKey, Unpaid};
use serde_json::json;
use store::{Command, Query, QuoteOutcome, QuoteRecord, QuoteState, TenantRead, TenantScope, TenantTx};

use super::settle::{change_of, is_made};
use super::{arranged, compare, mark};
use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Error, Services, door, sync_subscription};

/// After so long nobody sits before the page any more who wanted it.
const TOO_LATE: Duration = Duration::from_hours(1);

/// Asks the provider for it. Called under the subscription's lock, for a quote that was just agreed to or is as new.
pub(crate) async fn carry_out(s: &Services, scope: &TenantScope, quote: &QuoteRecord) -> Result<(), Error> {
    let change = change_of(quote)?;
    let freed = match arranged::shown(quote)? {
        Some(what) => arranged::give_up(s, quote, &what).await,
        None => Ok(None),
    };
    let changed = match freed {
        Ok(freed) => {
            if let Some(freed) = freed {
                apply(s, scope, freed, Heal::No).await?;
            }
            s.payments().change(&IdempotencyKey(quote.id.to_string()), &change, s.now()).await
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(changed) => answered(s, scope, quote, changed).await,
        Err(PaymentError::Refused { code, message, request }) => {
            tracing::warn!(quote = %quote.id, code, message, request, "the provider refused a change");
            close(s, scope, quote.id, QuoteOutcome::Refused, &code).await
        }
        Err(PaymentError::Unknown(how) | PaymentError::TooOften(how)) => {
            tracing::warn!(quote = %quote.id, how, "the answer to a change was lost; the worker looks for it");
            Ok(())
        }
    }
}

async fn answered(s: &Services, scope: &TenantScope, quote: &QuoteRecord, changed: Changed) -> Result<(), Error> {
    let invoice = changed.fetched.subscription.waiting.as_ref().map(|waiting| waiting.invoice.clone());
    if let Some(invoice) = invoice {
        if let Some(invoice) = &invoice
            && let Some(Unpaid::CardRefused(why)) = s.payments().unpaid(invoice).await?
        {
            // Nothing has changed, and nothing shall be left lying about that could be paid by chance.
            s.payments().give_up(invoice).await?;
            close(s, scope, quote.id, QuoteOutcome::Refused, &why).await?;
            return look_again(s, scope, quote).await;
        }
        scope.execute(Wait { id: quote.id, invoice, pay_url: changed.pay_url }, s.now()).await?;
    }
    apply(s, scope, changed.fetched, Heal::No).await?;
    check(s, scope, quote.id).await
}

/// The subscription as it is now, into the mirror.
pub(crate) async fn look_again(s: &Services, scope: &TenantScope, quote: &QuoteRecord) -> Result<(), Error> {
    let fetched = s.payments().subscription(&quote.subscription, s.now()).await?;
    apply(s, scope, fetched, Heal::Yes).await.map(drop)
}

/// Compares with the invoice, if there is one by now.
async fn check(s: &Services, scope: &TenantScope, id: QuoteId) -> Result<(), Error> {
    match scope.read(LookAt { id }).await? {
        Some(quote) => compare::invoice(s, scope, &quote).await,
        None => Ok(()),
    }
}

/// Finishes a quote that somebody has agreed to, for the worker.
pub(crate) async fn finish(s: &Services, org: OrgId, id: QuoteId) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "a change that was agreed to").await?;
    scope.execute(LookedAt { id }, s.now()).await?;
    let Some(quote) = scope.read(LookAt { id }).await? else { return Ok(()) };
    match quote.state {
        QuoteState::Offered => Ok(()),
        QuoteState::Closed { .. } => compare::invoice(s, &scope, &quote).await,
        QuoteState::Waiting { .. } => {
            sync_subscription(s, org, &quote.subscription).await?;
            check(s, &scope, id).await
        }
        QuoteState::Confirmed { .. } => {
            let work = {
                let (s, scope) = (s.clone(), scope.clone());
                async move { find_out(&s, &scope, id).await }
            };
            under_lock(s, &quote.subscription, work).await?;
            check(s, &scope, id).await
        }
    }
}

async fn find_out(s: &Services, scope: &TenantScope, id: QuoteId) -> Result<(), Error> {
    let Some(quote) = scope.read(LookAt { id }).await? else { return Ok(()) };
    let QuoteState::Confirmed { since } = quote.state else { return Ok(()) };
    let standing = s.payments().standing(&quote.subscription, s.now()).await?;
    let now = &standing.fetched.subscription;
    let settles = now.waiting.is_some() || now.status.is_terminal() || is_made(&change_of(&quote)?, now);
    // Taken back already, or as it was: a schedule or an end of somebody else is a change of the world.
    let ahead = arranged::is_nothing(now) || arranged::is_as_shown(&quote, now)?;
    let unchanged = ahead && mark::of_basis(&standing.basis)? == quote.basis;
    apply(s, scope, standing.fetched, Heal::No).await?;
    match (settles, unchanged) {
        (true, _) => Ok(()),
        (false, true) if s.now() < since.plus(TOO_LATE) => carry_out(s, scope, &quote).await,
        (false, true) => close(s, scope, id, QuoteOutcome::Refused, "not-in-time").await,
        (false, false) => close(s, scope, id, QuoteOutcome::Refused, "changed-meanwhile").await,
    }
}

/// It is over.
pub(crate) async fn close(
    s: &Services,
    scope: &TenantScope,
    id: QuoteId,
    outcome: QuoteOutcome,
    reason: &str,
) -> Result<(), Error> {
    scope.execute(Close { s, id, outcome, reason: reason.to_owned() }, s.now()).await
}

/// A quote of the organization.
pub(crate) struct LookAt {
    pub(crate) id: QuoteId,
}

impl Query for LookAt {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<QuoteRecord>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.quote(self.id).await?)
    }
}

struct LookedAt {
    id: QuoteId,
}

impl Command for LookedAt {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        Ok(tx.quote_looked_at(self.id).await?)
    }
}

struct Wait {
    id: QuoteId,
    invoice: Option<ProviderInvoiceId>,
    pay_url: Option<String>,
}

impl Command for Wait {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        tx.quote_waits(self.id, self.invoice.as_ref(), self.pay_url.as_deref()).await?;
        Ok(())
    }
}

struct Close<'a> {
    s: &'a Services,
    id: QuoteId,
    outcome: QuoteOutcome,
    reason: String,
}

impl Command for Close<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, outcome, reason } = self;
        if tx.close_quote(id, outcome, Some(&reason), None).await? {
            let action = match outcome {
                QuoteOutcome::Applied => "quote.applied",
                QuoteOutcome::Refused => "quote.refused",
                QuoteOutcome::Expired => "quote.expired",
                QuoteOutcome::TakenBack => "quote.taken_back",
            };
            door::audit(s, tx, action, id, None, Some(json!({ "why": reason }))).await?;
        }
        Ok(())
    }
}

/// The moments by which the worker looks at quotes without an answer, and at those that wait.
pub(crate) fn due(now: Timestamp) -> (Timestamp, Timestamp) {
    (now.minus(Duration::from_secs(30)), now.minus(Duration::from_mins(5)))
}
