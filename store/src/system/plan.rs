//! The plans as they were sold: the operator's, the same for all organizations.

use domain::ids::OrgId;
use domain::{Catalog, Plan, PlanKey, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    /// The same deal in other words is the same version, and its newest words are kept.
    RECORD_PLAN = "
        insert into plan_versions (plan, fingerprint, definition, first_seen_at)
        values ($1, $2, $3, $4)
        on conflict (plan, fingerprint) do update set definition = excluded.definition";

    PLAN_VERSION = "
        select definition
        from plan_versions
        where plan = $1 and fingerprint = $2";

    LATEST_VERSION = "
        select definition
        from plan_versions
        where plan = $1
        order by first_seen_at desc, fingerprint
        limit 1";

    /// The operator looks over all of them.
    VERSIONS = "
        select plan, fingerprint, definition, first_seen_at,
               (select count(*)
                from organizations
                where organizations.plan = plan_versions.plan
                  and organizations.plan_version = plan_versions.fingerprint) as organizations
        from plan_versions
        order by plan, first_seen_at, fingerprint";

    /// Whom the operator moves.
    ON_PLAN = "
        select tenant_id, plan_version
        from organizations
        where plan = $1
        order by slug";
}

/// A version of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanVersionRecord {
    /// Its name.
    pub fingerprint: String,
    /// What it is.
    pub plan: Plan,
    /// When it was first sold.
    pub first_seen_at: Timestamp,
    /// How many organizations have it.
    pub organizations: u32,
}

#[derive(FromRow)]
struct Row {
    fingerprint: String,
    definition: String,
    first_seen_at: i64,
    organizations: i64,
}

impl System<'_> {
    /// Keeps every plan of the catalogue as it is now, so that what was bought can be known after it has changed.
    pub async fn record_plans(self, catalog: &Catalog, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        for plan in catalog.plans() {
            let definition = parse::json("plan", plan)?;
            on!(tx.conn(), |c| {
                query(RECORD_PLAN)
                    .bind(plan.key.as_str())
                    .bind(plan.fingerprint())
                    .bind(definition)
                    .bind(now.micros())
                    .execute(c)
                    .await?;
            });
        }
        tx.commit().await
    }

    /// A plan as it was sold, if it was kept.
    pub async fn plan_version(self, plan: &PlanKey, fingerprint: &str) -> Result<Option<Plan>, StoreError> {
        let found: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(PLAN_VERSION).bind(plan.as_str()).bind(fingerprint).fetch_optional(c).await?
        });
        found.map(|text| parse::from_json("plan", &text)).transpose()
    }

    /// A plan as it was sold last, if it was ever kept.
    pub async fn latest_plan_version(self, plan: &PlanKey) -> Result<Option<Plan>, StoreError> {
        let found: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(LATEST_VERSION).bind(plan.as_str()).fetch_optional(c).await?
        });
        found.map(|text| parse::from_json("plan", &text)).transpose()
    }

    /// All versions of all plans, each with how many organizations have it.
    pub async fn plan_versions(self) -> Result<Vec<PlanVersionRecord>, StoreError> {
        let rows: Vec<Row> = on!(self.store.db.reader(), |c| query_as(VERSIONS).fetch_all(c).await?);
        rows.into_iter()
            .map(|row| {
                Ok(PlanVersionRecord {
                    plan: parse::from_json("plan", &row.definition)?,
                    fingerprint: row.fingerprint,
                    first_seen_at: Timestamp::from_micros(row.first_seen_at),
                    organizations: parse::count("organizations", row.organizations)?,
                })
            })
            .collect()
    }

    /// The organizations that have a plan, by their slugs, each with the version that it has bought.
    pub async fn organizations_on(self, plan: &PlanKey) -> Result<Vec<(OrgId, Option<String>)>, StoreError> {
        let rows: Vec<(String, Option<String>)> =
            on!(self.store.db.reader(), |c| query_as(ON_PLAN).bind(plan.as_str()).fetch_all(c).await?);
        rows.into_iter().map(|(org, version)| Ok((parse::text("organization id", &org)?, version))).collect()
    }
}
