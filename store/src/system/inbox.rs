//! The inbox of webhooks: they come from the provider for whoever it may be, and a worker serves all of them.

use std::time::Duration;

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    STORE_EVENT = "
        insert into billing_events (
            id, kind, api_version, livemode, created, object, customer, raw, received_at, ready_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
        on conflict (id) do nothing";

    /// The outer `where` repeats the guard: PostgreSQL checks it again on the row that another worker has just taken.
    LEASE_EVENT = "
        update billing_events
        set attempts = attempts + 1, ready_at = $2, parked_at = null
        where id = (
                select id
                from billing_events
                where finished_at is null and ready_at <= $1
                order by ready_at, id
                limit 1
            )
          and finished_at is null and ready_at <= $1
        returning id, kind, raw, attempts, received_at";

    EVENTS_READY = "
        select count(*)
        from billing_events
        where finished_at is null and ready_at <= $1";

    FINISH_EVENT = "
        update billing_events
        set finished_at = $3, outcome = $4, last_error = coalesce($5, last_error)
        where id = $1 and attempts = $2 and finished_at is null";

    RETRY_EVENT = "
        update billing_events
        set ready_at = $3, parked_at = $4, last_error = coalesce($5, last_error)
        where id = $1 and attempts = $2 and finished_at is null";

    REQUEUE_PARKED = "
        update billing_events
        set ready_at = received_at, parked_at = null
        where customer = $1 and parked_at is not null and finished_at is null";

    EVENTS = "
        select id, kind, customer, received_at, attempts, parked_at, finished_at, outcome, last_error
        from billing_events
        order by received_at desc, id desc
        limit $1";
}

/// A webhook to be stored.
#[derive(Clone, Debug)]
pub struct NewEvent<'r> {
    /// The provider's id, unique.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// In which version of the provider's API it is written.
    pub api_version: Option<String>,
    /// Real money or not.
    pub livemode: bool,
    /// When it happened, says the provider.
    pub created: Timestamp,
    /// The id of the object in it.
    pub object: Option<String>,
    /// The customer it is about, if it names one.
    pub customer: Option<ProviderCustomerId>,
    /// The body as it came.
    pub raw: &'r [u8],
}

/// How storing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreEvent {
    /// It is in.
    Stored,
    /// It was in already.
    Duplicate,
}

/// A webhook that a worker has taken, until its lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEvent {
    /// The provider's id.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// The body as it came.
    pub raw: Vec<u8>,
    /// How often it has been taken, this time included. Finishing it needs this number.
    pub attempts: u32,
    /// When it came.
    pub received_at: Timestamp,
}

/// How working on it ended.
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
    /// It will never work by itself.
    Dead {
        /// Why, for people. Never a secret.
        error: String,
    },
}

/// A webhook as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// The provider's id.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// Whom it is about.
    pub customer: Option<ProviderCustomerId>,
    /// When it came.
    pub received_at: Timestamp,
    /// How often it has been taken.
    pub attempts: u32,
    /// Since when it waits for its customer to become known.
    pub parked_at: Option<Timestamp>,
    /// Since when nothing is left to do.
    pub finished_at: Option<Timestamp>,
    /// How it ended: `done`, `ignored` or `dead`.
    pub outcome: Option<String>,
    /// The last thing that went wrong.
    pub last_error: Option<String>,
}

#[derive(FromRow)]
struct Leased {
    id: String,
    kind: String,
    raw: Vec<u8>,
    attempts: i64,
    received_at: i64,
}

#[derive(FromRow)]
struct Listed {
    id: String,
    kind: String,
    customer: Option<String>,
    received_at: i64,
    attempts: i64,
    parked_at: Option<i64>,
    finished_at: Option<i64>,
    outcome: Option<String>,
    last_error: Option<String>,
}

impl System<'_> {
    /// Stores a webhook, once. When this gives `Ok`, it is on the disk.
    pub async fn store_event(self, new: &NewEvent<'_>, now: Timestamp) -> Result<StoreEvent, StoreError> {
        let stored = on!(self.store.db.writer(), |c| {
            query(STORE_EVENT)
                .bind(new.id.as_str())
                .bind(new.kind.as_str())
                .bind(new.api_version.as_deref())
                .bind(new.livemode)
                .bind(new.created.micros())
                .bind(new.object.as_deref())
                .bind(new.customer.as_ref().map(ProviderCustomerId::as_str))
                .bind(new.raw)
                .bind(now.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(if stored == 1 { StoreEvent::Stored } else { StoreEvent::Duplicate })
    }

    /// Takes the webhook that has waited longest, for `lease`; `None` if none is ready. No two workers have the same
    /// one at the same time, unless the first has overrun its lease.
    pub async fn lease_event(self, now: Timestamp, lease: Duration) -> Result<Option<LeasedEvent>, StoreError> {
        loop {
            let row: Option<Leased> = on!(self.store.db.writer(), |c| {
                query_as(LEASE_EVENT).bind(now.micros()).bind(now.plus(lease).micros()).fetch_optional(c).await?
            });
            if let Some(row) = row {
                return Ok(Some(LeasedEvent {
                    id: row.id,
                    kind: row.kind,
                    raw: row.raw,
                    attempts: parse::count("attempts", row.attempts)?,
                    received_at: Timestamp::from_micros(row.received_at),
                }));
            }
            // Another worker may have been faster with that one row; then there may be others.
            let ready: i64 =
                on!(self.store.db.reader(), |c| query_scalar(EVENTS_READY).bind(now.micros()).fetch_one(c).await?);
            if ready == 0 {
                return Ok(None);
            }
        }
    }

    /// Ends the work on a webhook, if it is still this worker's: `false` if its lease ran out and another one has
    /// taken it since. `attempts` is the number from [`LeasedEvent`].
    pub async fn finish_event(
        self,
        id: &str,
        attempts: u32,
        outcome: EventOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (retry_at, parked_at, word, error) = match outcome {
            EventOutcome::Done => (None, None, "done", None),
            EventOutcome::Ignored => (None, None, "ignored", None),
            EventOutcome::Dead { error } => (None, None, "dead", Some(error)),
            EventOutcome::Parked { retry_at } => (Some(retry_at), Some(now), "", None),
            EventOutcome::Retry { at, error } => (Some(at), None, "", Some(error)),
        };
        let error = error.map(parse::sayable);
        let ended = match retry_at {
            Some(at) => on!(self.store.db.writer(), |c| {
                query(RETRY_EVENT)
                    .bind(id)
                    .bind(i64::from(attempts))
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
                    .bind(i64::from(attempts))
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

    /// Releases the webhooks that waited for this customer to become known; gives how many.
    pub async fn requeue_parked(self, customer: &ProviderCustomerId) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(REQUEUE_PARKED).bind(customer.as_str()).execute(c).await?.rows_affected()
        }))
    }

    /// The latest webhooks, the newest first; at most `limit`.
    pub async fn events(self, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        let rows: Vec<Listed> =
            on!(self.store.db.reader(), |c| query_as(EVENTS).bind(i64::from(limit)).fetch_all(c).await?);
        rows.into_iter()
            .map(|row| {
                Ok(EventRecord {
                    id: row.id,
                    kind: row.kind,
                    customer: row.customer.map(ProviderCustomerId),
                    received_at: Timestamp::from_micros(row.received_at),
                    attempts: parse::count("attempts", row.attempts)?,
                    parked_at: row.parked_at.map(Timestamp::from_micros),
                    finished_at: row.finished_at.map(Timestamp::from_micros),
                    outcome: row.outcome,
                    last_error: row.last_error,
                })
            })
            .collect()
    }
}
