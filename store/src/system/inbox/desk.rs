//! The inbox as an operator sees it: what is in it, how late it is, and what was put aside.

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    EVENTS = "
        select id, kind, customer, received_at, attempts, ready_at, parked_at, finished_at, outcome, last_error
        from billing_events
        order by received_at desc, id desc
        limit $1";

    EVENTS_WAITING = "
        select id, kind, customer, received_at, attempts, ready_at, parked_at, finished_at, outcome, last_error
        from billing_events
        where finished_at is null and parked_at is null
        order by received_at desc, id desc
        limit $1";

    EVENTS_PARKED = "
        select id, kind, customer, received_at, attempts, ready_at, parked_at, finished_at, outcome, last_error
        from billing_events
        where finished_at is null and parked_at is not null
        order by received_at desc, id desc
        limit $1";

    EVENTS_DEAD = "
        select id, kind, customer, received_at, attempts, ready_at, parked_at, finished_at, outcome, last_error
        from billing_events
        where outcome = 'dead'
        order by received_at desc, id desc
        limit $1";

    EVENT = "
        select id, kind, customer, received_at, attempts, ready_at, parked_at, finished_at, outcome, last_error
        from billing_events
        where id = $1";

    EVENT_BODY = "
        select api_version, raw
        from billing_events
        where id = $1";

    /// What waits for its customer is not late: it has been looked at.
    INBOX_STATE = "
        select count(case when parked_at is null then 1 end) as waiting,
               count(case when parked_at is null and attempts > 0 and ready_at > $1 then 1 end) as again,
               count(parked_at) as parked,
               (select count(*) from billing_events where outcome = 'dead') as dead,
               min(case when parked_at is null then received_at end) as oldest
        from billing_events
        where finished_at is null";

    OLDEST_PARKED = "
        select min(received_at)
        from billing_events
        where finished_at is null and parked_at is not null";

    /// From its beginning: tries are counted anew. What is done is not done again by this.
    REPLAY_EVENT = "
        update billing_events
        set ready_at = $2, parked_at = null, attempts = 0, finished_at = null, outcome = null
        where id = $1 and (finished_at is null or outcome <> 'done')";

    REPLAY_DEAD = "
        update billing_events
        set ready_at = $1, parked_at = null, attempts = 0, finished_at = null, outcome = null
        where outcome = 'dead'";

    REPLAY_PARKED = "
        update billing_events
        set ready_at = $1, parked_at = null, attempts = 0
        where finished_at is null and parked_at is not null";

    /// Nobody has it in hands: what is being worked on is not taken away.
    DROP_EVENT = "
        update billing_events
        set finished_at = case when outcome = 'dead' then finished_at else $2 end, outcome = 'ignored',
            last_error = coalesce(last_error, 'dropped by an operator')
        where id = $1 and (outcome = 'dead' or (finished_at is null and (held_until is null or held_until <= $2)))";
}

/// Which webhooks to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that are still to be worked on.
    Waiting,
    /// Those whose customer is not known.
    Parked,
    /// Those that were put aside for a person.
    Dead,
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
    /// How often it was tried.
    pub attempts: u32,
    /// When it may be tried, or might have been.
    pub ready_at: Timestamp,
    /// Since when it waits for its customer to become known.
    pub parked_at: Option<Timestamp>,
    /// Since when nothing is left to do.
    pub finished_at: Option<Timestamp>,
    /// How it ended: `done`, `ignored` or `dead`.
    pub outcome: Option<String>,
    /// The last thing that went wrong.
    pub last_error: Option<String>,
}

/// How the inbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxState {
    /// Webhooks that are still to be worked on.
    pub waiting: u64,
    /// Those of them that went wrong and wait for their next try.
    pub again: u64,
    /// Webhooks whose customer is not known.
    pub parked: u64,
    /// Webhooks that were put aside for a person.
    pub dead: u64,
    /// When the oldest of those that wait came.
    pub oldest: Option<Timestamp>,
}

#[derive(FromRow)]
struct Listed {
    id: String,
    kind: String,
    customer: Option<String>,
    received_at: i64,
    attempts: i64,
    ready_at: i64,
    parked_at: Option<i64>,
    finished_at: Option<i64>,
    outcome: Option<String>,
    last_error: Option<String>,
}

