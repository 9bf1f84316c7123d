//! Lines that are older than the plan keeps them go, the oldest first, and leave the hash that the rest hangs on.

use domain::Timestamp;
use sqlx::{query, query_scalar};

use crate::{StoreError, TenantTx};

statements! {
    /// The first line that stays. Only a beginning of the chain may go: a line with a young neighbour before it stays
    /// until that goes.
    FIRST_TO_STAY = "
        select min(seq)
        from audit_log
        where tenant_id = $1 and at >= $2";

    HASH_OF = "
        select hash
        from audit_log
        where tenant_id = $1 and seq = $2";

    DROP_LINES = "
        delete from audit_log
        where tenant_id = $1 and seq <= $2";

    ANCHOR = "
        update organizations
        set audit_dropped = $2, audit_anchor = $3
        where tenant_id = $1";
}

impl TenantTx {
    /// Drops the lines from before `cutoff`; says how many.
    pub async fn drop_audit_before(&mut self, cutoff: Timestamp) -> Result<i64, StoreError> {
        self.at_the_gate().await?;
        let chain = self.audit_chain().await?;
        let (mut conn, tenant) = self.parts();
        let first: Option<i64> = on!(conn.again(), |c| {
            query_scalar(FIRST_TO_STAY).bind(tenant).bind(cutoff.micros()).fetch_one(c).await?
        });
        let last_to_go = first.map_or(chain.count, |first| first - 1);
        if last_to_go <= chain.dropped {
            return Ok(0);
        }
        let hash: Option<Option<Vec<u8>>> =
            on!(conn.again(), |c| { query_scalar(HASH_OF).bind(tenant).bind(last_to_go).fetch_optional(c).await? });
        let Some(hash) = hash.flatten() else {
            return Err(StoreError::inconsistent("audit log", format!("line {last_to_go} is missing")));
        };
        on!(conn.again(), |c| query(DROP_LINES).bind(tenant).bind(last_to_go).execute(c).await?.rows_affected());
        on!(conn, |c| {
            query(ANCHOR).bind(tenant).bind(last_to_go).bind(hash).execute(c).await?;
        });
        Ok(last_to_go - chain.dropped)
    }
}
