//! Agreeing to what a change costs.

use domain::access::Deed;
use domain::ids::{QuoteId, UserId};
use domain::{Permission, Timestamp};
use serde_json::json;
use store::{Command, QuoteRecord, QuoteState, TenantScope, TenantTx};

use crate::quote::finish::{LookAt, carry_out};
use crate::quote::{arranged, hexadecimal, mark_of, refused, still_possible};
use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Caller, Error, Services, door};

/// Makes exactly the change that was shown, for exactly what it said, or refuses. What was arranged for later and shown
/// as given up is taken back before, and stays so if the change is then not paid.
///
/// `hash` is what stood on the page. However often it is pressed, on however many nodes, the change is made once: the row
/// is agreed to under the subscription's lock, at most one of an organization is under way, and its id is the key at the
/// provider. How it went stands in the quote: done, waiting for its payment, refused with a reason, or on its way when
/// the provider's answer was lost.
///
/// # Errors
/// [`Error::NotFound`] for a quote that is not there or another organization's, [`Error::Forbidden`], [`Error::Busy`], and
/// [`Error::Refused`] with `quote-differs`, `quote-expired`, `quote-stale`, `change-waiting`, `payments-away`, or with why
/// the wish cannot be any more. Then nothing was charged.
pub async fn confirm_quote(s: &Services, caller: &Caller, slug: &str, id: &str, hash: &str) -> Result<QuoteId, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let id: QuoteId = id.parse().map_err(|_| Error::NotFound)?;
    let _turn = s.turns().take(scope.org()).await;
    let quote = scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?;
    if quote.state != QuoteState::Offered {
        return Ok(id);
    }
    if hexadecimal(&quote.hash) != hash {
        return Err(Error::Refused(refused::differs()));
    }
    let work = {
        let (s, scope, by) = (s.clone(), scope.clone(), caller.user);
        async move { agree(&s, &scope, by, id).await }
    };
    under_lock(s, &quote.subscription, work).await?;
    s.wake();
    Ok(id)
}

async fn agree(s: &Services, scope: &TenantScope, by: UserId, id: QuoteId) -> Result<(), Error> {
    let quote = scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?;
    if quote.state != QuoteState::Offered {
        return Ok(());
    }
    in_time(&quote, s.now())?;
    let standing = s.payments().standing(&quote.subscription, s.now()).await?;
    let same =
        mark_of(&standing.basis)? == quote.basis && arranged::is_as_shown(&quote, &standing.fetched.subscription)?;
    apply(s, scope, standing.fetched, Heal::No).await?;
    if !same {
        return Err(Error::Refused(refused::stale()));
    }
    still_possible(s, scope, &quote).await?;
    if !scope.execute(Agree { s, by, quote: &quote }, s.now()).await? {
        in_time(&quote, s.now())?;
        return Err(Error::Refused(refused::waiting()));
    }
    // From here on it is agreed to: what goes wrong now is the worker's to finish, and not for this answer to deny.
    if let Err(error) = carry_out(s, scope, &quote).await {
        tracing::warn!(quote = %id, %error, "a change was agreed to and not finished; the worker goes on");
    }
    Ok(())
}

fn in_time(quote: &QuoteRecord, now: Timestamp) -> Result<(), Error> {
    if quote.expires_at > now { Ok(()) } else { Err(Error::Refused(refused::too_late())) }
}

struct Agree<'a> {
    s: &'a Services,
    by: UserId,
    quote: &'a QuoteRecord,
}

impl Command for Agree<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    /// `false` if it cannot be agreed to any more.
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Self { s, by, quote } = self;
        let agreed = tx.confirm_quote(quote.id, by).await?;
        if agreed {
            let QuoteRecord { plan, interval, seats, .. } = quote;
            let gives_up = arranged::shown(quote)?.map(|what| what.words());
            let after = json!({
                "plan": plan, "interval": interval, "seats": seats, "hash": hexadecimal(&quote.hash),
                "gives_up": gives_up,
            });
            door::audit(s, tx, "quote.confirmed", quote.id, None, Some(after)).await?;
        }
        Ok(agreed)
    }
}
