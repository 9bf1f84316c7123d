//! The team page.

use domain::view::{DomainRule, InvitationRow, MemberRow, TeamQuery, TeamView};
use domain::{Interval, Money, Permission, Role, Subscription};
use store::{InvitationRecord, MemberRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, checkout, desk, door, policy};

/// Members, invitations and seats, for any member.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn team(s: &Services, caller: &Caller, slug: &str, ask: TeamQuery) -> Result<TeamView, Error> {
    drop(ask);
    let scope = door::open(s, caller, slug).await?;
    let found = scope.read(Look).await?;
    let plan = s.plan(&found.org.plan)?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (found_members, invited) = (count(found.members.len()), count(found.invitations.len()));
    Ok(TeamView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        members: found
            .members
            .into_iter()
            .map(|member| MemberRow {
                is_me: member.user == caller.user,
                id: member.id,
                email: member.email,
                role: member.role,
                joined_at: member.joined_at,
                last_seen_at: member.last_seen_at,
                free: false,
                suspension: None,
            })
            .collect(),
        invitations: found
            .invitations
            .into_iter()
            .map(|invitation| InvitationRow {
                id: invitation.id,
                email: invitation.email,
                role: invitation.role,
                created_at: invitation.created_at,
                expires_at: invitation.expires_at,
                sent: 1,
            })
            .collect(),
        found: found_members,
        page: 1,
        pages: 1,
        invited,
        requests: 0,
        waiting: 0,
        same_domain: plan.same_domain.then_some(found.rules),
        per_seat: per_seat(s, found.subscription.as_ref()),
        grantable: if found.role.may(Permission::MemberInvite) {
            Role::ALL.into_iter().filter(|role| found.role.may_grant(*role)).collect()
        } else {
            Vec::new()
        },
        mail_is_sent: s.settings().mail_is_sent,
    })
}

fn per_seat(s: &Services, subscription: Option<&Subscription>) -> Option<(Money, Interval)> {
    let bought = subscription.filter(|bought| bought.status.is_live())?;
    let price = checkout::price_of(s.catalog(), bought)?;
    Some((price.per_seat?, price.interval))
}

struct Look;

struct Found {
    org: OrgRecord,
    role: Role,
    members: Vec<MemberRecord>,
    invitations: Vec<InvitationRecord>,
    rules: Vec<DomainRule>,
    subscription: Option<Subscription>,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let org = tx.organization().await?;
        Ok(Found {
            rules: policy::all(tx, &org).await?,
            org,
            role: tx.role(),
            members: tx.members().await?,
            invitations: tx.invitations().await?,
            subscription: tx.subscription().await?,
        })
    }
}
