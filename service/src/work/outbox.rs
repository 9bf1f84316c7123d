//! Effects that go out: letters, and the number of billed seats.

use anyhow::Context;
use domain::Timestamp;
use store::{Effect, EffectOutcome, LeasedEffect};

use super::billed_seats::{self, Sent};
use super::{LEASE, TRIES, account, again, details};
use crate::{MailError, Services};

/// Performs one effect; `false` when none waits.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let outbox = s.store().system();
    let Some(leased) = outbox.lease_effect(s.now(), LEASE).await.context("leasing an effect")? else {
        return Ok(false);
    };
    let done = match (&leased.effect, leased.org) {
        (Effect::Mail(letter), _) => s.mailer().send(letter).await.map_err(|error| match error {
            MailError::Later(_) => Failure::Later(error.to_string()),
            MailError::Never(_) => Failure::Never(error.to_string()),
        }),
        (Effect::SyncSeats, Some(org)) => match billed_seats::send(s, org, &leased).await {
            Ok(Sent::Done) => Ok(()),
            Ok(Sent::Wait { until, why }) => Err(Failure::NotNow { until, why }),
            Err(error) => Err(Failure::Later(error.to_string())),
        },
        (Effect::Account(wish), _) => match account::decide(s, &leased, wish).await {
            // It has ended itself, in one transaction with the letter that it has become.
            Ok(()) => return Ok(true),
            Err(error) => Err(Failure::Later(error.to_string())),
        },
        (Effect::BillingDetails, Some(org)) => {
            details::send(s, org, &leased).await.map_err(|error| Failure::Later(error.to_string()))
        }
        (Effect::BillingDetails, None) => Err(Failure::Never("billing details without an organization".to_owned())),
        (Effect::SyncSeats, None) => Err(Failure::Never("a seat change without an organization".to_owned())),
    };
    let outcome = judge(s, &leased, done);
    if !outbox.finish_effect(leased.id, leased.attempts, outcome, s.now()).await.context("finishing an effect")? {
        tracing::warn!(effect = %leased.id, "an effect took longer than its lease; somebody else has it");
    }
    Ok(true)
}

enum Failure {
    /// None at all: something else has to happen first.
    NotNow {
        until: Timestamp,
        why: String,
    },
    Later(String),
    Never(String),
}

fn judge(s: &Services, leased: &LeasedEffect, done: Result<(), Failure>) -> EffectOutcome {
    match done {
        Ok(()) => EffectOutcome::Done,
        Err(Failure::NotNow { until, why }) => {
            tracing::info!(effect = %leased.id, why, "an effect was put off");
            EffectOutcome::Postpone { at: until, why }
        }
        Err(Failure::Later(error)) if leased.attempts.saturating_sub(leased.postponed) < TRIES => {
            tracing::warn!(effect = %leased.id, error, "an effect will be tried again");
            EffectOutcome::Retry { at: again(s.now(), leased.attempts), error }
        }
        Err(Failure::Later(error) | Failure::Never(error)) => {
            tracing::error!(effect = %leased.id, error, "an effect was put aside");
            EffectOutcome::Dead { error }
        }
    }
}

/// Makes the billed seats what they must be now: absolutely, never one more or one less.
///
/// Under the subscription's lock the provider is asked first, so that a change that has arrived (an earlier try whose
/// answer was lost) is not sent again, and a subscription that has ended is left alone. The key names the row and the
/// try: within a try the provider sees one key with one quantity, however often the connection is tried; and a later
/// try, whose quantity may be another, is another intent. A key of the row alone would be refused with another
/// quantity, and a key of the row and the quantity would get an old answer when the number returns to what it was.
async fn send_seats(s: &Services, org: OrgId, leased: &LeasedEffect) -> Result<(), Error> {
    let scope = s.store().system().act_for(org, "billed seats").await?;
    let Some(bought) = live(&scope).await? else { return Ok(()) };
    let key = IdempotencyKey(format!("{}-{}", leased.id, leased.attempts));
    let work = {
        let (s, id) = (s.clone(), bought.id.clone());
        async move {
            let seen = s.payments().subscription(&id, s.now()).await?;
            apply(&s, &scope, seen, Heal::No).await?;
            let found = scope.read(Bought).await?;
            let Some(bought) = found.subscription.filter(|bought| bought.id == id && bought.status.is_live()) else {
                return Ok(());
            };
            // Without either, the snapshot that was just applied has said so, loudly.
            let (Some(item), Some(plan)) = (&bought.seat_item, &bought.plan) else { return Ok(()) };
            // Another change of the lines would drop the one that waits for its payment; afterwards this one is due again.
            if bought.waiting.is_some() {
                return Ok(());
            }
            // Who has bought seats ahead pays for them, whoever comes and goes.
            let seats = found.org.seats.active.max(found.org.seats_floor);
            let quantity = s.plan(plan)?.seats.billable(seats);
            if bought.quantity == quantity {
                return Ok(());
            }
            let answer = s.payments().set_seats(&key, &id, item, quantity, s.now()).await?;
            apply(&s, &scope, answer, Heal::No).await?;
            Ok(())
        }
    };
    under_lock(s, &bought.id, work).await
}

async fn live(scope: &TenantScope) -> Result<Option<Subscription>, Error> {
    let found = scope.read(Bought).await?;
    Ok(found.subscription.filter(|bought| bought.status.is_live()))
}
