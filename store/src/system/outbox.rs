//! The outbox from the worker's side: it performs the effects of all organizations, and those of none.

use std::time::Duration;

use domain::Timestamp;
use domain::ids::{OrgId, OutboxId};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::outbox::{Effect, Mail};
use crate::{StoreError, System, parse};

statements! {
    /// A letter about an account belongs to no organization.
    ENQUEUE_SYSTEM = "
        insert into outbox (id, kind, payload, wanted_at, ready_at)
        values ($1, 'mail', $2, $3, $3)";

    /// The outer `where` repeats the guard: PostgreSQL checks it again on the row that another worker has just taken.
    LEASE_EFFECT = "
        update outbox
        set attempts = attempts + 1, ready_at = $2
        where id = (
                select id
                from outbox
                where finished_at is null and ready_at <= $1
                order by ready_at, id
                limit 1
            )
          and finished_at is null and ready_at <= $1
        returning id, tenant_id, kind, payload, attempts";

    EFFECTS_READY = "
        select count(*)
        from outbox
        where finished_at is null and ready_at <= $1";

    /// A letter that was sent is forgotten but for the fact: it may carry a link that lets somebody in.
    DONE_EFFECT = "
        update outbox
        set finished_at = $3, outcome = 'done', payload = null
        where id = $1 and attempts = $2 and finished_at is null";

    DEAD_EFFECT = "
        update outbox
        set finished_at = $3, outcome = 'dead', last_error = $4
        where id = $1 and attempts = $2 and finished_at is null";

    RETRY_EFFECT = "
        update outbox
        set ready_at = $3, last_error = $4
        where id = $1 and attempts = $2 and finished_at is null";
}

/// An effect that a worker has taken, until its lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEffect {
    /// The row's id: the idempotency key outside.
    pub id: OutboxId,
    /// Whose; `None` if it belongs to no organization.
    pub org: Option<OrgId>,
    /// What.
    pub effect: Effect,
    /// How often it has been taken, this time included. Finishing it needs this number.
    pub attempts: u32,
}

/// How performing it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectOutcome {
    /// It happened.
    Done,
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

#[derive(FromRow)]
struct Row {
    id: String,
    tenant_id: Option<String>,
    kind: String,
    payload: Option<String>,
    attempts: i64,
}

impl Row {
    fn effect(self) -> Result<LeasedEffect, StoreError> {
        let effect = match (self.kind.as_str(), self.payload) {
            ("sync_seats", None) => Effect::SyncSeats,
            ("mail", Some(payload)) => {
                let mail: Mail = serde_json::from_str(&payload).map_err(|error| parse::not_json("letter", &error))?;
                Effect::Mail(mail)
            }
            (kind, _) => return Err(StoreError::inconsistent("effect", format!("{} is of the kind {kind}", self.id))),
        };
        Ok(LeasedEffect {
            id: parse::text("outbox id", &self.id)?,
            org: parse::maybe("organization id", self.tenant_id.as_deref())?,
            effect,
            attempts: parse::count("attempts", self.attempts)?,
        })
    }
}

impl System<'_> {
    /// Writes a letter that belongs to no organization. A seat change always belongs to one, and is
    /// [`StoreError::Inconsistent`] here.
    pub async fn enqueue_system(self, id: OutboxId, effect: &Effect, now: Timestamp) -> Result<(), StoreError> {
        let Effect::Mail(mail) = effect else {
            return Err(StoreError::inconsistent("effect", "a seat change without an organization"));
        };
        let payload = parse::json("letter", mail)?;
        on!(self.store.db.writer(), |c| {
            query(ENQUEUE_SYSTEM).bind(id.to_string()).bind(payload).bind(now.micros()).execute(c).await?;
        });
        Ok(())
    }

    /// Takes the effect that has waited longest, for `lease`; `None` if none is ready. No two workers have the same
    /// one at the same time, unless the first has overrun its lease.
    pub async fn lease_effect(self, now: Timestamp, lease: Duration) -> Result<Option<LeasedEffect>, StoreError> {
        loop {
            let row: Option<Row> = on!(self.store.db.writer(), |c| {
                query_as(LEASE_EFFECT).bind(now.micros()).bind(now.plus(lease).micros()).fetch_optional(c).await?
            });
            if let Some(row) = row {
                return row.effect().map(Some);
            }
            // Another worker may have been faster with that one row; then there may be others.
            let ready: i64 =
                on!(self.store.db.reader(), |c| query_scalar(EFFECTS_READY).bind(now.micros()).fetch_one(c).await?);
            if ready == 0 {
                return Ok(None);
            }
        }
    }

    /// Ends the work on an effect, if it is still this worker's: `false` if its lease ran out and another one has
    /// taken it since. `attempts` is the number from [`LeasedEffect`].
    pub async fn finish_effect(
        self,
        id: OutboxId,
        attempts: u32,
        outcome: EffectOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, attempts) = (id.to_string(), i64::from(attempts));
        let ended = match outcome {
            EffectOutcome::Done => on!(self.store.db.writer(), |c| {
                query(DONE_EFFECT).bind(id).bind(attempts).bind(now.micros()).execute(c).await?.rows_affected()
            }),
            EffectOutcome::Retry { at, error } => {
                let error = parse::sayable(error);
                on!(self.store.db.writer(), |c| {
                    query(RETRY_EFFECT)
                        .bind(id)
                        .bind(attempts)
                        .bind(at.micros())
                        .bind(error)
                        .execute(c)
                        .await?
                        .rows_affected()
                })
            }
            EffectOutcome::Dead { error } => {
                let error = parse::sayable(error);
                on!(self.store.db.writer(), |c| {
                    query(DEAD_EFFECT)
                        .bind(id)
                        .bind(attempts)
                        .bind(now.micros())
                        .bind(error)
                        .execute(c)
                        .await?
                        .rows_affected()
                })
            }
        };
        Ok(ended == 1)
    }
}
