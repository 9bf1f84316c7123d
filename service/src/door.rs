//! Into an organization: what a use case does first.

use domain::Slug;
use serde_json::Value;
use store::{AuditEntry, TenantScope, TenantTx, Visitor};

use crate::{Caller, Error, Services};

/// Opens an organization to the caller. A text that cannot be a slug, an organization that is not there and one that
/// the caller is no member of are the same [`Error::NotFound`].
pub(crate) async fn open(s: &Services, caller: &Caller, slug: &str) -> Result<TenantScope, Error> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    let visitor = Visitor { user: caller.user, visit: caller.visit.clone() };
    let scope = s.store().open(visitor, &slug).await?;
    scope.seen(s.now()).await?;
    Ok(scope)
}

/// Writes a line of the audit log, in the transaction of what it tells about.
pub(crate) async fn audit(
    s: &Services,
    tx: &mut TenantTx,
    action: &'static str,
    entity: impl ToString,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), Error> {
    let entry = AuditEntry { action, entity: entity.to_string(), before, after };
    tx.audit(s.id(domain::ids::AuditId::new), &entry).await?;
    Ok(())
}
