//! Seats that could be freed.

use std::time::Duration;

use domain::view::ReclaimView;
use domain::{Interval, Money, Permission, Plan, Role, Subscription, Timestamp};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, TenantRead};

use crate::team::{invitation_row, per_seat, row};
use crate::versions::price_of;
use crate::{Caller, Error, Services, desk, door};

/// What may be asked for; anything else is the second.
const DAYS: [u32; 4] = [14, 30, 60, 90];
/// After so long an invitation counts as not answered.
const STALE: Duration = Duration::from_hours(3 * 24);
/// How many are shown.
const SHOWN: u32 = 200;

/// Members who have not been here for so many days (14, 30, 60 or 90), and invitations that nobody answers: what
/// freeing their seats saves. Never owners, never who asks.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn reclaim(s: &Services, caller: &Caller, slug: &str, idle_days: u32) -> Result<ReclaimView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let idle_days = if DAYS.contains(&idle_days) { idle_days } else { DAYS[1] };
    let now = s.now();
    let away = now.minus(Duration::from_hours(24 * u64::from(idle_days)));
    let found = scope.read(Look { away, unanswered: now.minus(STALE) }).await?;
    let idle = u32::try_from(found.idle.len()).unwrap_or(u32::MAX);
    let plan = match &found.subscription {
        Some(bought) => s.plan_bought(bought).await?,
        None => None,
    };
    Ok(ReclaimView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        idle_days,
        per_seat: per_seat(s, found.subscription.as_ref()).await?,
        saves: saves(plan.as_deref(), &found, idle),
        idle: found.idle.into_iter().map(|member| row(member, caller)).collect(),
        stale: found.stale.into_iter().map(invitation_row).collect(),
    })
}

/// What a period costs less with so many fewer members: seats that are included, and those below the plan's least,
/// save nothing.
fn saves(plan: Option<&Plan>, found: &Found, fewer: u32) -> Option<(Money, Interval)> {
    let bought = found.subscription.as_ref().filter(|bought| bought.status.is_live())?;
    let plan = plan?;
    let price = price_of(plan, bought)?;
    price.per_seat?;
    let now = price.amount(&plan.seats, found.org.seats.active).ok()?;
    let then = price.amount(&plan.seats, found.org.seats.active.saturating_sub(fewer)).ok()?;
    Some((Money::new(now.minor.checked_sub(then.minor)?, price.currency), price.interval))
}

struct Look {
    away: Timestamp,
    unanswered: Timestamp,
}

struct Found {
    org: OrgRecord,
    role: Role,
    idle: Vec<MemberRecord>,
    stale: Vec<InvitationRecord>,
    subscription: Option<Subscription>,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::MemberRemove;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        Ok(Found {
            org: tx.organization().await?,
            role: tx.role(),
            idle: tx.idle_members(self.away, SHOWN).await?,
            stale: tx.stale_invitations(self.unanswered, SHOWN).await?,
            subscription: tx.subscription().await?,
        })
    }
}
