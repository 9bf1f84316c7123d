//! Lists of invitations: those that wait, and all with how they ended.

use domain::Timestamp;
use domain::view::InvitationStanding;
use sqlx::{FromRow, query_as, query_scalar};

use crate::invitation::Row;
use crate::{InvitationRecord, StoreError, TenantRead, parse};

statements! {
    PENDING = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated
        from invitations join users on users.id = invitations.invited_by
        where invitations.tenant_id = $1
          and accepted_at is null and cancelled_at is null and expired_at is null
        order by invitations.created_at, invitations.id
        limit $2";

    COUNT_PENDING = "
        select count(*)
        from invitations
        where tenant_id = $1 and accepted_at is null and cancelled_at is null and expired_at is null";

    /// Those nobody has answered since before $2, though a seat waits for them.
    STALE = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated
        from invitations join users on users.id = invitations.invited_by
        where invitations.tenant_id = $1 and invitations.seated and invitations.created_at < $2
          and coalesce(invitations.last_sent_at, invitations.created_at) < $2
          and accepted_at is null and cancelled_at is null and expired_at is null
        order by invitations.created_at, invitations.id
        limit $3";

    LINES = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated, invitations.accepted_at, invitations.cancelled_at, invitations.cancel_reason,
               invitations.expired_at
        from invitations join users on users.id = invitations.invited_by
        where invitations.tenant_id = $1
        order by invitations.created_at desc, invitations.id desc
        limit $2 offset $3";

    COUNT_LINES = "
        select count(*)
        from invitations
        where tenant_id = $1";
}

/// One invitation of the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationLineRecord {
    /// What it says.
    pub record: InvitationRecord,
    /// How it stands, as it is written down. One whose time is over may be pending until the worker has freed its seat.
    pub standing: InvitationStanding,
}

#[derive(FromRow)]
struct Line {
    accepted_at: Option<i64>,
    cancelled_at: Option<i64>,
    cancel_reason: Option<String>,
    expired_at: Option<i64>,
    #[sqlx(flatten)]
    invitation: Row,
}

impl Line {
    fn record(self) -> Result<InvitationLineRecord, StoreError> {
        let at = Timestamp::from_micros;
        let standing = match (self.accepted_at, self.cancelled_at, self.expired_at) {
            (Some(then), _, _) => InvitationStanding::Accepted { at: at(then) },
            (None, Some(then), _) => InvitationStanding::Cancelled { at: at(then), reason: self.cancel_reason },
            (None, None, Some(then)) => InvitationStanding::Expired { at: at(then) },
            (None, None, None) => InvitationStanding::Pending,
        };
        Ok(InvitationLineRecord { record: self.invitation.record()?, standing })
    }
}

impl TenantRead {
    /// Pending invitations, the oldest first. One whose time is over stays until the worker has freed its seat.
    pub async fn invitations(&mut self) -> Result<Vec<InvitationRecord>, StoreError> {
        Ok(self.pending_invitations(u32::MAX).await?.0)
    }

    /// Pending invitations, the oldest first, at most `limit`; and how many there are.
    pub async fn pending_invitations(&mut self, limit: u32) -> Result<(Vec<InvitationRecord>, u32), StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(PENDING).bind(tenant).bind(i64::from(limit)).fetch_all(c).await?);
        let (conn, tenant) = self.parts();
        let total: i64 = on!(conn, |c| query_scalar(COUNT_PENDING).bind(tenant).fetch_one(c).await?);
        let records = rows.into_iter().map(Row::record).collect::<Result<_, _>>()?;
        Ok((records, parse::count("invitations", total)?))
    }

    /// Pending invitations that hold a seat and were sent before `before`, the oldest first; at most `limit`.
    pub async fn stale_invitations(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<InvitationRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(STALE).bind(tenant).bind(before.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter().map(Row::record).collect()
    }

    /// All invitations there ever were, the newest first: `limit` of them, after the first `offset`; and how many there
    /// are.
    pub async fn invitations_page(
        &mut self,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<InvitationLineRecord>, u32), StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Line> = on!(conn, |c| {
            query_as(LINES).bind(tenant).bind(i64::from(limit)).bind(i64::from(offset)).fetch_all(c).await?
        });
        let (conn, tenant) = self.parts();
        let total: i64 = on!(conn, |c| query_scalar(COUNT_LINES).bind(tenant).fetch_one(c).await?);
        let lines = rows.into_iter().map(Line::record).collect::<Result<_, _>>()?;
        Ok((lines, parse::count("invitations", total)?))
    }
}
