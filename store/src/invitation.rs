//! Invitations: each holds a seat from being written until exactly one of its ends.

use std::fmt;

use domain::ids::{InvitationId, MemberId, UserId};
use domain::rehearsal::Guest;
use domain::seat::SeatsFull;
use domain::{EmailAddress, Role, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::member::NewMember;
use crate::seat::{Move, Moved};
use crate::seat_event::SeatEventKind;
use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    INVITATION = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated
        from invitations join users on users.id = invitations.invited_by
        where invitations.tenant_id = $1 and invitations.id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    OF_USER = "
        select invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated
        from invitations
             join users on users.id = invitations.invited_by
             join users as invited on invited.email_folded = invitations.email_folded
        where invitations.tenant_id = $1 and invited.id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    /// When nobody of the organization acts, the invitation comes from its first owner.
    ADD_INVITATION = "
        insert into invitations (
            tenant_id, id, email, email_folded, role, token_hash, invited_by, created_at, expires_at, seated
        )
        values ($1, $2, $3, $4, $5, $6,
                coalesce($7, (select user_id
                              from members
                              where tenant_id = $1 and role = 'owner' and removed_at is null and suspended_at is null
                              order by joined_at, id
                              limit 1)),
                $8, $9, $10)";

    IS_INVITED = "
        select count(*)
        from invitations
        where tenant_id = $1 and email_folded = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    /// Those whose time is over.
    OVER = "
        select id
        from invitations
        where tenant_id = $1 and expires_at <= $2
          and accepted_at is null and cancelled_at is null and expired_at is null
        order by expires_at, id";

    EXPIRE = "
        update invitations
        set expired_at = $3
        where tenant_id = $1 and id = $2 and expires_at <= $3
          and accepted_at is null and cancelled_at is null and expired_at is null";

    CANCEL = "
        update invitations
        set cancelled_at = $3, cancel_reason = $4
        where tenant_id = $1 and id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";

    ACCEPT = "
        update invitations
        set accepted_at = $3, accepted_as = $4
        where tenant_id = $1 and id = $2
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
    /// How often it was sent.
    pub sent: u32,
    /// When it was sent last.
    pub last_sent_at: Timestamp,
    /// Whether it holds a seat.
    pub seated: bool,
}

impl InvitationRecord {
    /// As far as seats have a say.
    #[must_use]
    pub fn guest(&self) -> Guest<InvitationId> {
        Guest { id: self.id, role: self.role, since: self.created_at }
    }
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// Somebody took it back.
    Cancelled {
        /// Why, in the words of who did it.
        reason: Option<String>,
    },
    /// Its time is over.
    Expired,
    /// The plan has fewer seats than are held.
    ForPlan,
}

/// What the list of invitations says about one that the plan's cap has ended.
const FOR_PLAN: &str = "The plan has fewer seats than were held.";

/// How accepting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// They are in, and the reserved seat is theirs.
    Joined {
        /// As what: the role that the invitation has now.
        role: Role,
    },
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
    sent: i64,
    last_sent_at: Option<i64>,
    seated: bool,
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
            sent: parse::count("sendings", self.sent)?,
            last_sent_at: Timestamp::from_micros(self.last_sent_at.unwrap_or(self.created_at)),
            seated: self.seated,
        })
    }
}

impl TenantRead {
    /// A pending invitation; `None` if it does not wait, or is not of this organization. One whose time is over is
    /// found until the worker has freed its seat.
    pub async fn invitation(&mut self, id: InvitationId) -> Result<Option<InvitationRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(INVITATION).bind(tenant).bind(id.to_string()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    /// The invitation that waits for an account's address.
    pub(crate) async fn invitation_of_user(&mut self, user: UserId) -> Result<Option<InvitationRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(OF_USER).bind(tenant).bind(user.to_string()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    pub(crate) async fn is_invited(&mut self, email: &EmailAddress) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 = on!(conn, |c| query_scalar(IS_INVITED).bind(tenant).bind(email.folded()).fetch_one(c).await?);
        Ok(found > 0)
    }
}

impl TenantTx {
    /// Writes an invitation and reserves its seat, or says why not. Seats of invitations whose time is over are freed
    /// first.
    pub async fn add_invitation(&mut self, new: &NewInvitation) -> Result<AddInvitation, StoreError> {
        self.at_the_gate().await?;
        self.expire_invitations().await?;
        self.reserve(new).await
    }

    /// Writes several invitations, in their order, all in this transaction: each that finds a free seat, and no more
    /// than there are. What became of each, in the same order.
    pub async fn add_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<AddInvitation>, StoreError> {
        self.at_the_gate().await?;
        self.expire_invitations().await?;
        let mut outcomes = Vec::with_capacity(new.len());
        for one in new {
            outcomes.push(self.reserve(one).await?);
        }
        Ok(outcomes)
    }

