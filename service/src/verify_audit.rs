//! Whether the audit logs still are what was written.

use domain::view::AuditHead;
use domain::{Permission, Slug};
use store::{Break, Chain, Query, TenantRead};

use crate::{Error, Services};

/// What became of one organization's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAudit {
    /// Whose.
    pub slug: Slug,
    /// The chain, or where it is broken.
    pub chain: Result<Chain, Break>,
}

/// Walks along the chain of one organization, or of all. For the operator: nobody is asked who they are.
///
/// `noted` is a head that was kept elsewhere; the log of the one organization must still contain it.
///
/// # Errors
/// [`Error::NotFound`] if there is no organization of that name.
pub async fn verify_audit(
    s: &Services,
    only: Option<&Slug>,
    noted: Option<&AuditHead>,
) -> Result<Vec<VerifiedAudit>, Error> {
    let mut organizations = s.store().system().all_organizations().await?;
    if let Some(only) = only {
        organizations.retain(|(_, slug)| slug == only);
        if organizations.is_empty() {
            return Err(Error::NotFound);
        }
    }
    let mut verified = Vec::new();
    for (org, slug) in organizations {
        let scope = s.store().system().act_for(org, "verification of the audit log").await?;
        let chain = scope.read(Walk { noted: noted.filter(|_| only.is_some()).cloned() }).await?;
        verified.push(VerifiedAudit { slug, chain });
    }
    Ok(verified)
}

struct Walk {
    noted: Option<AuditHead>,
}

impl Query for Walk {
    const REQUIRES: Permission = Permission::AuditRead;
    type Output = Result<Chain, Break>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.verify_audit(self.noted.as_ref()).await?)
    }
}
