//! Every move of a seat, with the counters after it. Written by the gate itself, in the transaction of the move.

use std::fmt;

use domain::ids::SeatEventId;
use domain::{Role, SeatCount, SeatLimit, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::seat::Counters;
use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    LAST_EVENT = "
        select id
        from seat_events
        where tenant_id = $1
        order by id desc
        limit 1";

    ADD_EVENT = "
        insert into seat_events (tenant_id, id, at, kind, entity, role, active, reserved, cap)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    EVENTS = "
        select at, kind, entity, role, active, reserved, cap
        from seat_events
        where tenant_id = $1 and at >= $2
        order by at desc, id desc
        limit $3";
}

/// What happened to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeatEventKind {
    /// The organization was made, with its first owner.
    Created,
    /// An invitation reserves a seat.
    Invited,
    /// An invitation was taken back.
    Cancelled,
    /// An invitation's time was over.
    Expired,
    /// Somebody came in.
    Joined,
    /// Somebody went.
    Left,
    /// Somebody was taken out.
    Removed,
    /// A seat rests.
    Suspended,
    /// A seat rests no longer.
    Reactivated,
    /// A member or an invitation has another role.
    RoleChanged,
    /// There may be more or fewer seats.
    CapChanged,
}

impl SeatEventKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::Invited,
        Self::Cancelled,
        Self::Expired,
        Self::Joined,
        Self::Left,
        Self::Removed,
        Self::Suspended,
        Self::Reactivated,
        Self::RoleChanged,
        Self::CapChanged,
    ];

    /// `role_changed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Invited => "invited",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Removed => "removed",
            Self::Suspended => "suspended",
            Self::Reactivated => "reactivated",
            Self::RoleChanged => "role_changed",
            Self::CapChanged => "cap_changed",
        }
    }
}

/// One move of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatEventRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: SeatEventKind,
    /// The member or the invitation that it is about; `None` for the cap.
    pub entity: Option<String>,
    /// As what.
    pub role: Option<Role>,
    /// How many seats were held afterwards.
    pub seats: SeatCount,
    /// How many there might be.
    pub limit: SeatLimit,
}

#[derive(FromRow)]
struct Row {
    at: i64,
    kind: String,
    entity: Option<String>,
    role: Option<String>,
    active: i64,
    reserved: i64,
    cap: Option<i64>,
}

impl TenantRead {
    /// What happened to seats since `since`, the latest first; at most `limit`.
    pub async fn seat_events(&mut self, since: Timestamp, limit: u32) -> Result<Vec<SeatEventRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(EVENTS).bind(tenant).bind(since.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter()
            .map(|row| {
                let kind = SeatEventKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind);
                Ok(SeatEventRecord {
                    at: Timestamp::from_micros(row.at),
                    kind: kind.ok_or_else(|| StoreError::inconsistent("seat event", format!("`{}`", row.kind)))?,
                    entity: row.entity,
                    role: parse::maybe("role", row.role.as_deref())?,
                    seats: parse::seats(row.active, row.reserved)?,
                    limit: parse::limit(row.cap)?,
                })
            })
            .collect()
    }
}

impl TenantTx {
    /// Writes down what has just been done to somebody's seat.
    pub(crate) async fn seat_event(
        &mut self,
        kind: SeatEventKind,
        entity: impl fmt::Display + Send,
        role: Role,
    ) -> Result<(), StoreError> {
        self.write_seat_event(kind, Some(entity.to_string()), Some(role)).await
    }

    /// Writes down that there may be more or fewer seats.
    pub(crate) async fn cap_event(&mut self) -> Result<(), StoreError> {
        self.write_seat_event(SeatEventKind::CapChanged, None, None).await
    }

    async fn write_seat_event(
        &mut self,
        kind: SeatEventKind,
        entity: Option<String>,
        role: Option<Role>,
    ) -> Result<(), StoreError> {
        let Counters { count, limit, .. } = self.at_the_gate().await?;
        let id = self.next_event().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_EVENT)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(kind.as_str())
                .bind(entity)
                .bind(role.map(Role::as_str))
                .bind(i64::from(count.active))
                .bind(i64::from(count.reserved))
                .bind(parse::cap(limit))
                .execute(c)
                .await?;
        });
        Ok(())
    }

    /// Nobody else writes one of this organization's meanwhile: the gate is held.
    async fn next_event(&mut self) -> Result<SeatEventId, StoreError> {
        let mut last = self.last_event();
        if last.is_none() {
            let (conn, tenant) = self.parts();
            let stored: Option<String> = on!(conn, |c| query_scalar(LAST_EVENT).bind(tenant).fetch_optional(c).await?);
            last = parse::maybe("seat event id", stored.as_deref())?;
        }
        let next = SeatEventId::after(last, self.now());
        self.set_last_event(next);
        Ok(next)
    }
}
