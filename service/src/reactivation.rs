//! The page of an organization whose plan has ended or is not paid.

use domain::seat::{Holder, who_keeps};
use domain::view::ReactivateView;
use domain::{Access, Permission, Role, Subscription};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, desk, door};

/// What has ended, and what choosing the free plan would do, for any member; `None` if the plan is in order.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn reactivation(s: &Services, caller: &Caller, slug: &str) -> Result<Option<ReactivateView>, Error> {
    let scope = door::open(s, caller, slug).await?;
    let Some(Found { org, role, bought, members, invitations }) = scope.read(Look).await? else { return Ok(None) };
    let free = s.catalog().free();
    let (would_rest, would_cancel) = over(free, &members, &invitations);
    let plan = bought.plan.as_ref().and_then(|key| s.catalog().plan(key));
    let owners = members.into_iter().filter(|member| member.role == Role::Owner && member.suspension.is_none());
    Ok(Some(ReactivateView {
        plan: plan.map_or_else(|| org.plan.to_string(), |plan| plan.name.clone()),
        status: bought.status,
        ended_at: bought.ended_at,
        card: bought.card,
        free: free.name.clone(),
        free_seats: free.seats.limit(),
        would_rest,
        would_cancel,
        owners: owners.map(|owner| owner.email).collect(),
        desk: desk::draw(s, caller, &org, role).await?,
    }))
}

/// Members and invitations that find no seat on the free plan, by the rule that moves them.
fn over(free: &domain::Plan, members: &[MemberRecord], invitations: &[InvitationRecord]) -> (u32, u32) {
    let sits = |role: Role| domain::seat::takes_a_seat(role, !free.seats.viewers_hold_seats);
    let held: Vec<_> = members
        .iter()
        .filter(|member| member.suspension.is_none() && sits(member.role))
        .map(|member| Holder { id: member.id, owner: member.role == Role::Owner, since: member.joined_at })
        .collect();
    let waiting: Vec<_> = invitations
        .iter()
        .filter(|invitation| sits(invitation.role))
        .map(|invitation| Holder { id: invitation.id, owner: false, since: invitation.created_at })
        .collect();
    let moved = who_keeps(free.seats.limit(), &held, &waiting, &[]);
    let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
    (count(moved.suspend.len()), count(moved.cancel.len()))
}

struct Found {
    org: OrgRecord,
    role: Role,
    bought: Subscription,
    members: Vec<MemberRecord>,
    invitations: Vec<InvitationRecord>,
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Option<Found>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Option<Found>, Error> {
        let org = tx.organization().await?;
        let Some(bought) = tx.subscription().await?.filter(|_| org.access == Access::ReadOnly) else { return Ok(None) };
        let (members, invitations) = (tx.members().await?, tx.invitations().await?);
        Ok(Some(Found { org, role: tx.role(), bought, members, invitations }))
    }
}
