//! Whether people of the company's domain may ask for a seat by themselves.

use sqlx::{query, query_scalar};

use crate::{StoreError, TenantRead, TenantTx};

statements! {
    TAKES_THEM = "
        select join_requests
        from organizations
        where tenant_id = $1";

    TAKE_THEM = "
        update organizations
        set join_requests = $2
        where tenant_id = $1 and join_requests <> $2";
}

impl TenantRead {
    /// Whether they may.
    pub async fn takes_join_requests(&mut self) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let open: Option<bool> = on!(conn, |c| query_scalar(TAKES_THEM).bind(tenant).fetch_optional(c).await?);
        open.ok_or(StoreError::NotFound)
    }
}

impl TenantTx {
    /// Says whether they may; `false` if that is so already.
    pub async fn set_join_requests(&mut self, open: bool) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| query(TAKE_THEM).bind(tenant).bind(open).execute(c).await?.rows_affected());
        Ok(set == 1)
    }
}
