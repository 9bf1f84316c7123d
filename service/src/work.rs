//! The worker: what is done later, and again until it is done.
//!
//! Queues, all in the database: billing events that came in (`inbox`), effects that go out (`outbox`), changes that
//! somebody has agreed to (`quotes`), and invitations whose time is over (`expiries`). A unit of work is leased, done, and ticked off; a worker that dies
//! in between loses its lease, and another one does it again. So everything here may happen twice, and twice is the
//! same as once. Any number of workers on any number of nodes may run.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use domain::Timestamp;
use futures::FutureExt;

use crate::{Error, Services};

mod account;
mod billed_seats;
mod details;
mod domains;
mod dunning;
mod expiries;
mod floors;
mod inbox;
mod outbox;
mod quotes;
mod reconciliation;
mod renewals;
mod resting;
mod retention;
mod tidy;
mod waiting;

/// How long a unit of work belongs to its worker. Longer than a unit takes, with all time-outs.
const LEASE: Duration = Duration::from_mins(5);
/// After so many tries a unit is put aside for a person.
const TRIES: u32 = 12;
/// A letter is tried for three days, hourly in the end, as mail servers do among themselves: nobody else would send it.
const TRIES_OF_A_LETTER: u32 = TRIES + 72;
/// How often the queues are looked at when nobody has called.
const IDLE: Duration = Duration::from_millis(500);

/// Does at most one unit of each kind; `false` when there was none.
///
/// # Errors
/// When the database does not answer. What goes wrong with a unit is written down with it, and the unit comes again.
pub async fn step(s: &Services) -> anyhow::Result<bool> {
    let event = inbox::step(s).await?;
    let effect = outbox::step(s).await?;
    let quote = quotes::step(s).await?;
    let expiry = expiries::step(s).await?;
    let rest = resting::step(s).await?;
    let renewal = renewals::step(s).await?;
    let floor = floors::step(s).await?;
    let moved = waiting::step(s).await?;
    let domain = domains::step(s).await?;
    let dunning = dunning::step(s).await?;
    let retention = retention::step(s).await?;
    tidy::step(s).await?;
    let compared = reconciliation::step(s).await?;
    let any = [event, effect, quote, expiry, rest, renewal, floor, moved, domain, dunning, retention, compared];
    Ok(any.contains(&true))
}

/// Works until `shutdown` is done, and finishes the unit in hand first.
pub async fn run(s: Services, shutdown: impl Future<Output = ()> + Send) {
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            () = s.intake().settled() => {}
        }
        let worked = step(&s).await.unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "the worker could not look at its queues");
            false
        });
        if worked {
            if shutdown.as_mut().now_or_never().is_some() {
                return;
            }
            continue;
        }
        tokio::select! {
            () = &mut shutdown => return,
            () = s.woken() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}

/// What a use case said no to is not for the worker to answer.
fn broken(error: Error) -> anyhow::Error {
    match error {
        Error::Broken(error) => error,
        other => anyhow::Error::new(other),
    }
}

/// When the next try is: 2 s, 4 s, 8 s … at most an hour after the last.
fn again(now: Timestamp, attempts: u32) -> Timestamp {
    let seconds = 2_u64.saturating_pow(attempts.clamp(1, 12));
    now.plus(Duration::from_secs(seconds.min(3_600)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_less_and_less_often_and_never_stop_coming() {
        let now = Timestamp::from_secs(0);
        let waits: Vec<i64> = (0..15).map(|attempts| again(now, attempts).secs()).collect();
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]);
    }
}
