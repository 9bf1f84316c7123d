//! Whether people of the company's domain may ask for a seat by themselves.

use domain::Permission;
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Caller, Error, Services, door};

/// Opens or closes it. Requests that are there already go on waiting.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn set_join_requests(s: &Services, caller: &Caller, slug: &str, open: bool) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Set { s, open }, s.now()).await
}

struct Set<'a> {
    s: &'a Services,
    open: bool,
}

impl Command for Set<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, open } = self;
        if !tx.set_join_requests(open).await? {
            return Ok(());
        }
        let (before, after) = (json!({ "join_requests": !open }), json!({ "join_requests": open }));
        let org = tx.org();
        door::audit(s, tx, "organization.join_requests_set", org, Some(before), Some(after)).await
    }
}
