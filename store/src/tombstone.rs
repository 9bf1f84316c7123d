//! The end of an organization: every row of it goes, and a stone stays that says which it was.
//!
//! A test compares the tables emptied here with the schema, so that none is forgotten.

use domain::ids::UserId;
use domain::subscription::ProviderCustomerId;
use sqlx::{query, query_as, query_scalar};

use crate::{StoreError, TenantTx, parse};

statements! {
    SUBSCRIPTION_IDS = "
        select id
        from subscriptions
        where tenant_id = $1
        order by first_seen_at, id";

    /// What somebody could still pay for, or on.
    ALIVE = "
        select (
            select count(*)
            from subscriptions
            where tenant_id = $1 and status not in ('canceled', 'incomplete_expired')
        ) + (
            select count(*)
            from checkouts
            where tenant_id = $1 and closed_at is null
        )";

    CHAIN = "
        select audit_count, audit_head
        from organizations
        where tenant_id = $1";

    BURY = "
        insert into tombstones (
            tenant_id, slug, customer, subscriptions, created_at, deleted_at, deleted_by, audit_count, audit_head
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    DELETE_AUDIT_LOG = "delete from audit_log where tenant_id = $1";
    DELETE_SEAT_PERIODS = "delete from seat_periods where tenant_id = $1";
    DELETE_SEAT_EVENTS = "delete from seat_events where tenant_id = $1";
    DELETE_SEAT_REQUESTS = "delete from seat_requests where tenant_id = $1";
    DELETE_DOMAINS = "delete from domains where tenant_id = $1";
    DELETE_SLUGS = "delete from slugs where tenant_id = $1";
    DELETE_FINDINGS = "delete from findings where tenant_id = $1";
    DELETE_OVERLOOKED = "delete from overlooked where tenant_id = $1";
    DELETE_OUTBOX = "delete from outbox where tenant_id = $1";
    DELETE_CANCELLATIONS = "delete from cancellations where tenant_id = $1";
    DELETE_INVITATION_LINKS = "delete from invitation_links where tenant_id = $1";
    DELETE_INVITATIONS = "delete from invitations where tenant_id = $1";
    DELETE_MEMBERS = "delete from members where tenant_id = $1";
    DELETE_DUNNING_CASES = "delete from dunning_cases where tenant_id = $1";
    DELETE_INVOICES = "delete from invoices where tenant_id = $1";
    DELETE_NOTICES = "delete from notices where tenant_id = $1";
    DELETE_BILLING_DETAILS = "delete from billing_details where tenant_id = $1";
    DELETE_BILLING_CONTACTS = "delete from billing_contacts where tenant_id = $1";
    DELETE_CHECKOUTS = "delete from checkouts where tenant_id = $1";
    DELETE_QUOTES = "delete from quotes where tenant_id = $1";
    DELETE_SUBSCRIPTIONS = "delete from subscriptions where tenant_id = $1";
    DELETE_ORGANIZATION = "delete from organizations where tenant_id = $1";
}

/// What points at others before what it points at.
const IN_ORDER: [&str; 22] = [
    DELETE_AUDIT_LOG,
    DELETE_SEAT_PERIODS,
    DELETE_SEAT_EVENTS,
    DELETE_SEAT_REQUESTS,
    DELETE_DOMAINS,
    DELETE_SLUGS,
    DELETE_FINDINGS,
    DELETE_OVERLOOKED,
    DELETE_OUTBOX,
    DELETE_CANCELLATIONS,
    DELETE_INVITATION_LINKS,
    DELETE_INVITATIONS,
    DELETE_MEMBERS,
    DELETE_DUNNING_CASES,
    DELETE_INVOICES,
    DELETE_NOTICES,
    DELETE_BILLING_DETAILS,
    DELETE_BILLING_CONTACTS,
    DELETE_CHECKOUTS,
    DELETE_QUOTES,
    DELETE_SUBSCRIPTIONS,
    DELETE_ORGANIZATION,
];

/// How a deletion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteOrganization {
    /// It is gone.
    Deleted,
    /// Something is still bought, or can be bought on an open payment page. Nothing was deleted.
    StillPaid,
}

impl TenantTx {
    /// Whether nobody pays, or can pay, for this organization any more. From here to the end of the transaction that stays
    /// so.
    pub async fn nothing_is_paid(&mut self) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let alive: i64 = on!(conn, |c| query_scalar(ALIVE).bind(tenant).fetch_one(c).await?);
        Ok(alive == 0)
    }

    /// Deletes the organization with everything that is its own, and leaves a tombstone; unless something is still paid.
    pub async fn delete_organization(&mut self, by: UserId) -> Result<DeleteOrganization, StoreError> {
        if !self.nothing_is_paid().await? {
            return Ok(DeleteOrganization::StillPaid);
        }
        let org = self.organization().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let bought: Vec<String> = on!(conn, |c| query_scalar(SUBSCRIPTION_IDS).bind(tenant).fetch_all(c).await?);
        let bought = parse::json("subscriptions", &bought)?;
        let (conn, tenant) = self.parts();
        let (lines, head): (i64, Option<Vec<u8>>) = on!(conn, |c| query_as(CHAIN).bind(tenant).fetch_one(c).await?);
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(BURY)
                .bind(tenant)
                .bind(org.slug.as_str())
                .bind(org.customer.as_ref().map(ProviderCustomerId::as_str))
                .bind(bought)
                .bind(org.created_at.micros())
                .bind(now)
                .bind(by.to_string())
                .bind(lines)
                .bind(head)
                .execute(c)
                .await
                .map(drop)?;
        });
        for statement in IN_ORDER {
            let (conn, tenant) = self.parts();
            on!(conn, |c| query(statement).bind(tenant).execute(c).await.map(drop)?);
        }
        Ok(DeleteOrganization::Deleted)
    }
}
