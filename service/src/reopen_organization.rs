//! The operator opens a company again.

use domain::{Permission, Slug};
use serde_json::json;
use store::{Command, TenantTx};

use crate::close_organization::as_operator;
use crate::{Error, Services, door};

/// Opens an organization that was closed; nothing happens to one that is open.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn reopen_organization(s: &Services, slug: &str) -> Result<Slug, Error> {
    let scope = as_operator(s, slug).await?;
    scope.execute(Reopen { s }, s.now()).await?;
    Ok(scope.slug().clone())
}

struct Reopen<'a> {
    s: &'a Services,
}

impl Command for Reopen<'_> {
    const REQUIRES: Permission = Permission::OrganizationClose;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let before = tx.closed_for().await?.map(|reason| json!({ "reason": reason }));
        if !tx.reopen_organization().await? {
            return Ok(());
        }
        let org = tx.org();
        door::audit(self.s, tx, "organization.resumed", org, before, None).await
    }
}
