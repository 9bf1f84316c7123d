//! Wrong passwords: they are counted before it is known whether there is an account.

use std::time::Duration;

use domain::Timestamp;
use sqlx::{query, query_scalar};

use crate::engine::Tx;
use crate::{StoreError, System};

statements! {
    /// Counted before the password is looked at, so a crowd that comes at once gets no more tries than one by one.
    /// What is closed is not written to, and gives no row.
    ATTEMPT = "
        insert into sign_in_failures (key, failures, last_at, locked_until)
        values ($1, 1, $2, case when $4 <= 1 then cast($5 as bigint) end)
        on conflict (key) do update
        set failures = case when sign_in_failures.last_at < $3 then 1 else sign_in_failures.failures + 1 end,
            last_at = $2,
            locked_until = case
                when (case when sign_in_failures.last_at < $3 then 1 else sign_in_failures.failures + 1 end) >= $4
                then $5
            end
        where sign_in_failures.locked_until is null or sign_in_failures.locked_until <= $2
        returning failures";

    CLOSED_UNTIL = "
        select locked_until
        from sign_in_failures
        where key = $1";

    FORGIVE = "
        delete from sign_in_failures
        where key = $1";

    TAKE_ATTEMPT_BACK = "
        update sign_in_failures
        set failures = failures - 1, locked_until = null
        where key = $1 and failures > 0";

    FORGET_FAILURES = "
        delete from sign_in_failures
        where last_at < $1 and (locked_until is null or locked_until < $1)";
}

/// Whether somebody may try a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Yes. It counts as wrong until it is forgiven.
    Open,
    /// Not before this time.
    Closed {
        /// When.
        until: Timestamp,
    },
}

/// How wrong passwords are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// With the so-many-th in a row it closes.
    pub most: u32,
    /// For so long.
    pub closed_for: Duration,
    /// After so long without any, counting begins anew.
    pub forgets_after: Duration,
}

impl System<'_> {
    /// Counts one attempt, if it is open. Of any number that come at once, no more than `most` get in.
    pub async fn attempt(self, key: [u8; 32], patience: Patience, now: Timestamp) -> Result<Attempt, StoreError> {
        let counted: Option<i64> = on!(self.store.db.writer(), |c| {
            query_scalar(ATTEMPT)
                .bind(key.as_slice())
                .bind(now.micros())
                .bind(now.minus(patience.forgets_after).micros())
                .bind(i64::from(patience.most))
                .bind(now.plus(patience.closed_for).micros())
                .fetch_optional(c)
                .await?
        });
        if counted.is_some() {
            return Ok(Attempt::Open);
        }
        let until: Option<Option<i64>> = on!(self.store.db.writer(), |c| {
            query_scalar(CLOSED_UNTIL).bind(key.as_slice()).fetch_optional(c).await?
        });
        // Opened by its owner in between: one more try is refused, and the next one counts again.
        Ok(Attempt::Closed { until: until.flatten().map_or(now, Timestamp::from_micros) })
    }

    /// An attempt was counted and not looked at, so it was none.
    pub async fn take_attempt_back(self, key: [u8; 32]) -> Result<(), StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(TAKE_ATTEMPT_BACK).bind(key.as_slice()).execute(c).await.map(drop))?)
    }

    /// Forgets what nobody has tried since `before`; gives how many.
    pub async fn forget_failures(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(FORGET_FAILURES)
            .bind(before.micros())
            .execute(c)
            .await?
            .rows_affected()))
    }

    /// Forgets the wrong passwords under this key.
    pub async fn forgive(self, key: [u8; 32]) -> Result<(), StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(FORGIVE).bind(key.as_slice()).execute(c).await.map(drop))?)
    }
}

/// Forgets the wrong passwords under these keys, in the transaction of what forgives them.
pub(super) async fn forgive(tx: &mut Tx, keys: &[[u8; 32]]) -> Result<(), StoreError> {
    for key in keys {
        on!(tx.conn(), |c| query(FORGIVE).bind(key.as_slice()).execute(c).await.map(drop))?;
    }
    Ok(())
}
