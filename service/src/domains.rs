//! The page about the company's domains.

use domain::Permission;
use domain::email::DomainRule;
use domain::view::{DomainLine, DomainsView};
use store::{DomainRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, add_domain, desk, door};

/// The company's domains, and how far each is proved; for whoever may change settings.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn domains(s: &Services, caller: &Caller, slug: &str) -> Result<DomainsView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let (org, records, role) = scope.read(Look).await?;
    Ok(DomainsView {
        desk: desk::draw(s, caller, &org, role).await?,
        own: org.domain.clone().map(|domain| DomainRule { domain, subdomains: org.subdomains }),
        room: records.len() < add_domain::MOST,
        lines: records.into_iter().map(line).collect(),
        required: s.plan_of(&org).await?.same_domain,
    })
}

fn line(record: DomainRecord) -> DomainLine {
    DomainLine {
        record_name: record_name(&record),
        record_value: record_value(&record),
        standing: record.proof.standing(),
        verified_at: record.proof.verified_at,
        checked_at: record.proof.checked_at,
        failure: record.proof.failure,
        look_at: record.proof.look_at,
        id: record.id,
        domain: record.domain,
        subdomains: record.subdomains,
    }
}

/// The name of the record that proves a domain. Below the domain, so that it stands in the way of nothing, and with a
/// `_`, which no host's name has: who is given a name below somebody else's domain is not given this one.
pub(crate) fn record_name(record: &DomainRecord) -> String {
    format!("_usher.{}", record.domain)
}

/// What the record has to say.
pub(crate) fn record_value(record: &DomainRecord) -> String {
    format!("usher-domain={}", record.challenge)
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = (OrgRecord, Vec<DomainRecord>, domain::Role);
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok((tx.organization().await?, tx.domains().await?, tx.role()))
    }
}
