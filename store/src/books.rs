//! The seats, counted from the lists: what the counters on the organization's row and the history must say.

use domain::SeatCount;
use domain::subscription::ProviderSubscriptionId;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    BOOKS = "
        select (select count(*)
                from members
                where members.tenant_id = $1 and removed_at is null and members.suspended_at is null and seated) as active,
               (select count(*)
                from invitations
                where invitations.tenant_id = $1 and seated
                  and accepted_at is null and cancelled_at is null and expired_at is null) as reserved,
               (select count(*)
                from members
                where members.tenant_id = $1 and removed_at is null and members.suspended_at is null
                  and role = 'owner') as owners,
               organizations.owners as counted_owners
        from organizations
        where organizations.tenant_id = $1";

    LAST_LINE = "
        select active, reserved
        from seat_events
        where tenant_id = $1
        order by id desc
        limit 1";

    ALIVE = "
        select id
        from subscriptions
        where tenant_id = $1 and status not in ('canceled', 'incomplete_expired')
        order by first_seen_at, id";

    RECOUNT = "
        update organizations
        set seats_active = $2, seats_reserved = $3, owners = $4
        where tenant_id = $1";
}

/// The seats by every book but the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    /// By the lists of members and invitations.
    pub listed: SeatCount,
    /// By the last line of the history; `None`: there is none.
    pub history: Option<SeatCount>,
    /// Active owners, by the list.
    pub owners: i64,
    /// Active owners, by their counter.
    pub counted_owners: i64,
}

#[derive(FromRow)]
struct Row {
    active: i64,
    reserved: i64,
    owners: i64,
    counted_owners: i64,
}

impl TenantRead {
    /// The seats as the lists and the history have them.
    pub async fn books(&mut self) -> Result<Books, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(BOOKS).bind(tenant).fetch_optional(c).await?);
        let Row { active, reserved, owners, counted_owners } = row.ok_or(StoreError::NotFound)?;
        let (conn, tenant) = self.parts();
        let last: Option<(i64, i64)> = on!(conn, |c| query_as(LAST_LINE).bind(tenant).fetch_optional(c).await?);
        Ok(Books {
            listed: parse::seats(active, reserved)?,
            history: last.map(|(active, reserved)| parse::seats(active, reserved)).transpose()?,
            owners,
            counted_owners,
        })
    }

    /// The subscriptions of the mirror that have not ended.
    pub async fn alive_subscriptions(&mut self) -> Result<Vec<ProviderSubscriptionId>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<String> = on!(conn, |c| query_scalar(ALIVE).bind(tenant).fetch_all(c).await?);
        Ok(rows.into_iter().map(ProviderSubscriptionId).collect())
    }
}

impl TenantTx {
    /// Makes the counters what the lists say, while nobody moves, and writes a line of history with them. Gives what they
    /// are now.
    pub async fn recount(&mut self) -> Result<SeatCount, StoreError> {
        self.at_the_gate().await?;
        let Books { listed, owners, .. } = self.books().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(RECOUNT)
                .bind(tenant)
                .bind(i64::from(listed.active))
                .bind(i64::from(listed.reserved))
                .bind(owners)
                .execute(c)
                .await
                .map(drop)?;
        });
        self.look_again().await?;
        self.cap_event().await?;
        Ok(listed)
    }
}
