//! What a change of plan, interval or seats costs, as the provider will bill it.
//!
//! The provider's preview is what is shown and kept. `domain` reckons the same by itself; should the two differ, that is
//! kept with the quote and told to the operator, because one of them is wrong about money.

pub(crate) mod arranged;
pub(crate) mod compare;
pub(crate) mod finish;
mod mark;
pub(crate) mod refused;
pub(crate) mod settle;
mod sheet;
mod wish;

use std::time::Duration;

use domain::access::Deed;
use domain::course::Step;
use domain::ids::{QuoteId, UserId};
use domain::quote::{Counts, PriceOf, Quote, Renewal, When};
use domain::view::{ChangeWish, QuoteView};
use domain::{Permission, Refusal, Subscription};
use payments::PaymentError;
use payments::provider::{Change, ChangedLine};
use serde_json::json;
use store::{Command, NewQuote, QuoteRecord, TenantScope, TenantTx};

pub(crate) use mark::{hexadecimal, of_basis as mark_of};
pub(crate) use wish::{Found, Look, Wish, check, not_now, seat_choice, seats_now};

use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Caller, Error, Services};

/// How long somebody can agree to a quote.
const VALID: Duration = Duration::from_mins(15);
/// How long a quote is kept that nobody agreed to, after it is over.
const KEPT: Duration = Duration::from_hours(24);

/// What is said to a wish.
pub(crate) enum Offer {
    /// It costs this, now.
    Quote(Box<QuoteView>),
    /// It happens when the paid period is over.
    AtPeriodEnd(Renewal),
    /// It cannot be.
    Refused(Refusal),
}

/// Asks what it costs and keeps the answer. Changes nothing but our mirror.
pub(crate) async fn make(s: &Services, scope: &TenantScope, caller: &Caller, wish: Wish) -> Result<Offer, Error> {
    let id = wish.bought.id.clone();
    let (by, work) = (caller.user, (s.clone(), scope.clone()));
    let made = under_lock(s, &id, async move {
        let (s, scope) = work;
        offer(&s, &scope, by, wish).await
    });
    match made.await {
        Err(Error::Refused(no)) => Ok(Offer::Refused(no)),
        Err(Error::Invalid { problem, .. }) => Ok(Offer::Refused(problem)),
        other => other,
    }
}

async fn offer(s: &Services, scope: &TenantScope, by: UserId, wish: Wish) -> Result<Offer, Error> {
    let standing = s.payments().standing(&wish.bought.id, s.now()).await?;
    apply(s, scope, standing.fetched, Heal::No).await?;
    // What the mirror says now may not be what the wish was checked against.
    let found = scope.read(Look).await?;
    let wish = check(s, &wish.said(), &found)?;
    let (today, wanted) = wish.costs().map_err(Error::refused)?;
    if When::of(today, wanted, wish.interval, wish.in_trial()) == When::AtPeriodEnd {
        wish.bought.may(Step::Schedule).map_err(Error::refused)?;
        let amount = wish.amount().map_err(Error::refused)?;
        return Ok(Offer::AtPeriodEnd(Renewal { at: wish.bought.period.until, amount, interval: wish.interval }));
    }
    let (now, billing_now) = (s.now(), s.billing_now());
    // Our clock may be a moment behind the provider's, and nothing counts from before it was bought.
    let at = billing_now.max(standing.basis.period.from);
    let ours = Quote::of(standing.basis, wish.lines.clone(), wish.interval, at).map_err(Error::refused)?;
    let change = change(s, &wish.bought, &ours).await?;
    let mut silent = None;
    let theirs = match ours.counts() {
        // In a trial the provider has nothing to bill, and its preview is of another day.
        Counts::AfterTrial => None,
        Counts::From(_) | Counts::Afresh(_) => match s.payments().preview(&change).await {
            Ok(sheet) => Some(sheet),
            // Then our own word stands alone. Should it be wrong, so is the change, and that is refused as well.
            Err(PaymentError::Refused { code, message, .. }) => {
                silent = Some(json!({ "theirs": format!("{code}: {message}") }));
                None
            }
            Err(unknown) => return Err(unknown.into()),
        },
    };
    // Where the provider was not told the second, it has taken its own.
    let ours = match theirs.as_ref().and_then(|sheet| sheet.lines.iter().map(|line| line.period.from).max()) {
        Some(second) if matches!(ours.counts(), Counts::Afresh(at) if at != second) => {
            Quote::of(ours.basis().clone(), wish.lines.clone(), wish.interval, second).map_err(Error::refused)?
        }
        _ => ours,
    };
    let difference = theirs.as_ref().and_then(|theirs| compare::preview(&ours, theirs)).or(silent);
    if let Some(difference) = &difference {
        tracing::error!(org = %scope.org(), %difference, "the provider's preview and our own reckoning differ");
    }
    let expires_at = now.plus(VALID);
    let shown = sheet::of(s, &wish, &ours, theirs.as_ref().filter(|_| difference.is_some()), at.plus(VALID))?;
    let text = serde_json::to_string(&shown).map_err(|error| Error::Broken(error.into()))?;
    let new = NewQuote {
        id: s.id(QuoteId::new),
        subscription: wish.bought.id.clone(),
        asked_by: by,
        plan: wish.plan.key.clone(),
        interval: wish.interval,
        seats: wish.seats,
        hash: mark::hash(text.as_bytes()),
        offer: text,
        change: serde_json::to_string(&change).map_err(|error| Error::Broken(error.into()))?,
        basis: mark::of_basis(ours.basis())?,
        difference: difference.map(|difference| difference.to_string()),
        expires_at,
    };
    let view = QuoteView { id: new.id, hash: hexadecimal(&new.hash), sheet: shown, expires_at };
    scope.execute(Keep { new }, now).await?;
    Ok(Offer::Quote(Box::new(view)))
}

/// Whether what was quoted can still be had: somebody may have joined, or the plan may have been cancelled.
pub(crate) async fn still_possible(s: &Services, scope: &TenantScope, quote: &QuoteRecord) -> Result<(), Error> {
    let QuoteRecord { plan, interval, seats, .. } = quote;
    let said = ChangeWish { plan: plan.clone(), interval: *interval, seats: *seats };
    let found = scope.read(Look).await?;
    check(s, &said, &found).map(drop)
}

/// The quote in the words in which the provider is asked for it.
async fn change(s: &Services, bought: &Subscription, quote: &Quote) -> Result<Change, Error> {
    let (mut lines, mut dropped) = (Vec::new(), Vec::new());
    for each in quote.moves() {
        let item = each.from.as_ref().map(|line| line.item.clone());
        match (&each.to, item) {
            (Some(to), item) => {
                let price = match &to.price {
                    PriceOf::Kept(price) => price.clone(),
                    PriceOf::Sold(spec) => s.payments().ensure_price(spec).await?,
                };
                lines.push(ChangedLine { item, price, quantity: to.quantity });
            }
            (None, Some(item)) => dropped.push(item),
            (None, None) => {}
        }
    }
    Ok(Change {
        subscription: bought.id.clone(),
        customer: bought.customer.clone(),
        lines,
        dropped,
        counts: quote.counts(),
    })
}

struct Keep {
    new: NewQuote,
}

impl Command for Keep {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let forget = tx.now().minus(KEPT);
        Ok(tx.offer_quote(&self.new, forget).await?)
    }
}
