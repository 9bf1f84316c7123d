//! Another name for the company.

use domain::Permission;
use serde_json::json;
use store::{Command, TenantTx};

use crate::create_organization::company_name;
use crate::{Caller, Error, Services, door};

/// Gives the organization another name for people. Its address stays.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `name`.
pub async fn rename(s: &Services, caller: &Caller, slug: &str, name: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::SettingsManage)?;
    let name = company_name(name).map_err(|no| Error::invalid("name", no))?;
    scope.execute(Rename { s, name }, s.now()).await
}

struct Rename<'a> {
    s: &'a Services,
    name: String,
}

impl Command for Rename<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, name } = self;
        let org = tx.organization().await?;
        if org.name == name {
            return Ok(());
        }
        tx.rename(&name).await?;
        let (before, after) = (json!({ "name": org.name }), json!({ "name": name }));
        door::audit(s, tx, "organization.renamed", org.id, Some(before), Some(after)).await
    }
}
