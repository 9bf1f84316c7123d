//! Members: who is in, and how they go.

use domain::ids::{MemberId, UserId};
use domain::rehearsal::{Person, Rest};
use domain::seat::SeatsFull;
use domain::view::Suspension;
use domain::{EmailAddress, Role, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::seat::{Move, Moved};
use crate::seat_event::SeatEventKind;
use crate::suspension::Rest as RestRow;
use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    MEMBERS = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at,
               members.seated, members.suspended_at, members.suspended_until, members.suspended_reason,
               members.suspended_for
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null
        order by case when members.role = 'owner' then 0 else 1 end, members.joined_at, members.id";

    MEMBER = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at,
               members.seated, members.suspended_at, members.suspended_until, members.suspended_reason,
               members.suspended_for
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.id = $2 and members.removed_at is null";

    MEMBER_BY_ADDRESS = "
        select members.id
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and users.email_folded = $2 and members.removed_at is null";

    IS_MEMBER = "
        select count(*)
        from members
        where tenant_id = $1 and user_id = $2 and removed_at is null";

    IS_MEMBERS_ADDRESS = "
        select count(*)
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and users.email_folded = $2 and members.removed_at is null";

    ADD_MEMBER = "
        insert into members (tenant_id, id, user_id, role, joined_at, last_seen_at, seated)
        values ($1, $2, $3, $4, $5, $5, $6)";

    REMOVE_MEMBER = "
        update members
        set removed_at = $3
        where tenant_id = $1 and id = $2 and removed_at is null";
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Their place here.
    pub id: MemberId,
    /// Their account.
    pub user: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// Seen last in this organization.
    pub last_seen_at: Option<Timestamp>,
    /// Whether they take a seat when active.
    pub seated: bool,
    /// Their seat rests: no access, and no seat held.
    pub suspension: Option<Suspension>,
}

impl MemberRecord {
    /// As far as seats have a say.
    #[must_use]
    pub fn person(&self) -> Person<MemberId> {
        let rest = match &self.suspension {
            None => Rest::No,
            Some(suspension) if suspension.by_plan => Rest::ByPlan,
            Some(_) => Rest::ByPerson,
        };
        Person { id: self.id, role: self.role, since: self.joined_at, rest }
    }

    /// Whether they hold a seat now.
    pub(crate) fn holds(&self) -> bool {
        self.seated && self.suspension.is_none()
    }

    /// Whether they are an owner who may act.
    pub(crate) fn owns(&self) -> bool {
        self.role == Role::Owner && self.suspension.is_none()
    }
}

/// A place to be taken.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Its id.
    pub id: MemberId,
    /// By whom.
    pub user: UserId,
    /// As what.
    pub role: Role,
}

/// How a removal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveMember {
    /// They are out, their seat is free.
    Removed {
        /// As what they were in.
        role: Role,
    },
    /// They are not in this organization, or not any more.
    NotThere,
    /// They are its last owner, and stay.
    LastOwner,
}

/// How joining without an invitation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// They are in.
    Joined,
    /// No seat was free.
    SeatsFull(SeatsFull),
    /// They are in already.
    AlreadyMember,
}

#[derive(FromRow)]
pub(crate) struct Row {
    id: String,
    user_id: String,
    email: String,
    role: String,
    joined_at: i64,
    last_seen_at: Option<i64>,
    seated: bool,
    #[sqlx(flatten)]
    rest: RestRow,
}

impl Row {
    pub(crate) fn record(self) -> Result<MemberRecord, StoreError> {
        Ok(MemberRecord {
            id: parse::text("member id", &self.id)?,
            user: parse::text("user id", &self.user_id)?,
            email: parse::text("address", &self.email)?,
            role: parse::text("role", &self.role)?,
            joined_at: Timestamp::from_micros(self.joined_at),
            last_seen_at: self.last_seen_at.map(Timestamp::from_micros),
            seated: self.seated,
            suspension: self.rest.suspension(),
        })
    }
}

impl TenantRead {
    /// All members: owners first, then by when they came.
    pub async fn members(&mut self) -> Result<Vec<MemberRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(MEMBERS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }

