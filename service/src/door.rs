//! Into an organization: what a use case does first.

use domain::Slug;
use serde_json::Value;
use store::{AuditEntry, StoreError, TenantScope, TenantTx, Visitor};

use crate::{Caller, Error, Services, refusal};

/// Opens an organization to the caller. A text that cannot be a slug, an organization that is not there, one that the
/// caller is no member of and one that does not live at the host they ask at are the same [`Error::NotFound`]. Whose seat
/// rests is told so, and whom to ask.
pub(crate) async fn open(s: &Services, caller: &Caller, slug: &str) -> Result<TenantScope, Error> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    lives_here(caller, &slug)?;
    let visitor = Visitor { user: caller.user, visit: caller.visit.clone() };
    let scope = match s.store().open(visitor, &slug).await {
        Ok(scope) => scope,
        Err(StoreError::NotFound) => return Err(moved(s, caller, &slug).await?),
        Err(StoreError::Suspended(how)) => {
            let owners = s.store().system().owners_of(&slug).await?;
            return Err(Error::Closed(refusal::suspended(&how, &owners)));
        }
        Err(error) => return Err(error.into()),
    };
    scope.seen(s.now()).await?;
    Ok(scope)
}

/// What is behind a slug that opens nothing: an organization of the caller's that has given it up, or nothing.
async fn moved(s: &Services, caller: &Caller, slug: &Slug) -> Result<Error, Error> {
    let now = s.store().system().moved_to(caller.user, slug).await?;
    Ok(now.map_or(Error::NotFound, |now| Error::Moved { home: home(s, &now) }))
}

/// Where an organization's dashboard is.
pub(crate) fn home(s: &Services, slug: &Slug) -> String {
    s.settings().home(slug, &format!("/app/{slug}"))
}

/// Whether the organization may be asked for at the host where the caller asks.
pub(crate) fn lives_here(caller: &Caller, slug: &Slug) -> Result<(), Error> {
    if caller.host.as_ref().is_none_or(|host| host == slug) { Ok(()) } else { Err(Error::NotFound) }
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
