//! Locks on subscriptions: a webhook, a success page and a seat change may all fetch the same one at once, on any
//! node, before it is known whose it is.

use domain::Timestamp;
use domain::subscription::ProviderSubscriptionId;
use sqlx::query;

use crate::{StoreError, System};

statements! {
    LOCK = "
        insert into subscription_locks (id, holder, locked_until)
        values ($1, $2, $4)
        on conflict (id) do update
        set holder = excluded.holder, locked_until = excluded.locked_until
        where subscription_locks.locked_until <= $3";

    UNLOCK = "
        delete from subscription_locks
        where id = $1 and holder = $2";
}

impl System<'_> {
    /// Takes the lock of a subscription until `until`; `false` if somebody has it. `holder` is new each time.
    pub async fn lock_subscription(
        self,
        id: &ProviderSubscriptionId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let taken = on!(self.store.db.writer(), |c| {
            query(LOCK)
                .bind(id.as_str())
                .bind(holder)
                .bind(now.micros())
                .bind(until.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(taken == 1)
    }

    /// Gives the lock back. Does nothing if it ran out and somebody else has it.
    pub async fn unlock_subscription(self, id: &ProviderSubscriptionId, holder: &str) -> Result<(), StoreError> {
        on!(self.store.db.writer(), |c| {
            query(UNLOCK).bind(id.as_str()).bind(holder).execute(c).await?;
        });
        Ok(())
    }
}
