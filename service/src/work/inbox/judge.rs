//! What an event comes to.

use std::time::Duration;

use domain::Timestamp;
use store::{EventOutcome, LeasedEvent};

use super::super::{TRIES, again};

/// How long a parked event waits for its customer before it is looked at again. When the customer becomes known, it
/// is released at once.
const PARKED: Duration = Duration::from_hours(6);
/// A customer that has been unknown for so long is probably none of ours; somebody should know.
const STRANGE: Duration = Duration::from_hours(1);

/// How handling one ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Handled {
    Done,
    Ignored,
    UnknownCustomer,
    Failed(String),
}

/// What is written down. One that only rode along is left as it is, unless it is settled.
pub(super) fn judge(event: &LeasedEvent, handled: Handled, now: Timestamp) -> EventOutcome {
    match handled {
        Handled::Done => EventOutcome::Done,
        Handled::Ignored => EventOutcome::Ignored,
        Handled::UnknownCustomer | Handled::Failed(_) if !event.due => EventOutcome::Left,
        Handled::UnknownCustomer => {
            if now.since(event.received_at) >= STRANGE {
                tracing::warn!(event = event.id, kind = event.kind, "an event for a customer that we do not know");
            }
            EventOutcome::Parked { retry_at: now.plus(PARKED) }
        }
        Handled::Failed(error) if event.attempts >= TRIES => {
            tracing::error!(event = event.id, kind = event.kind, error, "an event was put aside");
            EventOutcome::Dead { error }
        }
        Handled::Failed(error) => {
            tracing::warn!(event = event.id, kind = event.kind, error, "an event will be tried again");
            EventOutcome::Retry { at: again(now, event.attempts), error }
        }
    }
}
