//! Members: who is in, and how they go.

use domain::ids::{MemberId, UserId};
use domain::{EmailAddress, Role, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    MEMBERS = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null
        order by case when members.role = 'owner' then 0 else 1 end, members.joined_at, members.id";

    MEMBER = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.id = $2 and members.removed_at is null";

    IS_MEMBER = "
        select count(*)
        from members
        where tenant_id = $1 and user_id = $2 and removed_at is null";

    IS_MEMBERS_ADDRESS = "
        select count(*)
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and users.email_folded = $2 and members.removed_at is null";

    ADD_MEMBER = "
        insert into members (tenant_id, id, user_id, role, joined_at, last_seen_at)
        values ($1, $2, $3, $4, $5, $5)";

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

#[derive(FromRow)]
struct Row {
    id: String,
    user_id: String,
    email: String,
    role: String,
    joined_at: i64,
    last_seen_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<MemberRecord, StoreError> {
        Ok(MemberRecord {
            id: parse::text("member id", &self.id)?,
            user: parse::text("user id", &self.user_id)?,
            email: parse::text("address", &self.email)?,
            role: parse::text("role", &self.role)?,
            joined_at: Timestamp::from_micros(self.joined_at),
            last_seen_at: self.last_seen_at.map(Timestamp::from_micros),
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
    /// Writes the member's row. The seat has been moved by the caller.
    pub(crate) async fn add_member(&mut self, new: &NewMember) -> Result<(), StoreError> {
        let (id, user, now) = (new.id.to_string(), new.user.to_string(), self.now().micros());
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_MEMBER).bind(tenant).bind(id).bind(user).bind(new.role.as_str()).bind(now).execute(c).await?;
        });
        Ok(())
    }

    /// Takes a member out and frees their seat. Of two owners who leave at once, one stays.
    pub async fn remove_member(&mut self, id: MemberId) -> Result<RemoveMember, StoreError> {
        self.at_the_gate().await?;
        let Some(member) = self.member(id).await? else { return Ok(RemoveMember::NotThere) };
        if !self.vacate_seat(member.role == Role::Owner).await? {
            return Ok(RemoveMember::LastOwner);
        }
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let removed = on!(conn, |c| {
            query(REMOVE_MEMBER).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        if removed != 1 {
            return Err(StoreError::inconsistent("member", format!("{id} went while the gate was held")));
        }
        Ok(RemoveMember::Removed { role: member.role })
    }
}
