//! The general settings page.

use domain::view::SettingsView;
use domain::{Permission, Role, Slug};
use store::{MemberRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, desk, door};

/// How many members are offered as heirs; any other's address can be typed.
const HEIRS: usize = 50;

/// What is known of an organization, and what can be done with it as a whole; for any member.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn general(s: &Services, caller: &Caller, slug: &str) -> Result<SettingsView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let Found { org, role, owners, heirs, former, paid } = scope.read(Look).await?;
    Ok(SettingsView {
        address: door::home(s, &org.slug),
        former,
        last_owner: role == Role::Owner && owners.len() == 1,
        heirs: heirs
            .into_iter()
            .filter(|heir| heir.user != caller.user && heir.suspension.is_none())
            .map(|heir| heir.email)
            .take(HEIRS)
            .collect(),
        paid: if paid { Some(s.plan_of(&org).await?.name.clone()) } else { None },
        desk: desk::draw(s, caller, &org, role).await?,
    })
}

struct Found {
    org: OrgRecord,
    role: Role,
    owners: Vec<MemberRecord>,
    heirs: Vec<MemberRecord>,
    former: Vec<Slug>,
    paid: bool,
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let role = tx.role();
        let may = role.may(Permission::OrganizationClose);
        let most = u32::try_from(HEIRS).unwrap_or(u32::MAX).saturating_add(1);
        Ok(Found {
            org: tx.organization().await?,
            role,
            owners: tx.owners().await?,
            heirs: if may { tx.members_page("", 0, most).await?.0 } else { Vec::new() },
            former: tx.former_slugs().await?,
            paid: tx.subscription().await?.is_some_and(|bought| bought.status.is_live()),
        })
    }
}
