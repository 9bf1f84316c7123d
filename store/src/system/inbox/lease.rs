//! Taking webhooks to work on them: whole lanes at once, each by one worker at a time.
//!
//! What one look at the provider may finish is what was stored before the look began. That is kept by the holder's name:
//! a lease marks the rows that are there, the look begins when the lease is committed, and only marked rows are finished.
//! What comes afterwards bears no mark, and gets a look of its own.

use std::time::Duration;

use domain::Timestamp;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    /// Looked at before taking anything: while there is no work, nothing is written.
    ANY_READY = "
        select count(*)
        from (
            select id
            from billing_events
            where finished_at is null and ready_at <= $1 and (held_until is null or held_until <= $1)
            limit 1
        ) ready";

    /// Whoever leases waits here for the one before, so that each sees what the other has taken. Without it, two nodes
    /// could each hold a part of one lane; the subscription's lock would still keep them apart, at the price of a look.
    TAKE_TURN = "
        update turns
        set done_at = $1
        where name = 'inbox'";

    /// The lanes that have waited longest and that nobody has in hands, with everything in them. Events that wait for
    /// their next try, or for their customer, ride along: the look that is due anyhow may finish them, and it does not
    /// count as one of their tries. The inner limit keeps the work of choosing small, however long the queue is.
    LEASE_LANES = "
        update billing_events
        set attempts = attempts + case when ready_at <= $1 then 1 else 0 end, holder = $3, held_until = $2
        where finished_at is null
          and (held_until is null or held_until <= $1)
          and lane in (
                select lane
                from (
                    select waiting.lane, waiting.ready_at
                    from billing_events waiting
                    where waiting.finished_at is null and waiting.ready_at <= $1
                      and (waiting.held_until is null or waiting.held_until <= $1)
                      and not exists (
                            select 1
                            from billing_events held
                            where held.lane = waiting.lane and held.finished_at is null and held.held_until > $1
                        )
                    order by waiting.ready_at
                    limit 2000
                ) oldest
                group by lane
                order by min(ready_at), lane
                limit $4
            )
        returning id, kind, hint, lane, attempts, ready_at, received_at";
}

/// A webhook that a worker has taken, until its lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEvent {
    /// The provider's id.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// The few fields of it that are read, as JSON; `None`: to be read from the body.
    pub hint: Option<String>,
    /// With which others it is worked on.
    pub lane: String,
    /// How often it was tried, this time included if it is due.
    pub attempts: u32,
    /// Whether it is its time. If not, it rides along: it may be finished, and is left as it is otherwise.
    pub due: bool,
    /// When it came.
    pub received_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    hint: Option<String>,
    lane: String,
    attempts: i64,
    ready_at: i64,
    received_at: i64,
}

impl System<'_> {
    /// Takes everything of the `lanes` lanes that have waited longest, for `lease`; nothing if nothing is ready. `holder`
    /// is new each time, and finishing needs it. No two workers have the same lane at the same time, unless the first has
    /// overrun its lease. Ordered by lane and by when they came.
    pub async fn lease_events(
        self,
        holder: &str,
        lanes: u32,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Vec<LeasedEvent>, StoreError> {
        let ready: i64 =
            on!(self.store.db.reader(), |c| query_scalar(ANY_READY).bind(now.micros()).fetch_one(c).await?);
        if ready == 0 {
            return Ok(Vec::new());
        }
        let mut tx = self.store.db.begin(None).await?;
        on!(tx.conn(), |c| query(TAKE_TURN).bind(now.micros()).execute(c).await.map(drop)?);
        let rows: Vec<Row> = on!(tx.conn(), |c| {
            query_as(LEASE_LANES)
                .bind(now.micros())
                .bind(now.plus(lease).micros())
                .bind(holder)
                .bind(i64::from(lanes))
                .fetch_all(c)
                .await?
        });
        tx.commit().await?;
        let mut leased = rows
            .into_iter()
            .map(|row| {
                Ok(LeasedEvent {
                    id: row.id,
                    kind: row.kind,
                    hint: row.hint,
                    lane: row.lane,
                    attempts: parse::count("attempts", row.attempts)?,
                    due: row.ready_at <= now.micros(),
                    received_at: Timestamp::from_micros(row.received_at),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        leased.sort_by(|one, other| {
            (&one.lane, one.received_at, &one.id).cmp(&(&other.lane, other.received_at, &other.id))
        });
        Ok(leased)
    }
}
