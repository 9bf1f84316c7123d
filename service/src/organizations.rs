//! The list of one's organizations.

use domain::ids::UserId;
use domain::view::{OrgRow, Seats};

use crate::{Caller, Error, Services};

/// The organizations that the caller is a member of, with their seats and plans.
pub async fn organizations(s: &Services, caller: &Caller) -> Result<Vec<OrgRow>, Error> {
    of(s, caller.user).await
}

pub(crate) async fn of(s: &Services, user: UserId) -> Result<Vec<OrgRow>, Error> {
    let found = s.store().system().organizations_of(user).await?;
    Ok(found
        .into_iter()
        .map(|org| OrgRow {
            // A list does not fail for one plan that has left the catalogue; the organization's own page says it.
            plan: s.catalog().plan(&org.plan).map_or_else(|| org.plan.to_string(), |plan| plan.name.clone()),
            href: s.settings().home(&org.slug, &format!("/app/{}", org.slug)),
            slug: org.slug,
            name: org.name,
            role: org.role,
            seats: Seats { count: org.seats, limit: org.limit },
        })
        .collect())
}
