//! Whether people of a domain's subdomains count as its people.

use domain::Permission;
use domain::ids::DomainId;
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, door};

/// Opts the subdomains of a domain in or out; without an id, of the company's own. Who has a seat keeps it.
///
/// # Errors
/// [`Error::NotFound`], also for a domain that is gone and for the own one of a company that has none;
/// [`Error::Forbidden`].
pub async fn set_subdomains(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: Option<DomainId>,
    open: bool,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Set { s, id, open }, s.now()).await
}

struct Set<'a> {
    s: &'a Services,
    id: Option<DomainId>,
    open: bool,
}

impl Command for Set<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, open } = self;
        let (entity, domain, was) = if let Some(id) = id {
            let record = tx.domain(id).await?.ok_or(Error::NotFound)?;
            tx.set_subdomains(id, open).await?;
            (id.to_string(), record.domain, record.subdomains)
        } else {
            let org = tx.organization().await?;
            tx.set_own_subdomains(open).await?;
            (org.id.to_string(), org.domain.ok_or(Error::NotFound)?, org.subdomains)
        };
        if was == open {
            return Ok(());
        }
        let told = |open: bool| Some(json!({ "domain": domain, "subdomains": open }));
        door::audit(s, tx, "domain.subdomains_set", entity, told(was), told(open)).await
    }
}
