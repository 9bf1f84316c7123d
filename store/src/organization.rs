//! The organization's own row: what it is called, what it may do, who it is to the payment provider.

use domain::ids::OrgId;
use domain::subscription::ProviderCustomerId;
use domain::{Access, EmailDomain, PlanKey, SeatCount, SeatLimit, Slug, Timestamp};
use sqlx::error::ErrorKind;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    ORGANIZATION = "
        select slug, name, domain, subdomains, plan, seat_cap, access, seats_active, seats_reserved, customer, created_at,
               viewers_free, seats_floor, plan_version
        from organizations
        where tenant_id = $1";

    /// The first one wins.
    SET_CUSTOMER = "
        update organizations
        set customer = $2
        where tenant_id = $1 and customer is null";

    SET_SEATS_FLOOR = "
        update organizations
        set seats_floor = $2
        where tenant_id = $1 and seats_floor <> $2";

    SET_PLAN_VERSION = "
        update organizations
        set plan_version = $2
        where tenant_id = $1";

    CUSTOMER = "
        select customer
        from organizations
        where tenant_id = $1";
}

/// An organization as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgRecord {
    /// Which.
    pub id: OrgId,
    /// In addresses.
    pub slug: Slug,
    /// For people.
    pub name: String,
    /// The company's e-mail domain; `None` when it was created from a free mailbox.
    pub domain: Option<EmailDomain>,
    /// Whether people of its subdomains count as its people.
    pub subdomains: bool,
    /// The plan that counts now.
    pub plan: PlanKey,
    /// The version of it that was bought; `None`: the catalogue's.
    pub plan_version: Option<String>,
    /// How many seats there may be.
    pub seat_limit: SeatLimit,
    /// How many are held.
    pub seats: SeatCount,
    /// So many seats are billed at least: those that an owner has bought ahead of the people.
    pub seats_floor: u32,
    /// Whether viewers sit for nothing.
    pub viewers_free: bool,
    /// What its subscription lets it do.
    pub access: Access,
    /// The payment provider's name for it, once there is one.
    pub customer: Option<ProviderCustomerId>,
    /// Since when.
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    slug: String,
    name: String,
    domain: Option<String>,
    subdomains: bool,
    plan: String,
    plan_version: Option<String>,
    seat_cap: Option<i64>,
    viewers_free: bool,
    seats_floor: i64,
    access: String,
    seats_active: i64,
    seats_reserved: i64,
    customer: Option<String>,
    created_at: i64,
}

impl TenantRead {
    /// The organization as it is now.
    pub async fn organization(&mut self) -> Result<OrgRecord, StoreError> {
        let id = self.org();
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(ORGANIZATION).bind(tenant).fetch_optional(c).await?);
        let row = row.ok_or(StoreError::NotFound)?;
        Ok(OrgRecord {
            id,
            slug: parse::text("slug", &row.slug)?,
            name: row.name,
            domain: parse::maybe("domain", row.domain.as_deref())?,
            subdomains: row.subdomains,
            plan: parse::text("plan key", &row.plan)?,
            plan_version: row.plan_version,
            seat_limit: parse::limit(row.seat_cap)?,
            seats: parse::seats(row.seats_active, row.seats_reserved)?,
            seats_floor: parse::count("seats bought ahead", row.seats_floor)?,
            viewers_free: row.viewers_free,
            access: parse::access(&row.access)?,
            customer: row.customer.map(ProviderCustomerId),
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}

impl TenantTx {
    /// Notes the payment provider's name for the organization, unless there is one already; gives the one that
    /// counts. A customer of another organization is [`StoreError::Inconsistent`].
    pub async fn set_customer(&mut self, customer: &ProviderCustomerId) -> Result<ProviderCustomerId, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| {
            query(SET_CUSTOMER).bind(tenant).bind(customer.as_str()).execute(c).await.map(|done| done.rows_affected())
        });
        if let Err(sqlx::Error::Database(no)) = &set
            && no.kind() == ErrorKind::UniqueViolation
        {
            return Err(StoreError::inconsistent("customer", format!("{customer} belongs to another organization")));
        }
        if set? == 1 {
            return Ok(customer.clone());
        }
        let (conn, tenant) = self.parts();
        let stored: Option<Option<String>> =
            on!(conn, |c| query_scalar(CUSTOMER).bind(tenant).fetch_optional(c).await?);
        stored.flatten().map(ProviderCustomerId).ok_or(StoreError::NotFound)
    }

    /// Notes which version of its plan the organization has; `None`: the catalogue's.
    pub async fn set_plan_version(&mut self, version: Option<&str>) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(SET_PLAN_VERSION).bind(tenant).bind(version).execute(c).await?;
        });
        Ok(())
    }

    /// So many seats are billed from now on at least; `false` if it was so already.
    pub async fn set_seats_floor(&mut self, seats: u32) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| {
            query(SET_SEATS_FLOOR).bind(tenant).bind(i64::from(seats)).execute(c).await?.rows_affected()
        });
        Ok(set == 1)
    }
}
