//! Domains from the worker's side: it looks at those of all organizations.

use domain::Timestamp;
use domain::ids::{DomainId, OrgId};
use sqlx::query_as;

use crate::{StoreError, System, parse};

statements! {
    /// The outer `where` repeats the guard: PostgreSQL checks it again on the row that another worker has just taken.
    LEASE_DOMAIN = "
        update domains
        set look_at = $2
        where id = (
                select id
                from domains
                where look_at <= $1 and removed_at is null
                order by look_at, id
                limit 1
            )
          and look_at <= $1 and removed_at is null
        returning tenant_id, id";
}

impl System<'_> {
    /// Takes the domain that has waited longest to be looked at; until `until`, no other worker gets it.
    pub async fn lease_domain(self, now: Timestamp, until: Timestamp) -> Result<Option<(OrgId, DomainId)>, StoreError> {
        let row: Option<(String, String)> = on!(self.store.db.writer(), |c| {
            query_as(LEASE_DOMAIN).bind(now.micros()).bind(until.micros()).fetch_optional(c).await?
        });
        row.map(|(org, id)| Ok((parse::text("organization id", &org)?, parse::text("domain id", &id)?))).transpose()
    }
}
