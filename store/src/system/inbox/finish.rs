//! How the work on webhooks ends. Only who holds them says so: a worker that has overrun its lease has lost them.

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use sqlx::query;

use crate::{StoreError, System, parse};

statements! {
    FINISH_EVENT = "
        update billing_events
        set finished_at = $3, outcome = $4, last_error = coalesce($5, last_error), holder = null, held_until = null
        where id = $1 and holder = $2 and finished_at is null";

    RETRY_EVENT = "
        update billing_events
        set ready_at = $3, parked_at = $4, last_error = coalesce($5, last_error), holder = null, held_until = null
        where id = $1 and holder = $2 and finished_at is null";

    LEAVE_EVENT = "
        update billing_events
        set holder = null, held_until = null
        where id = $1 and holder = $2 and finished_at is null";

    FINISH_LANE = "
        update billing_events
        set finished_at = $3, outcome = 'done', holder = null, held_until = null
        where lane = $1 and holder = $2 and finished_at is null";

    REQUEUE_PARKED = "
        update billing_events
        set ready_at = received_at, parked_at = null
        where customer = $1 and parked_at is not null and finished_at is null";
}

/// How working on one ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    /// It was applied.
    Done,
    /// It is about nothing of ours.
    Ignored,
    /// Its customer is not known yet.
    Parked {
        /// When to look again, if nobody releases it before.
        retry_at: Timestamp,
    },
    /// It did not work this time.
    Retry {
        /// When to try again.
        at: Timestamp,
        /// Why, for people. Never a secret.
        error: String,
    },
    /// It rode along, and nothing came of it: it waits on as before.
    Left,
    /// It will never work by itself.
    Dead {
        /// Why, for people. Never a secret.
        error: String,
    },
}

impl System<'_> {
    /// Ends the work on one webhook, if it is still this holder's: `false` if the lease ran out and another one has taken
    /// it since.
    pub async fn finish_event(
        self,
        id: &str,
        holder: &str,
        outcome: EventOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (retry_at, parked_at, word, error) = match outcome {
            EventOutcome::Done => (None, None, "done", None),
            EventOutcome::Ignored => (None, None, "ignored", None),
            EventOutcome::Dead { error } => (None, None, "dead", Some(error)),
            EventOutcome::Parked { retry_at } => (Some(retry_at), Some(now), "", None),
            EventOutcome::Retry { at, error } => (Some(at), None, "", Some(error)),
            EventOutcome::Left => {
                let left = on!(self.store.db.writer(), |c| query(LEAVE_EVENT)
                    .bind(id)
                    .bind(holder)
                    .execute(c)
                    .await?
                    .rows_affected());
                return Ok(left == 1);
            }
        };
        let error = error.map(parse::sayable);
        let ended = match retry_at {
            Some(at) => on!(self.store.db.writer(), |c| {
                query(RETRY_EVENT)
                    .bind(id)
                    .bind(holder)
                    .bind(at.micros())
                    .bind(parked_at.map(Timestamp::micros))
                    .bind(error)
                    .execute(c)
                    .await?
                    .rows_affected()
            }),
            None => on!(self.store.db.writer(), |c| {
                query(FINISH_EVENT)
                    .bind(id)
                    .bind(holder)
                    .bind(now.micros())
                    .bind(word)
                    .bind(error)
                    .execute(c)
                    .await?
                    .rows_affected()
            }),
        };
        Ok(ended == 1)
    }

    /// Whatever this holder still has of a lane was applied; gives how many. Events that came since are not among them.
    pub async fn finish_lane(self, lane: &str, holder: &str, now: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(FINISH_LANE).bind(lane).bind(holder).bind(now.micros()).execute(c).await?.rows_affected()
        }))
    }

    /// Releases the webhooks that waited for this customer to become known; gives how many.
    pub async fn requeue_parked(self, customer: &ProviderCustomerId) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(REQUEUE_PARKED).bind(customer.as_str()).execute(c).await?.rows_affected()
        }))
    }
}
