//! Who is what: a member's role, and the company's ownership. A role that takes a seat asks for one at the gate.

use domain::Role;
use domain::ids::{InvitationId, MemberId};
use domain::seat::SeatsFull;
use sqlx::query;

use crate::member::MemberRecord;
use crate::seat::{Move, Moved};
use crate::seat_event::SeatEventKind;
use crate::{StoreError, TenantTx};

statements! {
    SET_ROLE = "
        update members
        set role = $3, seated = $4
        where tenant_id = $1 and id = $2 and removed_at is null";

    SET_INVITATION_ROLE = "
        update invitations
        set role = $3, seated = $4
        where tenant_id = $1 and id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";
}

/// How changing a role ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRole {
    /// They have it.
    Changed {
        /// What they were.
        from: Role,
    },
    /// They had it already.
    Same,
    /// They are not in this organization, or not any more.
    NotThere,
    /// They are its last active owner, and stay that.
    LastOwner,
    /// The new role takes a seat, the old one does not, and none is free.
    SeatsFull(SeatsFull),
}

/// How handing over ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// The one is owner now, the other admin.
    Done,
    /// One of them is not in this organization, they are the same, or the first is no owner.
    NotThere,
    /// One of them is suspended.
    Suspended,
    /// The new owner sits for nothing now, an owner does not, and no seat is free.
    SeatsFull(SeatsFull),
}

/// How changing an invitation's role ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeInvitation {
    /// Whoever accepts it gets the new role.
    Changed {
        /// What it was.
        from: Role,
    },
    /// It had it already.
    Same,
    /// It is used, cancelled, expired or not of this organization.
    NotPending,
    /// The new role takes a seat, the old one does not, and none is free.
    SeatsFull(SeatsFull),
}

impl TenantTx {
    /// Gives a member another role.
    pub async fn change_role(&mut self, id: MemberId, role: Role) -> Result<ChangeRole, StoreError> {
        self.at_the_gate().await?;
        let Some(member) = self.member(id).await? else { return Ok(ChangeRole::NotThere) };
        if member.role == role {
            return Ok(ChangeRole::Same);
        }
        let seated = self.takes_a_seat(role).await?;
        let moved = match member.suspension {
            // Who rests holds nothing; the seat is asked for when they come back.
            Some(_) => Moved::Yes,
            None => self.move_seats(rise(&member, role, seated)).await?,
        };
        match moved {
            Moved::Yes => {}
            Moved::LastOwner => return Ok(ChangeRole::LastOwner),
            Moved::Full(full) => return Ok(ChangeRole::SeatsFull(full)),
        }
        self.set_role(id, role, seated).await?;
        Ok(ChangeRole::Changed { from: member.role })
    }

    /// Makes `to` an owner and `from`, who is one, an admin. There is an owner at every moment.
    pub async fn transfer_ownership(&mut self, from: MemberId, to: MemberId) -> Result<Transfer, StoreError> {
        self.at_the_gate().await?;
        let (Some(old), Some(new)) = (self.member(from).await?, self.member(to).await?) else {
            return Ok(Transfer::NotThere);
        };
        if from == to || old.role != Role::Owner {
            return Ok(Transfer::NotThere);
        }
        if old.suspension.is_some() || new.suspension.is_some() {
            return Ok(Transfer::Suspended);
        }
        if new.role != Role::Owner {
            match self.move_seats(rise(&new, Role::Owner, true)).await? {
                Moved::Yes => self.set_role(to, Role::Owner, true).await?,
                Moved::Full(full) => return Ok(Transfer::SeatsFull(full)),
                Moved::LastOwner => return Err(StoreError::inconsistent("owners", "there is none")),
            }
        }
        self.must_move(rise(&old, Role::Admin, true)).await?;
        self.set_role(from, Role::Admin, true).await?;
        Ok(Transfer::Done)
    }

    /// Gives a pending invitation another role. It keeps its seat; only one that had none needs a free one.
    pub async fn change_invitation_role(
        &mut self,
        id: InvitationId,
        role: Role,
    ) -> Result<ChangeInvitation, StoreError> {
        self.at_the_gate().await?;
        let now = self.now();
        let Some(invitation) = self.invitation(id).await?.filter(|waiting| waiting.expires_at > now) else {
            return Ok(ChangeInvitation::NotPending);
        };
        if invitation.role == role {
            return Ok(ChangeInvitation::Same);
        }
        let seated = self.takes_a_seat(role).await?;
        let reserved = i64::from(seated) - i64::from(invitation.seated);
        match self.move_seats(Move { reserved, ..Move::default() }).await? {
            Moved::Yes => {}
            Moved::Full(full) => return Ok(ChangeInvitation::SeatsFull(full)),
            Moved::LastOwner => return Err(StoreError::inconsistent("owners", "there is none")),
        }
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(SET_INVITATION_ROLE)
                .bind(tenant)
                .bind(id.to_string())
                .bind(role.as_str())
                .bind(seated)
                .execute(c)
                .await?;
        });
        self.seat_event(SeatEventKind::RoleChanged, id, role).await?;
        Ok(ChangeInvitation::Changed { from: invitation.role })
    }

    async fn set_role(&mut self, id: MemberId, role: Role, seated: bool) -> Result<(), StoreError> {
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| {
            query(SET_ROLE)
                .bind(tenant)
                .bind(id.to_string())
                .bind(role.as_str())
                .bind(seated)
                .execute(c)
                .await?
                .rows_affected()
        });
        if set != 1 {
            return Err(StoreError::inconsistent("member", format!("{id} went while the gate was held")));
        }
        self.seat_event(SeatEventKind::RoleChanged, id, role).await
    }
}

/// What an active member's new role moves.
fn rise(member: &MemberRecord, role: Role, seated: bool) -> Move {
    Move {
        active: i64::from(seated) - i64::from(member.seated),
        reserved: 0,
        owners: i64::from(role == Role::Owner) - i64::from(member.role == Role::Owner),
    }
}
