//! Payments, looked after: owed invoices are asked for again, late payers become readers when their grace is over, and
//! trials and years that end soon are told.

use std::time::Duration;

use anyhow::Context;
use domain::access::Deed;
use domain::subscription::ProviderSubscriptionId;
use domain::{Permission, SubscriptionStatus};
use store::{Command, TenantTx, renewal_notice, trial_notice};

use super::broken;
use crate::mail::PaymentLetter;
use crate::versions::total_of;
use crate::{Error, Services, dunning, sync_invoice};

/// How often it is looked for late payers and for what comes soon.
const EVERY: Duration = Duration::from_mins(10);
/// How many organizations are looked after in one round.
const AT_ONCE: u32 = 500;
const TRIAL: Duration = Duration::from_hours(3 * 24);
const YEAR: Duration = Duration::from_hours(7 * 24);

/// Looks after some; `false` when there is nothing to be done.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    // What happens in the provider's time, and what in ours.
    let (system, bills, now) = (s.store().system(), s.billing_now(), s.now());
    let leased = system.lease_case(now, now.plus(dunning::LOOK_EVERY)).await;
    if let Some((org, invoice)) = leased.context("taking an owed invoice")? {
        if let Err(error) = sync_invoice(s, org, &invoice).await {
            // It comes again by itself.
            tracing::warn!(%error, %invoice, "an owed invoice could not be looked at");
        }
        return Ok(true);
    }
    if !s.rounds().due("dunning", EVERY, bills) {
        return Ok(false);
    }
    let mut done = false;
    for org in system.overdue(bills.minus(s.settings().grace), AT_ONCE).await.context("looking for late payers")? {
        let scope = system.act_for(org, "grace of a late payment").await?;
        scope.execute(Close { s }, now).await.map_err(broken)?;
        done = true;
    }
    let soon = system.soon(bills, bills.plus(TRIAL), bills.plus(YEAR), AT_ONCE).await;
    for (org, id) in soon.context("looking for what comes soon")? {
        let scope = system.act_for(org, "letters about money").await?;
        scope.execute(TellSoon { s, id }, now).await.map_err(broken)?;
        done = true;
    }
    s.rounds().done("dunning", bills);
    Ok(done)
}

/// The grace of a late payment is over: the organization is only read from now on.
struct Close<'a> {
    s: &'a Services,
}

impl Command for Close<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s } = self;
        sync_invoice::settle(s, tx).await?;
        let (org, owed) = (tx.organization().await?, tx.owed().await?);
        let Some(first) = owed.first() else { return Ok(()) };
        let (key, to) = (format!("{}:ended", first.id), dunning::everybody(tx).await?);
        dunning::once(s, tx, &org, &key, &PaymentLetter::Ended { invoice: first }, &to).await?;
        Ok(())
    }
}

struct TellSoon<'a> {
    s: &'a Services,
    id: ProviderSubscriptionId,
}

impl Command for TellSoon<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id } = self;
        let Some(bought) = tx.subscription_by_id(&id).await? else { return Ok(()) };
        let plan = s.plan_bought(&bought).await?;
        let then = plan.as_deref().and_then(|plan| total_of(plan, &bought));
        let plan = plan.as_deref().map_or("your plan", |plan| plan.name.as_str());
        let card = bought.card.as_deref();
        let trial_ends_at = bought.trial_ends_at.filter(|_| bought.status == SubscriptionStatus::Trialing);
        let (key, letter) = if let Some(at) = trial_ends_at {
            (trial_notice(&id, at), PaymentLetter::TrialEnds { plan, at, then, card })
        } else {
            let at = bought.period.until;
            (renewal_notice(&id, at), PaymentLetter::Renews { plan, at, then, card })
        };
        let (org, to) = (tx.organization().await?, dunning::everybody(tx).await?);
        dunning::once(s, tx, &org, &key, &letter, &to).await?;
        Ok(())
    }
}