    /// One member; `None` if there is none of that id in this organization.
    pub async fn member(&mut self, id: MemberId) -> Result<Option<MemberRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(MEMBER).bind(tenant).bind(id.to_string()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    /// The member of that address, if there is one.
    pub async fn member_by_address(&mut self, email: &EmailAddress) -> Result<Option<MemberRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let id: Option<String> =
            on!(conn, |c| query_scalar(MEMBER_BY_ADDRESS).bind(tenant).bind(email.folded()).fetch_optional(c).await?);
        match id {
            Some(id) => self.member(parse::text("member id", &id)?).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn is_member(&mut self, user: UserId) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 =
            on!(conn, |c| query_scalar(IS_MEMBER).bind(tenant).bind(user.to_string()).fetch_one(c).await?);
        Ok(found > 0)
    }

    pub(crate) async fn is_members_address(&mut self, email: &EmailAddress) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 =
            on!(conn, |c| query_scalar(IS_MEMBERS_ADDRESS).bind(tenant).bind(email.folded()).fetch_one(c).await?);
        Ok(found > 0)
    }
}

impl TenantTx {
    /// Writes the member's row and what happened. The seat has been moved by the caller.
    pub(crate) async fn add_member(&mut self, new: &NewMember, seated: bool) -> Result<(), StoreError> {
        let (id, user, now) = (new.id.to_string(), new.user.to_string(), self.now().micros());
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_MEMBER)
                .bind(tenant)
                .bind(id)
                .bind(user)
                .bind(new.role.as_str())
                .bind(now)
                .bind(seated)
                .execute(c)
                .await?;
        });
        self.seat_event(SeatEventKind::Joined, new.id, new.role).await
    }

    /// Takes a member out and frees the seat they hold; a suspended one holds none. Of two owners who leave at once,
    /// one stays.
    pub async fn remove_member(&mut self, id: MemberId) -> Result<RemoveMember, StoreError> {
        self.at_the_gate().await?;
        let Some(member) = self.member(id).await? else { return Ok(RemoveMember::NotThere) };
        let freed = Move { active: -i64::from(member.holds()), owners: -i64::from(member.owns()), ..Move::default() };
        match self.move_seats(freed).await? {
            Moved::Yes => {}
            Moved::LastOwner => return Ok(RemoveMember::LastOwner),
            full @ Moved::Full(_) => {
                return Err(StoreError::inconsistent("seats", format!("{id} could not go: {full:?}")));
            }
        }
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let removed = on!(conn, |c| {
            query(REMOVE_MEMBER).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        if removed != 1 {
            return Err(StoreError::inconsistent("member", format!("{id} went while the gate was held")));
        }
        let left = self.scope().member() == Some(id);
        let kind = if left { SeatEventKind::Left } else { SeatEventKind::Removed };
        self.seat_event(kind, id, member.role).await?;
        Ok(RemoveMember::Removed { role: member.role })
    }

    /// Lets somebody in whose address is proved, without an invitation, if a seat is free. An invitation that waits for
    /// the same person ends with it, and gives its seat.
    pub async fn join_without_invitation(&mut self, new: &NewMember) -> Result<Join, StoreError> {
        self.at_the_gate().await?;
        if self.is_member(new.user).await? {
            return Ok(Join::AlreadyMember);
        }
        let seated = self.takes_a_seat(new.role).await?;
        let waiting = self.invitation_of_user(new.user).await?;
        let taken = Move {
            active: i64::from(seated),
            reserved: -i64::from(waiting.as_ref().is_some_and(|waiting| waiting.seated)),
            owners: i64::from(new.role == Role::Owner),
        };
        match self.move_seats(taken).await? {
            Moved::Yes => {}
            Moved::Full(full) => return Ok(Join::SeatsFull(full)),
            Moved::LastOwner => return Err(StoreError::inconsistent("owners", "there is none")),
        }
        self.add_member(new, seated).await?;
        if let Some(waiting) = waiting {
            self.end_as_accepted(waiting.id, new.id).await?;
        }
        Ok(Join::Joined)
    }
}
