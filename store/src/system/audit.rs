//! The audit log from the operator's side: all organizations are looked after, one by one.

use domain::ids::OrgId;
use domain::{PlanKey, Slug, Timestamp};
use sqlx::{query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    /// Whoever has lines from before there was a chain.
    WITH_UNNUMBERED_LINES = "
        select tenant_id
        from organizations
        where exists (select 1 from audit_log where audit_log.tenant_id = organizations.tenant_id and seq is null)
        order by tenant_id";

    /// Whoever has a line that is too old for their plan, which is the operator's to say. The first line is the one to
    /// look at: only a beginning of the chain may go.
    WITH_OLD_LINES = "
        select organizations.tenant_id
        from organizations join audit_log
            on audit_log.tenant_id = organizations.tenant_id and audit_log.seq = organizations.audit_dropped + 1
        where organizations.plan = $1 and coalesce(organizations.plan_version, '') = $2 and audit_log.at < $3
        order by organizations.tenant_id
        limit $4";

    /// For looking through all of them.
    ALL_ORGANIZATIONS = "
        select tenant_id, slug
        from organizations
        order by slug";
}

impl System<'_> {
    pub(crate) async fn organizations_with_unnumbered_lines(self) -> Result<Vec<OrgId>, StoreError> {
        let rows: Vec<String> =
            on!(self.store.db.writer(), |c| query_scalar(WITH_UNNUMBERED_LINES).fetch_all(c).await?);
        rows.iter().map(|row| parse::text("organization id", row)).collect()
    }

    /// Organizations of that plan whose log begins before `before`; at most `limit`.
    pub async fn organizations_with_old_lines(
        self,
        plan: &PlanKey,
        version: Option<&str>,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<OrgId>, StoreError> {
        let rows: Vec<String> = on!(self.store.db.reader(), |c| {
            query_scalar(WITH_OLD_LINES)
                .bind(plan.as_str())
                .bind(version.unwrap_or_default())
                .bind(before.micros())
                .bind(i64::from(limit))
                .fetch_all(c)
                .await?
        });
        rows.iter().map(|row| parse::text("organization id", row)).collect()
    }

    /// All organizations, by their names in addresses.
    pub async fn all_organizations(self) -> Result<Vec<(OrgId, Slug)>, StoreError> {
        let rows: Vec<(String, String)> =
            on!(self.store.db.reader(), |c| query_as(ALL_ORGANIZATIONS).fetch_all(c).await?);
        rows.iter().map(|(org, slug)| Ok((parse::text("organization id", org)?, parse::text("slug", slug)?))).collect()
    }
}
