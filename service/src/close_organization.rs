//! The operator closes a company to its members.

use domain::{Permission, Slug};
use serde_json::json;
use store::{Command, TenantScope, TenantTx};

use crate::{Error, Services, door, refusal, words};

/// Closes an organization: from their next request on, its members are told `reason` and nothing else. Nothing is lost,
/// and what it pays for goes on. Closing a closed one changes the reason.
///
/// For the operator: whoever can call this has the server.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] with `reason`.
pub async fn close_organization(s: &Services, slug: &str, reason: &str) -> Result<Slug, Error> {
    let reason = words::words("reason", Some(reason.to_owned()))?;
    let reason = reason.ok_or_else(|| Error::invalid("reason", refusal::reason_missing()))?;
    let scope = as_operator(s, slug).await?;
    scope.execute(Close { s, reason }, s.now()).await?;
    Ok(scope.slug().clone())
}

/// An organization, by the slug that it has or had, for who runs Usher.
pub(crate) async fn as_operator(s: &Services, slug: &str) -> Result<TenantScope, Error> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    let org = s.store().system().org_by_slug(&slug).await?.ok_or(Error::NotFound)?;
    Ok(s.store().system().act_for(org, "operator").await?)
}

struct Close<'a> {
    s: &'a Services,
    reason: String,
}

impl Command for Close<'_> {
    const REQUIRES: Permission = Permission::OrganizationClose;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, reason } = self;
        let before = tx.closed_for().await?.map(|reason| json!({ "reason": reason }));
        tx.close_organization(&reason).await?;
        let org = tx.org();
        door::audit(s, tx, "organization.suspended", org, before, Some(json!({ "reason": reason }))).await
    }
}
