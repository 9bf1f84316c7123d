//! What an organization may do, and what a new cap does to who holds its seats.

use domain::ids::{InvitationId, MemberId};
use domain::rehearsal;
use domain::rollout::Gate;
use domain::seat::Keeps;
use domain::{Access, PlanKey, SeatLimit};
use sqlx::{query, query_scalar};

use crate::invitation::Dropped;
use crate::seat::Counters;
use crate::suspension::{Reactivate, Suspend, SuspendMember};
use crate::{InvitationRecord, MemberRecord, StoreError, TenantTx, parse};

statements! {
    SET_ENTITLEMENT = "
        update organizations
        set plan = $2, seat_cap = $3, access = $4, viewers_free = $5
        where tenant_id = $1";

    RESEAT_MEMBERS = "
        update members
        set seated = not $2
        where tenant_id = $1 and role = 'viewer'";

    RESEAT_INVITATIONS = "
        update invitations
        set seated = not $2
        where tenant_id = $1 and role = 'viewer'
          and accepted_at is null and cancelled_at is null and expired_at is null";

    RECOUNT = "
        update organizations
        set seats_active = (select count(*)
                            from members
                            where members.tenant_id = $1 and removed_at is null and members.suspended_at is null
                              and seated),
            seats_reserved = (select count(*)
                              from invitations
                              where invitations.tenant_id = $1 and seated
                                and accepted_at is null and cancelled_at is null and expired_at is null)
        where tenant_id = $1";

    RESTING_FOR_PLAN = "
        select count(*)
        from members
        where tenant_id = $1 and removed_at is null and suspended_for = 'plan'";
}

/// Whom a new cap has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Displaced {
    /// A pending invitation was cancelled.
    Cancelled(InvitationRecord),
    /// A member was suspended, as they were before.
    Suspended(MemberRecord),
    /// A member whom an earlier cap had suspended is back, as they were before.
    Back(MemberRecord),
}

impl TenantTx {
    /// Sets what the organization may do, and moves who has to move: when more seats are held than there may be, the
    /// newest pending invitations are cancelled first, then the newest members who are no owners are suspended, and
    /// nobody is removed. When there is room, those whom an earlier cap has suspended come back, the oldest first.
    pub async fn set_entitlement(
        &mut self,
        plan: &PlanKey,
        seats: SeatLimit,
        access: Access,
        viewers_free: bool,
    ) -> Result<Vec<Displaced>, StoreError> {
        let before = self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(SET_ENTITLEMENT)
                .bind(tenant)
                .bind(plan.as_str())
                .bind(parse::cap(seats))
                .bind(parse::access_word(access))
                .bind(viewers_free)
                .execute(c)
                .await?;
        });
        if before.viewers_free != viewers_free {
            self.reseat(viewers_free).await?;
        }
        self.look_again().await?;
        if before.limit != seats || before.viewers_free != viewers_free {
            self.cap_event().await?;
        }
        self.displace().await
    }

    /// Writes for every viewer whether they take a seat now, and counts again who does.
    async fn reseat(&mut self, viewers_free: bool) -> Result<(), StoreError> {
        for statement in [RESEAT_MEMBERS, RESEAT_INVITATIONS] {
            let (conn, tenant) = self.parts();
            on!(conn, |c| {
                query(statement).bind(tenant).bind(viewers_free).execute(c).await?;
            });
        }
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(RECOUNT).bind(tenant).execute(c).await?;
        });
        Ok(())
    }

    async fn displace(&mut self) -> Result<Vec<Displaced>, StoreError> {
        let mut counters = self.at_the_gate().await?;
        // A gate that does not say no takes nobody's seat, and gives those back that it has taken.
        if !self.stance(Gate::Seats).enforces() {
            counters.limit = SeatLimit::Unlimited;
        }
        let Counters { count, limit, .. } = counters;
        let (conn, tenant) = self.parts();
        let resting: i64 = on!(conn, |c| query_scalar(RESTING_FOR_PLAN).bind(tenant).fetch_one(c).await?);
        if resting == 0 && limit.cap().is_none_or(|cap| count.held() <= cap) {
            return Ok(Vec::new());
        }
        let (members, invitations) = (self.members().await?, self.invitations().await?);
        let Keeps { cancel, suspend, back } = settle(counters, &members, &invitations);
        let mut displaced = Vec::new();
        for id in cancel {
            let invitation = find(&invitations, |one| one.id == id)?;
            if self.drop_invitation(id, Dropped::ForPlan).await? {
                displaced.push(Displaced::Cancelled(invitation));
            }
        }
        for id in suspend {
            let how = Suspend { by_plan: true, ..Suspend::default() };
            if let SuspendMember::Suspended { .. } = self.suspend_member(id, &how).await? {
                displaced.push(Displaced::Suspended(find(&members, |one| one.id == id)?));
            }
        }
        for id in back {
            if let Reactivate::Reactivated { .. } = self.reactivate_member(id).await? {
                displaced.push(Displaced::Back(find(&members, |one| one.id == id)?));
            }
        }
        Ok(displaced)
    }
}

/// The same rule that a rehearsal asks beforehand.
fn settle(
    counters: Counters,
    members: &[MemberRecord],
    invitations: &[InvitationRecord],
) -> Keeps<MemberId, InvitationId> {
    let people: Vec<_> = members.iter().map(MemberRecord::person).collect();
    let guests: Vec<_> = invitations.iter().map(InvitationRecord::guest).collect();
    rehearsal::seats(counters.limit, counters.viewers_free, &people, &guests)
}

fn find<T: Clone>(records: &[T], which: impl Fn(&T) -> bool) -> Result<T, StoreError> {
    records.iter().find(|one| which(one)).cloned().ok_or(StoreError::NotFound)
}
