//! The only writer of the mirror of subscriptions.
//!
//! Whatever says that a subscription may have changed (a webhook, a buyer who comes back, the answer to our own
//! change) ends here: the subscription is fetched whole and applied as a snapshot, under a lock of its own that is
//! held from before the fetch until after the transaction. So the mirror never goes back in time, and the order,
//! number and content of events do not matter. Should a lock be lost (its holder took longer than its lease), the
//! snapshot's time still keeps an older one from replacing a newer one, and what has ended stays ended.

use std::future::Future;
use std::time::Duration;

use anyhow::anyhow;
use data_encoding::HEXLOWER;
use domain::access::Deed;
use domain::ids::{OrgId, OutboxId};
use domain::subscription::{Believe, ProviderSubscriptionId};
use domain::{Permission, Plan, Subscription};
use payments::provider::{CheckoutStatus, Fetched, IdempotencyKey};
use serde_json::{Value, json};
use store::{CheckoutRecord, Command, Effect, OrgRecord, SeatLine, TenantScope, TenantTx};
use tracing::Instrument;

use crate::entitlement::{self, Entitlement};
use crate::quote::settle::settle;
use crate::{Error, Services, checkout, course_news, door, dunning, seats};

/// How long a lock is held at most. Longer than the provider's calls inside of it take with all their retries.
const LEASE: Duration = Duration::from_mins(3);
/// How often, and how many times, a taken lock is asked for again: ten seconds in all.
const ASK_AGAIN: Duration = Duration::from_millis(50);
const ASK_TIMES: u32 = 200;

/// Fetches a subscription and makes the organization's mirror, plan, seats and access what it says.
///
/// Afterwards a payment page that is still open is closed at the provider, so that nobody pays twice; and if fewer
/// seats are billed than there are members, a seat change is queued.
///
/// # Errors
/// [`Error::Busy`] if others hold the subscription's lock for ten seconds, [`Error::Refused`] if the provider does not
/// answer, [`Error::Broken`] if the subscription is not this organization's or not there.
pub async fn sync_subscription(s: &Services, org: OrgId, id: &ProviderSubscriptionId) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "mirror of the subscription").await?;
    let work = {
        let (s, scope, id) = (s.clone(), scope.clone(), id.clone());
        async move {
            let fetched = s.payments().subscription(&id, s.now()).await?;
            apply(&s, &scope, fetched, Heal::Yes).await
        }
    };
    let applied = under_lock(s, id, work).await?;
    if applied.live
        && let Some(page) = &applied.open_checkout
    {
        let closed = checkout::retire(s, &scope, page).await?;
        if closed.status == CheckoutStatus::Complete && closed.subscription.as_ref().is_some_and(|other| other != id) {
            // Its own webhook brings it into the mirror; two live ones are a person's business.
            tracing::error!(%org, subscription = %id, other = ?closed.subscription, "a second subscription was bought");
        }
    }
    Ok(())
}

/// Ends a subscription at the provider, at once, and makes the mirror say so. One that has ended already is no error.
///
/// # Errors
/// As [`sync_subscription`]. Then it may go on, and nothing was changed here.
pub(crate) async fn end(s: &Services, org: OrgId, id: &ProviderSubscriptionId) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "end of the subscription").await?;
    let work = {
        let (s, id) = (s.clone(), id.clone());
        async move {
            let key = IdempotencyKey(format!("end-{id}"));
            let ended = s.payments().cancel_now(&key, &id, s.now()).await?;
            apply(&s, &scope, ended, Heal::No).await
        }
    };
    under_lock(s, id, work).await.map(drop)
}

/// Whether to queue a seat change when fewer seats are billed than there are members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heal {
    /// Yes: this may be the first that is heard of the subscription, or it was changed elsewhere.
    Yes,
    /// No: this is the answer to a seat change, and asking again would get the same answer.
    No,
}

/// What is true after a snapshot was applied.
pub(crate) struct Applied {
    /// The snapshot's subscription counts as bought.
    pub(crate) live: bool,
    /// The payment page that is open nevertheless.
    pub(crate) open_checkout: Option<CheckoutRecord>,
}

/// Runs `work` while nobody else reads or changes that subscription, on any node.
///
/// The work goes on when the caller goes away: a lock that is dropped in the middle would stay until its lease ends.
pub(crate) async fn under_lock<T: Send + 'static>(
    s: &Services,
    id: &ProviderSubscriptionId,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let (s, id) = (s.clone(), id.clone());
    let whole = async move {
        let holder = HEXLOWER.encode(&s.chance::<16>());
        let mut asked = 0;
        while !s.store().system().lock_subscription(&id, &holder, s.now(), s.now().plus(LEASE)).await? {
            asked += 1;
            if asked >= ASK_TIMES {
                return Err(Error::Busy);
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
        let done = work.await;
        if let Err(error) = s.store().system().unlock_subscription(&id, &holder).await {
            tracing::warn!(error = ?error, subscription = %id, "a lock was not given back; it ends with its lease");
        }
        done
    };
    tokio::spawn(whole.in_current_span()).await.map_err(|error| Error::Broken(anyhow::Error::new(error)))?
}

/// Applies a snapshot. Called under the subscription's lock only.
pub(crate) async fn apply(s: &Services, scope: &TenantScope, fetched: Fetched, heal: Heal) -> Result<Applied, Error> {
    let applied = scope.execute(Apply { s, new: fetched.subscription, heal }, s.now()).await?;
    s.wake();
    Ok(applied)
}

struct Apply<'a> {
    s: &'a Services,
    new: Subscription,
    heal: Heal,
}

