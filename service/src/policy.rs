//! Where an organization's people must come from. Every door asks here, and [`domain::email::admits`] decides.

use domain::email::DomainRule;
use store::{OrgRecord, TenantRead};

use crate::{Error, Services};

/// The domains that people may come from, the company's own first; `None`: the plan takes everybody.
///
/// A plan that asks for the same domain asks everybody for it: there is no way around, not even for an owner. Who works
/// with people of other houses adds their domain, or has a plan that takes everybody.
pub(crate) async fn rules(
    s: &Services,
    tx: &mut TenantRead,
    org: &OrgRecord,
) -> Result<Option<Vec<DomainRule>>, Error> {
    if s.plan_of(org).await?.same_domain { Ok(Some(all(tx, org).await?)) } else { Ok(None) }
}

/// The domains that count as the company's, whatever its plan asks for; its own first.
pub(crate) async fn all(tx: &mut TenantRead, org: &OrgRecord) -> Result<Vec<DomainRule>, Error> {
    let own = org.domain.iter().map(|own| DomainRule { domain: own.clone(), subdomains: org.subdomains });
    let more = tx.domains().await?.into_iter().filter(|domain| domain.proof.counts());
    Ok(own.chain(more.map(|more| DomainRule { domain: more.domain, subdomains: more.subdomains })).collect())
}
