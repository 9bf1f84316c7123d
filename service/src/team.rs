//! The team page.

use domain::view::{InvitationRow, MemberRow, TeamQuery, TeamView};
use domain::{Interval, Money, Permission, Role, Subscription};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, SeatRequestRecord, TenantRead};

use crate::pages::{Place, ROWS};
use crate::versions::price_of;
use crate::{Caller, Error, Services, desk, door, policy};

/// Members, invitations and seats, for any member: fifty members a page, those whose address was searched for.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn team(s: &Services, caller: &Caller, slug: &str, ask: TeamQuery) -> Result<TeamView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let place = Place::new(ask.page);
    let found = scope.read(Look { s, search: &ask.search, place }).await?;
    let (members, count) = found.members;
    let (invitations, invited) = found.invitations;
    let waiting = found.requests.iter().filter(|request| request.approved_at.is_some()).count();
    Ok(TeamView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        members: members.into_iter().map(|member| row(member, caller)).collect(),
        found: count,
        page: place.page,
        pages: Place::pages(count),
        invitations: invitations.into_iter().map(invitation_row).collect(),
        invited,
        requests: small(found.requests.len() - waiting),
        waiting: small(waiting),
        same_domain: found.same_domain,
        per_seat: per_seat(s, found.subscription.as_ref()).await?,
        grantable: grantable(found.role),
        mail_is_sent: s.settings().mail_is_sent,
    })
}

/// The roles that somebody of this role may give to others.
pub(crate) fn grantable(role: Role) -> Vec<Role> {
    if !role.may(Permission::MemberInvite) {
        return Vec::new();
    }
    Role::ALL.into_iter().filter(|other| role.may_grant(*other)).collect()
}

/// A member as the pages show them to `caller`.
pub(crate) fn row(member: MemberRecord, caller: &Caller) -> MemberRow {
    MemberRow {
        is_me: member.user == caller.user,
        id: member.id,
        email: member.email,
        role: member.role,
        joined_at: member.joined_at,
        last_seen_at: member.last_seen_at,
        free: !member.seated,
        suspension: member.suspension,
    }
}

/// An invitation as the pages show it.
pub(crate) fn invitation_row(invitation: InvitationRecord) -> InvitationRow {
    InvitationRow {
        id: invitation.id,
        email: invitation.email,
        role: invitation.role,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        sent: invitation.sent,
    }
}

/// What one more seat costs in a period, if seats are billed one by one.
pub(crate) async fn per_seat(
    s: &Services,
    subscription: Option<&Subscription>,
) -> Result<Option<(Money, Interval)>, Error> {
    let Some(bought) = subscription.filter(|bought| bought.status.is_live()) else { return Ok(None) };
    let plan = s.plan_bought(bought).await?;
    let price = plan.as_deref().and_then(|plan| price_of(plan, bought));
    Ok(price.and_then(|price| Some((price.per_seat?, price.interval))))
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

struct Look<'a> {
    s: &'a Services,
    search: &'a str,
    place: Place,
}

struct Found {
    org: OrgRecord,
    role: Role,
    members: (Vec<MemberRecord>, u32),
    invitations: (Vec<InvitationRecord>, u32),
    /// Those that who is looking may answer.
    requests: Vec<SeatRequestRecord>,
    same_domain: Option<Vec<domain::email::DomainRule>>,
    subscription: Option<Subscription>,
}

impl Query for Look<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let Self { s, search, place } = self;
        let org = tx.organization().await?;
        let first = place.page == 1 && search.trim().is_empty();
        let (invitations, invited) = tx.pending_invitations(ROWS).await?;
        Ok(Found {
            role: tx.role(),
            members: tx.members_page(search, place.offset(), ROWS).await?,
            invitations: (if first { invitations } else { Vec::new() }, invited),
            requests: if tx.role().may(Permission::MemberInvite) { tx.seat_requests().await? } else { Vec::new() },
            same_domain: policy::rules(s, tx, &org).await?,
            subscription: tx.subscription().await?,
            org,
        })
    }
}
