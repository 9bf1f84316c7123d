//! What becomes of an organization besides its people and its plan: its name, whether it is open, and the choice of the
//! free plan after a paid one has ended.

use sqlx::{query, query_scalar};

use crate::{StoreError, TenantRead, TenantTx};

statements! {
    RENAME = "
        update organizations
        set name = $2
        where tenant_id = $1";

    CLOSE = "
        update organizations
        set suspended_at = $2, suspended_reason = $3
        where tenant_id = $1";

    REOPEN = "
        update organizations
        set suspended_at = null, suspended_reason = null
        where tenant_id = $1 and suspended_at is not null";

    CLOSED_FOR = "
        select suspended_reason
        from organizations
        where tenant_id = $1 and suspended_at is not null";

    GO_FREE = "
        update organizations
        set free_since = $2
        where tenant_id = $1";

    FORGET_FREE = "
        update organizations
        set free_since = null
        where tenant_id = $1 and free_since is not null";

    /// A choice counts for what had ended when it was made, not for what is bought and ends later.
    CHOSE_FREE = "
        select count(*)
        from organizations
        where organizations.tenant_id = $1 and free_since is not null
          and not exists (
              select 1
              from subscriptions
              where subscriptions.tenant_id = $1 and status = 'canceled'
                and coalesce(ended_at, first_seen_at) > organizations.free_since
          )";
}

impl TenantRead {
    /// Why the organization is closed to its members; `None` while it is open.
    pub async fn closed_for(&mut self) -> Result<Option<String>, StoreError> {
        let (conn, tenant) = self.parts();
        let reason: Option<Option<String>> =
            on!(conn, |c| query_scalar(CLOSED_FOR).bind(tenant).fetch_optional(c).await?);
        Ok(reason.map(Option::unwrap_or_default))
    }

    /// Whether the free plan was chosen after everything that was bought here had ended.
    pub async fn chose_free(&mut self) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let chosen: i64 = on!(conn, |c| query_scalar(CHOSE_FREE).bind(tenant).fetch_one(c).await?);
        Ok(chosen > 0)
    }
}

impl TenantTx {
    /// Gives the organization another name for people.
    pub async fn rename(&mut self, name: &str) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(RENAME).bind(tenant).bind(name).execute(c).await.map(drop)?);
        Ok(())
    }

    /// Closes the organization to its members, who are told why.
    pub async fn close_organization(&mut self, reason: &str) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(CLOSE).bind(tenant).bind(now).bind(reason).execute(c).await.map(drop)?);
        Ok(())
    }

    /// Opens it again; `false` if it was open.
    pub async fn reopen_organization(&mut self) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        Ok(on!(conn, |c| query(REOPEN).bind(tenant).execute(c).await?.rows_affected()) == 1)
    }

    /// Notes that the free plan was chosen, now; or a moment later, if the provider's clock says that what was bought has
    /// ended only then.
    pub async fn choose_free(&mut self) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let ended = self.subscription().await?.and_then(|bought| bought.ended_at);
        let now = self.now().max(ended.unwrap_or(self.now())).micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(GO_FREE).bind(tenant).bind(now).execute(c).await.map(drop)?);
        Ok(())
    }

    /// Something is bought: the choice of the free plan is no longer one.
    pub async fn forget_free(&mut self) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(FORGET_FREE).bind(tenant).execute(c).await.map(drop)?);
        Ok(())
    }
}