impl Command for Apply<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = Applied;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Applied, Error> {
        let Self { s, new, heal } = self;
        let org = tx.organization().await?;
        if org.customer.as_ref() != Some(&new.customer) {
            return Err(Error::Broken(anyhow!(
                "subscription {} belongs to customer {}, and {} is {:?}",
                new.id,
                new.customer,
                org.id,
                org.customer
            )));
        }
        let before = tx.subscription().await?;
        match tx.apply_subscription(&new).await? {
            Believe::Yes => settle(s, tx, &new).await?,
            no @ (Believe::Older | Believe::Ended) => {
                tracing::info!(subscription = %new.id, status = %new.status, ?no, "a snapshot came too late");
            }
        }
        let current = tx.subscription().await?;
        if let Some(other) =
            before.as_ref().filter(|old| old.id != new.id && old.status.is_live() && new.status.is_live())
        {
            tracing::error!(org = %org.id, one = %other.id, two = %new.id, "an organization has two live subscriptions");
        }

        if current.as_ref().is_some_and(|current| current.status.is_live()) {
            tx.forget_free().await?;
        }
        let gives = entitlement::due(s, tx, current.as_ref(), &org).await?;
        let had = Entitlement::had(&org);
        if gives != had {
            entitlement::set(s, tx, &gives).await?;
        }
        dunning::follow_all(s, tx, &org).await?;
        let (was, is) = (words(&had, before.as_ref()), words(&gives, current.as_ref()));
        if was != is {
            door::audit(s, tx, "subscription.changed", &new.id, Some(was), Some(is)).await?;
        }

        course_news::tell(s, tx, before.as_ref(), current.as_ref()).await?;

        let live = current.filter(|current| current.status.is_live());
        if live.is_none() && before.is_some() {
            // Seats that were bought ahead have ended with what they were bought for.
            tx.set_seats_floor(0).await?;
        }
        if let Some(live) = &live {
            // Read again: a first purchase has just changed the organization's row, so whoever joined before is counted,
            // and whoever joins after sees the subscription.
            let org = tx.organization().await?;
            match s.plan_bought(live).await? {
                Some(plan) => look_after_seats(s, tx, &plan, live, &org, heal).await?,
                None => {
                    tracing::error!(subscription = %live.id, plan = ?live.plan, "a subscription to a plan that nobody knows");
                }
            }
        }
        Ok(Applied { live: live.is_some(), open_checkout: tx.open_checkout().await? })
    }
}

/// Writes down a period of billed seats when it is first seen, and queues a change where too few are billed, or some are
/// left over from the period before. The first purchase can be overtaken by people who join meanwhile, and a quantity
/// can be changed elsewhere.
async fn look_after_seats(
    s: &Services,
    tx: &mut TenantTx,
    plan: &Plan,
    live: &Subscription,
    org: &OrgRecord,
    heal: Heal,
) -> Result<(), Error> {
    let mut wrong = false;
    for need in seats::needs(plan, live, org) {
        let line = SeatLine { subscription: &live.id, part: need.part, from: live.period.from };
        tx.begin_seat_period(line, need.quantity, need.wanted).await?;
        // With each snapshot until it is done, and not with the first alone: that one may have come while nothing could be
        // changed.
        let left_over = tx.billed(line, need.quantity).await?.is_some_and(|billed| billed.is_left_over());
        wrong |= need.quantity < need.wanted || (left_over && need.quantity > need.wanted);
        if need.item.is_none() && !seats::all_ours(live) {
            tracing::error!(subscription = %live.id, plan = %plan.key, "billed seats have no line at the provider");
        }
    }
    // One that takes none now is looked at again with the snapshot that says it does.
    if wrong && heal == Heal::Yes && seats::takes_changes_now(live) {
        tx.enqueue(s.id(OutboxId::new), &Effect::SyncSeats).await?;
    }
    Ok(())
}

/// What of it goes into the audit log, and is worth a line there when it changes.
fn words(entitlement: &Entitlement, subscription: Option<&Subscription>) -> Value {
    let bought = subscription.map(|bought| {
        json!({
            "id": bought.id,
            "status": bought.status,
            "plan": bought.plan,
            "interval": bought.interval,
            "quantity": bought.quantity,
            "period_until": bought.period.until.rfc3339(),
            "ends_at": bought.ends_at.map(domain::Timestamp::rfc3339),
        })
    });
    json!({
        "plan": entitlement.plan,
        "version": entitlement.version,
        "seats": entitlement.seats.cap(),
        "access": entitlement.access,
        "subscription": bought,
    })
}