impl Listed {
    fn record(self) -> Result<EventRecord, StoreError> {
        Ok(EventRecord {
            id: self.id,
            kind: self.kind,
            customer: self.customer.map(ProviderCustomerId),
            received_at: Timestamp::from_micros(self.received_at),
            attempts: parse::count("attempts", self.attempts)?,
            ready_at: Timestamp::from_micros(self.ready_at),
            parked_at: self.parked_at.map(Timestamp::from_micros),
            finished_at: self.finished_at.map(Timestamp::from_micros),
            outcome: self.outcome,
            last_error: self.last_error,
        })
    }
}

#[derive(FromRow)]
struct State {
    waiting: i64,
    again: i64,
    parked: i64,
    dead: i64,
    oldest: Option<i64>,
}

impl System<'_> {
    /// The latest webhooks, the newest first; at most `limit`.
    pub async fn events(self, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        self.events_of(Which::All, limit).await
    }

    /// The latest webhooks of these, the newest first; at most `limit`.
    pub async fn events_of(self, which: Which, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        let sql = match which {
            Which::All => EVENTS,
            Which::Waiting => EVENTS_WAITING,
            Which::Parked => EVENTS_PARKED,
            Which::Dead => EVENTS_DEAD,
        };
        let rows: Vec<Listed> =
            on!(self.store.db.reader(), |c| query_as(sql).bind(i64::from(limit)).fetch_all(c).await?);
        rows.into_iter().map(Listed::record).collect()
    }

    /// One webhook.
    pub async fn event(self, id: &str) -> Result<Option<EventRecord>, StoreError> {
        let row: Option<Listed> = on!(self.store.db.reader(), |c| query_as(EVENT).bind(id).fetch_optional(c).await?);
        row.map(Listed::record).transpose()
    }

    /// In which version of the provider's API a webhook is written, and its body as it came.
    pub async fn event_body(self, id: &str) -> Result<Option<(Option<String>, Vec<u8>)>, StoreError> {
        Ok(on!(self.store.db.reader(), |c| query_as(EVENT_BODY).bind(id).fetch_optional(c).await?))
    }

    /// How the inbox is now.
    pub async fn inbox_state(self, now: Timestamp) -> Result<InboxState, StoreError> {
        let state: State =
            on!(self.store.db.reader(), |c| query_as(INBOX_STATE).bind(now.micros()).fetch_one(c).await?);
        let many = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(InboxState {
            waiting: many(state.waiting),
            again: many(state.again),
            parked: many(state.parked),
            dead: many(state.dead),
            oldest: state.oldest.map(Timestamp::from_micros),
        })
    }

    /// When the oldest came whose customer is not known.
    pub async fn oldest_parked(self) -> Result<Option<Timestamp>, StoreError> {
        let oldest: Option<i64> = on!(self.store.db.reader(), |c| query_scalar(OLDEST_PARKED).fetch_one(c).await?);
        Ok(oldest.map(Timestamp::from_micros))
    }

    /// Lets a webhook be worked on from its beginning; `false` if it is not there, or was applied.
    pub async fn replay_event(self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let replayed = on!(self.store.db.writer(), |c| {
            query(REPLAY_EVENT).bind(id).bind(now.micros()).execute(c).await?.rows_affected()
        });
        Ok(replayed == 1)
    }

    /// Lets all of them be worked on from their beginning that were put aside, or whose customer was not known; gives how
    /// many. Of others nothing is replayed.
    pub async fn replay_events(self, which: Which, now: Timestamp) -> Result<u64, StoreError> {
        let sql = match which {
            Which::Dead => REPLAY_DEAD,
            Which::Parked => REPLAY_PARKED,
            Which::All | Which::Waiting => return Ok(0),
        };
        Ok(on!(self.store.db.writer(), |c| query(sql).bind(now.micros()).execute(c).await?.rows_affected()))
    }

    /// Says of a webhook that nothing is to be done about it; `false` if it is not there, is finished, or is being worked
    /// on.
    pub async fn drop_event(self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let dropped = on!(self.store.db.writer(), |c| {
            query(DROP_EVENT).bind(id).bind(now.micros()).execute(c).await?.rows_affected()
        });
        Ok(dropped == 1)
    }
}
