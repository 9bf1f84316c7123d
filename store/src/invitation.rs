//! Invitations: each holds a seat from being written until exactly one of its ends.

use std::fmt;

use domain::ids::InvitationId;
use domain::seat::SeatsFull;
use domain::{EmailAddress, Role, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::member::NewMember;
use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    INVITATIONS = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at
        from invitations join users on users.id = invitations.invited_by
        where invitations.tenant_id = $1
          and accepted_at is null and cancelled_at is null and expired_at is null
        order by invitations.created_at, invitations.id";

    /// When nobody of the organization acts, the invitation comes from its first owner.
    ADD_INVITATION = "
        insert into invitations (tenant_id, id, email, email_folded, role, token_hash, invited_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6,
                coalesce($7, (select user_id
                              from members
                              where tenant_id = $1 and role = 'owner' and removed_at is null
                              order by joined_at, id
                              limit 1)),
                $8, $9)";

    IS_INVITED = "
        select count(*)
        from invitations
        where tenant_id = $1 and email_folded = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    /// Those whose time is over.
    EXPIRE = "
        update invitations
        set expired_at = $2
        where tenant_id = $1 and expires_at <= $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    EXPIRE_ONE = "
        update invitations
        set expired_at = $3
        where tenant_id = $1 and id = $2 and expires_at <= $3
          and accepted_at is null and cancelled_at is null and expired_at is null";

    CANCEL = "
        update invitations
        set cancelled_at = $3
        where tenant_id = $1 and id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    PENDING = "
        select id
        from invitations
        where tenant_id = $1 and id = $2 and expires_at > $3
          and accepted_at is null and cancelled_at is null and expired_at is null";

    ACCEPT = "
        update invitations
        set accepted_at = $3, accepted_as = $4
        where tenant_id = $1 and id = $2 and expires_at > $3
          and accepted_at is null and cancelled_at is null and expired_at is null";
}

/// An invitation to be written.
#[derive(Clone)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// To whom.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// SHA-256 of the token in the link.
    pub token_hash: [u8; 32],
    /// Until when it holds its seat.
    pub expires_at: Timestamp,
}

/// A pending invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRecord {
    /// Which.
    pub id: InvitationId,
    /// To whom.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Who asked.
    pub invited_by: EmailAddress,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it holds its seat.
    pub expires_at: Timestamp,
}

/// How inviting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddInvitation {
    /// It is written and holds a seat.
    Added,
    /// No seat was free.
    SeatsFull(SeatsFull),
    /// The address is a member's.
    AlreadyMember,
    /// The address is invited already.
    AlreadyInvited,
}

/// Why an invitation ends without a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// Somebody took it back.
    Cancelled,
    /// Its time is over.
    Expired,
}

/// How accepting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// They are in, and the reserved seat is theirs.
    Joined,
    /// The invitation is used, cancelled, expired or not of this organization.
    NotPending,
    /// They are in already; the invitation still waits.
    AlreadyMember,
}

#[derive(FromRow)]
pub(crate) struct Row {
    id: String,
    email: String,
    role: String,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
}

impl Row {
    pub(crate) fn record(self) -> Result<InvitationRecord, StoreError> {
        Ok(InvitationRecord {
            id: parse::text("invitation id", &self.id)?,
            email: parse::text("address", &self.email)?,
            role: parse::text("role", &self.role)?,
            invited_by: parse::text("address", &self.invited_by)?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

impl TenantRead {
    /// Pending invitations, the oldest first. One whose time is over stays until the worker has freed its seat.
    pub async fn invitations(&mut self) -> Result<Vec<InvitationRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(INVITATIONS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }
}

impl TenantTx {
    /// Writes an invitation and reserves its seat, or says why not. Seats of invitations whose time is over are freed
    /// first.
    pub async fn add_invitation(&mut self, new: &NewInvitation) -> Result<AddInvitation, StoreError> {
        self.at_the_gate().await?;
        self.expire_invitations().await?;
        if self.is_members_address(&new.email).await? {
            return Ok(AddInvitation::AlreadyMember);
        }
        if self.is_invited(&new.email).await? {
            return Ok(AddInvitation::AlreadyInvited);
        }
        if let Err(full) = self.reserve_seat().await? {
            return Ok(AddInvitation::SeatsFull(full));
        }
        self.write_invitation(new).await?;
        Ok(AddInvitation::Added)
    }

    async fn is_invited(&mut self, email: &EmailAddress) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 = on!(conn, |c| query_scalar(IS_INVITED).bind(tenant).bind(email.folded()).fetch_one(c).await?);
        Ok(found > 0)
    }

    async fn write_invitation(&mut self, new: &NewInvitation) -> Result<(), StoreError> {
        let (inviter, now) = (self.scope().user().map(|user| user.to_string()), self.now().micros());
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_INVITATION)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.email.as_str())
                .bind(new.email.folded())
                .bind(new.role.as_str())
                .bind(new.token_hash.as_slice())
                .bind(inviter)
                .bind(now)
                .bind(new.expires_at.micros())
                .execute(c)
                .await?;
        });
        Ok(())
    }

    async fn expire_invitations(&mut self) -> Result<(), StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let over = on!(conn, |c| query(EXPIRE).bind(tenant).bind(now).execute(c).await?.rows_affected());
        if over > 0 { self.unreserve_seats(over).await } else { Ok(()) }
    }

    /// Ends an invitation and frees its seat, once; `false` if it was not pending, or not over when it should expire.
    pub async fn drop_invitation(&mut self, id: InvitationId, why: Dropped) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let statement = match why {
            Dropped::Cancelled => CANCEL,
            Dropped::Expired => EXPIRE_ONE,
        };
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let ended = on!(conn, |c| {
            query(statement).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        if ended == 1 {
            self.unreserve_seats(1).await?;
        }
        Ok(ended == 1)
    }

    /// Lets somebody in on their invitation: its reserved seat becomes theirs.
    pub async fn accept_invitation(&mut self, id: InvitationId, new: &NewMember) -> Result<Accept, StoreError> {
        self.at_the_gate().await?;
        if !self.is_pending(id).await? {
            return Ok(Accept::NotPending);
        }
        if self.is_member(new.user).await? {
            return Ok(Accept::AlreadyMember);
        }
        self.fill_seat(new.role == Role::Owner).await?;
        self.add_member(new).await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let accepted = on!(conn, |c| {
            query(ACCEPT)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(new.id.to_string())
                .execute(c)
                .await?
                .rows_affected()
        });
        if accepted == 1 {
            Ok(Accept::Joined)
        } else {
            Err(StoreError::inconsistent("invitation", format!("{id} ended while the gate was held")))
        }
    }

    async fn is_pending(&mut self, id: InvitationId) -> Result<bool, StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let found: Option<String> = on!(conn, |c| {
            query_scalar(PENDING).bind(tenant).bind(id.to_string()).bind(now).fetch_optional(c).await?
        });
        Ok(found.is_some())
    }
}

impl fmt::Debug for NewInvitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewInvitation").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}
