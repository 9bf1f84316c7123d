//! Another address for the company.

use domain::slug::SlugError;
use domain::{Permission, Slug};
use serde_json::json;
use store::{ChangeSlug, Command, TenantTx};

use crate::{Caller, Error, Services, door, refusal};

/// Moves the organization to another slug, and says where its dashboard is then.
///
/// The former slug goes on leading its members here as long as the organization exists, and is nobody else's. Going
/// back to it is always possible.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `slug`.
pub async fn change_slug(s: &Services, caller: &Caller, slug: &str, to: &str) -> Result<String, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::OrganizationClose)?;
    let to: Slug = to.trim().parse().map_err(|no: SlugError| Error::invalid("slug", no))?;
    scope.execute(Move { s, to: &to }, s.now()).await?;
    Ok(door::home(s, &to))
}

struct Move<'a> {
    s: &'a Services,
    to: &'a Slug,
}

impl Command for Move<'_> {
    const REQUIRES: Permission = Permission::OrganizationClose;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, to } = self;
        let from = match tx.change_slug(to).await? {
            ChangeSlug::Changed { from } => from,
            ChangeSlug::Same => return Ok(()),
            ChangeSlug::Taken => return Err(Error::invalid("slug", refusal::slug_taken())),
            ChangeSlug::TooMany => return Err(Error::invalid("slug", refusal::slugs_many())),
        };
        let org = tx.org();
        door::audit(s, tx, "organization.moved", org, Some(json!({ "slug": from })), Some(json!({ "slug": to }))).await
    }
}
