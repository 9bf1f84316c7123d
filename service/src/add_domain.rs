//! Adding a domain of the company.

use data_encoding::BASE32_NOPAD;
use domain::Permission;
use domain::email::{self, EmailDomain};
use domain::ids::DomainId;
use serde_json::json;
use store::{Command, NewDomain, TenantTx};

use crate::{Caller, Error, Services, door, refusal};

/// As many domains as one company may have besides its own.
pub(crate) const MOST: usize = 20;

/// Writes a domain down and asks for a record that proves it. It counts once the record is found: by
/// [`crate::verify_domain()`], or by the worker, which looks every hour for a week.
///
/// A domain that another company has proved may be proved by this one, too: a group has several companies at one
/// domain, and whoever comes first must not be able to lock the others out. Nothing is learnt or taken by it, as a
/// domain only says who may be invited.
///
/// # Errors
/// [`Error::Invalid`] with `domain`: no domain name, one that can be no company's, one that is there already, or one
/// too many; [`Error::NotFound`], [`Error::Forbidden`].
pub async fn add_domain(s: &Services, caller: &Caller, slug: &str, typed: &str) -> Result<DomainId, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::SettingsManage)?;
    let domain = email::typed_domain(typed).map_err(|no| Error::invalid("domain", no))?;
    let challenge = BASE32_NOPAD.encode(&s.chance::<20>()).to_lowercase();
    let new = NewDomain { id: s.id(DomainId::new), domain, challenge };
    scope.execute(Add { s, new: &new }, s.now()).await?;
    Ok(new.id)
}

struct Add<'a> {
    s: &'a Services,
    new: &'a NewDomain,
}

impl Command for Add<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, new } = self;
        let there = |domain: &EmailDomain| Error::invalid("domain", refusal::domain_there(domain));
        if tx.organization().await?.domain.as_ref() == Some(&new.domain) || !tx.add_domain(new).await? {
            return Err(there(&new.domain));
        }
        // Counted after it was written: adding waits for its turn.
        if tx.domains().await?.len() > MOST {
            return Err(Error::invalid("domain", refusal::too_many_domains(MOST)));
        }
        let after = json!({ "domain": new.domain });
        door::audit(s, tx, "domain.added", new.id, None, Some(after)).await
    }
}
