//! Payments from the worker's side: it looks after those of all organizations.

use domain::Timestamp;
use domain::ids::OrgId;
use domain::subscription::{ProviderInvoiceId, ProviderSubscriptionId};
use sqlx::{query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    /// The outer `where` repeats the guard: PostgreSQL checks it again on the row that another worker has just taken.
    LEASE_CASE = "
        update dunning_cases
        set look_at = $2
        where invoice = (
                select invoice
                from dunning_cases
                where look_at <= $1 and closed_at is null
                order by look_at, invoice
                limit 1
            )
          and look_at <= $1 and closed_at is null
        returning tenant_id, invoice";

    /// Whose grace is over and who may still do everything but grow.
    OVERDUE = "
        select distinct o.tenant_id
        from organizations o
        join subscriptions s on s.tenant_id = o.tenant_id and s.status = 'past_due'
        join dunning_cases d on d.tenant_id = o.tenant_id and d.closed_at is null and d.opened_at <= $1
        where o.access = 'no_growth'
        limit $2";

    /// Trials that end, and years that begin anew, between now and then, and of which nobody was told.
    SOON = "
        select s.tenant_id, s.id
        from subscriptions s
        where s.ends_at is null
          and (
              (s.status = 'trialing' and s.trial_ends_at > $1 and s.trial_ends_at <= $2
               and not exists (select 1
                               from notices n
                               where n.tenant_id = s.tenant_id and n.key = 'trial:' || s.id || ':' || s.trial_ends_at))
              or (s.status = 'active' and s.paid_every = 'year' and s.period_until > $1 and s.period_until <= $3
                  and not exists (select 1
                                  from notices n
                                  where n.tenant_id = s.tenant_id
                                    and n.key = 'renewal:' || s.id || ':' || s.period_until))
          )
        order by s.id
        limit $4";
}

/// The name under which the end of a trial is told only once.
#[must_use]
pub fn trial_notice(subscription: &ProviderSubscriptionId, at: Timestamp) -> String {
    format!("trial:{subscription}:{}", at.micros())
}

/// The name under which the renewal of a year is told only once.
#[must_use]
pub fn renewal_notice(subscription: &ProviderSubscriptionId, at: Timestamp) -> String {
    format!("renewal:{subscription}:{}", at.micros())
}

impl System<'_> {
    /// Takes the owed invoice that has waited longest to be looked at; until `until`, no other worker gets it.
    pub async fn lease_case(
        self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<(OrgId, ProviderInvoiceId)>, StoreError> {
        let row: Option<(String, String)> = on!(self.store.db.writer(), |c| {
            query_as(LEASE_CASE).bind(now.micros()).bind(until.micros()).fetch_optional(c).await?
        });
        row.map(|(org, id)| Ok((parse::text("organization id", &org)?, ProviderInvoiceId(id)))).transpose()
    }

    /// Organizations that pay late since before `since`, and may still do everything but grow.
    pub async fn overdue(self, since: Timestamp, limit: u32) -> Result<Vec<OrgId>, StoreError> {
        let ids: Vec<String> = on!(self.store.db.reader(), |c| {
            query_scalar(OVERDUE).bind(since.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        ids.iter().map(|id| parse::text("organization id", id)).collect()
    }

    /// Subscriptions whose trial ends until `trials`, or whose year begins anew until `years`, and whose people were not
    /// told of it yet.
    pub async fn soon(
        self,
        now: Timestamp,
        trials: Timestamp,
        years: Timestamp,
        limit: u32,
    ) -> Result<Vec<(OrgId, ProviderSubscriptionId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(SOON)
                .bind(now.micros())
                .bind(trials.micros())
                .bind(years.micros())
                .bind(i64::from(limit))
                .fetch_all(c)
                .await?
        });
        rows.into_iter()
            .map(|(org, id)| Ok((parse::text("organization id", &org)?, ProviderSubscriptionId(id))))
            .collect()
    }
}
