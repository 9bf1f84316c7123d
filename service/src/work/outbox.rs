//! Effects that go out: letters, and the number of billed seats.

use anyhow::Context;
use domain::Timestamp;
use store::{Effect, EffectOutcome, LeasedEffect};

use super::billed_seats::{self, Sent};
use super::{LEASE, TRIES, TRIES_OF_A_LETTER, account, again, details};
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
    let most = if matches!(leased.effect, Effect::Mail(_)) { TRIES_OF_A_LETTER } else { TRIES };
    match done {
        Ok(()) => EffectOutcome::Done,
        Err(Failure::NotNow { until, why }) => {
            tracing::info!(effect = %leased.id, why, "an effect was put off");
            EffectOutcome::Postpone { at: until, why }
        }
        Err(Failure::Later(error)) if leased.attempts.saturating_sub(leased.postponed) < most => {
            tracing::warn!(effect = %leased.id, error, "an effect will be tried again");
            EffectOutcome::Retry { at: again(s.now(), leased.attempts), error }
        }
        Err(Failure::Later(error) | Failure::Never(error)) => {
            tracing::error!(effect = %leased.id, error, "an effect was put aside");
            EffectOutcome::Dead { error }
        }
    }
}
