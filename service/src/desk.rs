//! The frame around every page of an organization.

use domain::rollout::Gate;
use domain::view::{Desk, Me, Seats};
use domain::{Access, Permission, Role, SeatLimit};
use store::{OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, door, organizations};

/// What every page of an organization shows around itself, for any member.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn desk(s: &Services, caller: &Caller, slug: &str) -> Result<Desk, Error> {
    let scope = door::open(s, caller, slug).await?;
    let (org, role) = scope.read(Look).await?;
    draw(s, caller, &org, role).await
}

/// From what was read in one transaction, to what is shown.
pub(crate) async fn draw(s: &Services, caller: &Caller, org: &OrgRecord, role: Role) -> Result<Desk, Error> {
    // What is shown is what holds: a gate that says no to nobody has no end to show.
    let holds = |gate| s.store().rollout().stance(gate, org.created_at).enforces();
    let limit = if holds(Gate::Seats) { org.seat_limit } else { SeatLimit::Unlimited };
    let access = match org.access {
        Access::NoGrowth | Access::ReadOnly if !holds(Gate::Access) => Access::Full,
        access => access,
    };
    Ok(Desk {
        org: org.id,
        slug: org.slug.clone(),
        name: org.name.clone(),
        domain: org.domain.clone(),
        me: Me { email: caller.email.clone() },
        role,
        seats: Seats { count: org.seats, limit },
        plan: s.plan_of(org).await?.name.clone(),
        access,
        organizations: organizations::of(s, caller.user).await?,
    })
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = (OrgRecord, Role);
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok((tx.organization().await?, tx.role()))
    }
}
