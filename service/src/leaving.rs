//! The page before the end of a plan.

use domain::course::Step;
use domain::rehearsal::{losses, of_plan};
use domain::view::LeavingView;
use domain::{Permission, Refusal, Role, Subscription};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, desk, door};

/// What ends with the plan and what stays until when, for who may end it; with the refusal instead if it cannot be ended
/// now.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn leaving(s: &Services, caller: &Caller, slug: &str) -> Result<LeavingView, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let Found { org, role, bought, members, invitations } = scope.read(Look).await?;
    let plan = &*s.plan_of(&org).await?;
    let free = s.catalog().free();
    let people: Vec<_> = members.iter().map(MemberRecord::person).collect();
    let guests: Vec<_> = invitations.iter().map(InvitationRecord::guest).collect();
    let on_free = of_plan(free, &people, &guests);
    let live = bought.filter(|bought| bought.status.is_live());
    let may = match &live {
        Some(bought) => bought.may(Step::Cancel),
        None => Err(domain::course::NotThisStep::NotThere),
    };
    let scheduled = live.as_ref().and_then(|bought| bought.scheduled.as_ref());
    let may_pause = live.as_ref().is_some_and(|bought| bought.may(Step::Pause).is_ok());
    let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
    Ok(LeavingView {
        plan: plan.name.clone(),
        not_now: may.err().map(Refusal::from),
        ends_at: live.as_ref().map(|bought| bought.period.until),
        trial: live.as_ref().is_some_and(|bought| bought.trial_ends_at.is_some_and(|ends| ends > s.billing_now())),
        dropped: scheduled
            .and_then(|next| next.plan.as_ref())
            .and_then(|key| s.catalog().plan(key))
            .map(|plan| plan.name.clone()),
        may_pause,
        people: org.seats.active,
        free: free.name.clone(),
        losses: losses(plan, free),
        would_rest: count(on_free.suspend.len()),
        would_cancel: count(on_free.cancel.len()),
        desk: desk::draw(s, caller, &org, role).await?,
    })
}

struct Found {
    org: OrgRecord,
    role: Role,
    bought: Option<Subscription>,
    members: Vec<MemberRecord>,
    invitations: Vec<InvitationRecord>,
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        Ok(Found {
            org: tx.organization().await?,
            role: tx.role(),
            bought: tx.subscription().await?,
            members: tx.members().await?,
            invitations: tx.invitations().await?,
        })
    }
}
