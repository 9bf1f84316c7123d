//! Taking a domain away.

use domain::Permission;
use domain::access::Deed;
use domain::ids::DomainId;
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, door};

/// Takes a domain away. Who has a seat keeps it; nobody else of the domain gets one, not even on an invitation that
/// waits, where the plan asks for the company's domain.
///
/// # Errors
/// [`Error::NotFound`], also for one that is gone already; [`Error::Forbidden`].
pub async fn remove_domain(s: &Services, caller: &Caller, slug: &str, id: DomainId) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Remove { s, id }, s.now()).await
}

struct Remove<'a> {
    s: &'a Services,
    id: DomainId,
}

impl Command for Remove<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id } = self;
        let record = tx.domain(id).await?.ok_or(Error::NotFound)?;
        tx.remove_domain(id).await?;
        let before = json!({ "domain": record.domain, "counts": record.proof.counts() });
        door::audit(s, tx, "domain.removed", id, Some(before), None).await
    }
}
