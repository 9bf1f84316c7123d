//! Seats that rest: a suspended member keeps their place and what is theirs, and has no access and no seat. Coming back
//! takes a seat through the gate, like everybody else.

use domain::Role;
use domain::Timestamp;
use domain::ids::MemberId;
use domain::seat::SeatsFull;
use domain::view::Suspension;
use sqlx::{FromRow, query};

use crate::member::MemberRecord;
use crate::seat::{Move, Moved};
use crate::seat_event::SeatEventKind;
use crate::{StoreError, TenantTx};

statements! {
    SUSPEND = "
        update members
        set suspended_at = $3, suspended_until = $4, suspended_reason = $5, suspended_for = $6
        where tenant_id = $1 and id = $2 and removed_at is null and suspended_at is null";

    /// The rest goes on, and nobody is woken by the clock again.
    END_OF_REST = "
        update members
        set suspended_until = null
        where tenant_id = $1 and id = $2 and removed_at is null and suspended_until <= $3";

    REACTIVATE = "
        update members
        set suspended_at = null, suspended_until = null, suspended_reason = null, suspended_for = null
        where tenant_id = $1 and id = $2 and removed_at is null and suspended_at is not null";
}

/// How a seat is to rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspend {
    /// Why, in the words of who does it.
    pub reason: Option<String>,
    /// Until when; `None`: until somebody ends it.
    pub until: Option<Timestamp>,
    /// Because the plan has fewer seats than people.
    pub by_plan: bool,
}

/// How suspending ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspendMember {
    /// They have no access and hold no seat.
    Suspended {
        /// As what they are in.
        role: Role,
    },
    /// They are suspended already; nothing about it has changed.
    AlreadySuspended,
    /// They are not in this organization, or not any more.
    NotThere,
    /// They are its last active owner, and stay.
    LastOwner,
}

/// How ending a suspension ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reactivate {
    /// They are back, on a seat.
    Reactivated {
        /// As what.
        role: Role,
    },
    /// They are not suspended.
    NotSuspended,
    /// They are not in this organization, or not any more.
    NotThere,
    /// No seat is free; they stay suspended.
    SeatsFull(SeatsFull),
}

/// The columns of a suspension.
#[derive(FromRow)]
pub(crate) struct Rest {
    #[sqlx(rename = "suspended_at")]
    at: Option<i64>,
    #[sqlx(rename = "suspended_until")]
    until: Option<i64>,
    #[sqlx(rename = "suspended_reason")]
    reason: Option<String>,
    #[sqlx(rename = "suspended_for")]
    cause: Option<String>,
}

impl Rest {
    pub(crate) fn suspension(self) -> Option<Suspension> {
        Some(Suspension {
            at: Timestamp::from_micros(self.at?),
            until: self.until.map(Timestamp::from_micros),
            reason: self.reason,
            by_plan: self.cause.as_deref() == Some("plan"),
        })
    }
}

impl TenantTx {
    /// Lets a member's seat rest, and frees it. Of two owners who are suspended at once, one stays.
    pub async fn suspend_member(&mut self, id: MemberId, how: &Suspend) -> Result<SuspendMember, StoreError> {
        self.at_the_gate().await?;
        let Some(member) = self.member(id).await? else { return Ok(SuspendMember::NotThere) };
        if member.suspension.is_some() {
            return Ok(SuspendMember::AlreadySuspended);
        }
        let freed = Move { active: -i64::from(member.holds()), owners: -i64::from(member.owns()), ..Move::default() };
        match self.move_seats(freed).await? {
            Moved::Yes => {}
            Moved::LastOwner => return Ok(SuspendMember::LastOwner),
            full @ Moved::Full(_) => {
                return Err(StoreError::inconsistent("seats", format!("{id} could not rest: {full:?}")));
            }
        }
        self.write_suspension(&member, how).await?;
        Ok(SuspendMember::Suspended { role: member.role })
    }

    /// Notes that the time of a rest is over, once: from here on it goes on until somebody ends it. Whoever it is about;
    /// `None` if it is not over, or noted already.
    pub async fn end_of_rest(&mut self, id: MemberId) -> Result<Option<MemberRecord>, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let over = on!(conn, |c| {
            query(END_OF_REST).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        if over == 1 { self.member(id).await } else { Ok(None) }
    }

    /// Ends a suspension, if a seat is free.
    pub async fn reactivate_member(&mut self, id: MemberId) -> Result<Reactivate, StoreError> {
        self.at_the_gate().await?;
        let Some(member) = self.member(id).await? else { return Ok(Reactivate::NotThere) };
        if member.suspension.is_none() {
            return Ok(Reactivate::NotSuspended);
        }
        let owner = member.role == Role::Owner;
        let taken = Move { active: i64::from(member.seated), owners: i64::from(owner), ..Move::default() };
        match self.move_seats(taken).await? {
            Moved::Yes => {}
            Moved::Full(full) => return Ok(Reactivate::SeatsFull(full)),
            Moved::LastOwner => return Err(StoreError::inconsistent("owners", "there is none")),
        }
        let (conn, tenant) = self.parts();
        let back =
            on!(conn, |c| { query(REACTIVATE).bind(tenant).bind(id.to_string()).execute(c).await?.rows_affected() });
        if back != 1 {
            return Err(StoreError::inconsistent("member", format!("{id} came back while the gate was held")));
        }
        self.seat_event(SeatEventKind::Reactivated, id, member.role).await?;
        Ok(Reactivate::Reactivated { role: member.role })
    }

    async fn write_suspension(&mut self, member: &MemberRecord, how: &Suspend) -> Result<(), StoreError> {
        let (id, now) = (member.id, self.now().micros());
        let whom_for = if how.by_plan { "plan" } else { "person" };
        let (conn, tenant) = self.parts();
        let suspended = on!(conn, |c| {
            query(SUSPEND)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(how.until.map(Timestamp::micros))
                .bind(how.reason.as_deref())
                .bind(whom_for)
                .execute(c)
                .await?
                .rows_affected()
        });
        if suspended != 1 {
            return Err(StoreError::inconsistent("member", format!("{id} went while the gate was held")));
        }
        self.seat_event(SeatEventKind::Suspended, id, member.role).await
    }
}