    async fn reserve(&mut self, new: &NewInvitation) -> Result<AddInvitation, StoreError> {
        if self.is_members_address(&new.email).await? {
            return Ok(AddInvitation::AlreadyMember);
        }
        if self.is_invited(&new.email).await? {
            return Ok(AddInvitation::AlreadyInvited);
        }
        let seated = self.takes_a_seat(new.role).await?;
        match self.move_seats(Move { reserved: i64::from(seated), ..Move::default() }).await? {
            Moved::Yes => {}
            Moved::Full(full) => return Ok(AddInvitation::SeatsFull(full)),
            Moved::LastOwner => return Err(StoreError::inconsistent("owners", "there is none")),
        }
        self.write_invitation(new, seated).await?;
        Ok(AddInvitation::Added)
    }

    async fn write_invitation(&mut self, new: &NewInvitation, seated: bool) -> Result<(), StoreError> {
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
                .bind(seated)
                .execute(c)
                .await?;
        });
        self.seat_event(SeatEventKind::Invited, new.id, new.role).await
    }

    async fn expire_invitations(&mut self) -> Result<(), StoreError> {
        for id in self.invitations_over().await? {
            self.drop_invitation(id, Dropped::Expired).await?;
        }
        Ok(())
    }

    /// Invitations whose time is over and whose seat is still held, the longest over first.
    pub async fn invitations_over(&mut self) -> Result<Vec<InvitationId>, StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let over: Vec<String> = on!(conn, |c| query_scalar(OVER).bind(tenant).bind(now).fetch_all(c).await?);
        over.iter().map(|id| parse::text("invitation id", id)).collect()
    }

    /// Ends an invitation and frees its seat, once; `false` if it was not pending, or not over when it should expire.
    pub async fn drop_invitation(&mut self, id: InvitationId, why: Dropped) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let Some(invitation) = self.invitation(id).await? else { return Ok(false) };
        if why == Dropped::Expired && invitation.expires_at > self.now() {
            return Ok(false);
        }
        let (kind, reason) = match why {
            Dropped::Expired => (SeatEventKind::Expired, None),
            Dropped::Cancelled { reason } => (SeatEventKind::Cancelled, reason),
            Dropped::ForPlan => (SeatEventKind::Cancelled, Some(FOR_PLAN.to_owned())),
        };
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let ended = on!(conn, |c| {
            match kind {
                SeatEventKind::Expired => query(EXPIRE).bind(tenant).bind(id.to_string()).bind(now),
                _ => query(CANCEL).bind(tenant).bind(id.to_string()).bind(now).bind(reason),
            }
            .execute(c)
            .await?
            .rows_affected()
        });
        if ended != 1 {
            return Err(StoreError::inconsistent("invitation", format!("{id} ended while the gate was held")));
        }
        self.must_move(Move { reserved: -i64::from(invitation.seated), ..Move::default() }).await?;
        self.seat_event(kind, id, invitation.role).await?;
        Ok(true)
    }

    /// Lets somebody in on their invitation: its reserved seat becomes theirs. They get the role that the invitation
    /// has now, whatever `new` says: somebody may have changed it since they saw it.
    pub async fn accept_invitation(&mut self, id: InvitationId, new: &NewMember) -> Result<Accept, StoreError> {
        self.at_the_gate().await?;
        let now = self.now();
        let Some(invitation) = self.invitation(id).await?.filter(|waiting| waiting.expires_at > now) else {
            return Ok(Accept::NotPending);
        };
        if self.is_member(new.user).await? {
            return Ok(Accept::AlreadyMember);
        }
        let (role, seat) = (invitation.role, i64::from(invitation.seated));
        self.must_move(Move { active: seat, reserved: -seat, owners: i64::from(role == Role::Owner) }).await?;
        self.add_member(&NewMember { role, ..new.clone() }, invitation.seated).await?;
        self.end_as_accepted(id, new.id).await?;
        Ok(Accept::Joined { role })
    }

    /// Notes whose an invitation has become. Its seat has been moved by the caller.
    pub(crate) async fn end_as_accepted(&mut self, id: InvitationId, by: MemberId) -> Result<(), StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let accepted = on!(conn, |c| {
            query(ACCEPT)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(by.to_string())
                .execute(c)
                .await?
                .rows_affected()
        });
        if accepted == 1 {
            Ok(())
        } else {
            Err(StoreError::inconsistent("invitation", format!("{id} ended while the gate was held")))
        }
    }
}

impl fmt::Debug for NewInvitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewInvitation").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}
