//! Keys that all nodes share: they belong to the installation, not to a tenant.

use domain::Timestamp;
use sqlx::{query, query_scalar};

use crate::{StoreError, System};

statements! {
    KEEP_SECRET = "
        insert into secrets (name, value, created_at)
        values ($1, $2, $3)
        on conflict (name) do nothing";

    SECRET = "
        select value
        from secrets
        where name = $1";
}

impl System<'_> {
    /// The key of that name: `fresh` when there was none, and the one that was there otherwise. All nodes get the same.
    pub async fn secret(self, name: &str, fresh: [u8; 32], now: Timestamp) -> Result<[u8; 32], StoreError> {
        let kept = self.secret_kept(name).await?;
        if let Some(kept) = kept {
            return Ok(kept);
        }
        on!(self.store.db.writer(), |c| {
            query(KEEP_SECRET).bind(name).bind(fresh.as_slice()).bind(now.micros()).execute(c).await?;
        });
        self.secret_kept(name).await?.ok_or_else(|| StoreError::inconsistent("secret", "it was not kept"))
    }

    async fn secret_kept(self, name: &str) -> Result<Option<[u8; 32]>, StoreError> {
        // Through the writer: SQLite's readers might not see yet what another node has just kept.
        let kept: Option<Vec<u8>> =
            on!(self.store.db.writer(), |c| query_scalar(SECRET).bind(name).fetch_optional(c).await?);
        kept.map(|bytes| bytes.try_into().map_err(|_| StoreError::inconsistent("secret", "it is not 32 bytes long")))
            .transpose()
    }
}
