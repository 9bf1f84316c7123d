//! Looking whether a domain is the company's: for a person who has just written the record, and for the worker.

use std::time::Duration;

use domain::Permission;
use domain::access::Deed;
use domain::email::proof::{Failure, Looker, Standing};
use domain::ids::DomainId;
use serde_json::json;
use store::{Command, DomainRecord, Query, TenantRead, TenantScope, TenantTx};

use crate::domains::{record_name, record_value};
use crate::mail::SeatLetter;
use crate::tell::tell_owners;
use crate::{Caller, Error, Services, door};

/// Who asks again within this time gets the answer of the last look.
const FRESH: Duration = Duration::from_secs(5);

/// Looks for the record now, and says how the domain stands.
///
/// # Errors
/// [`Error::NotFound`], also for a domain that was removed; [`Error::Forbidden`].
pub async fn verify_domain(s: &Services, caller: &Caller, slug: &str, id: DomainId) -> Result<Standing, Error> {
    let scope = door::open(s, caller, slug).await?;
    let record = scope.read(Find { id }).await?.ok_or(Error::NotFound)?;
    if record.proof.checked_at.is_some_and(|at| s.now().since(at) < FRESH) {
        return Ok(record.proof.standing());
    }
    let found = look(s, &record).await;
    let noted = scope.execute(Note { s, id, found, looker: Looker::Person }, s.now()).await?;
    noted.ok_or(Error::NotFound)
}

/// The worker's look. A domain that was removed in between is left alone.
pub(crate) async fn look_again(s: &Services, scope: &TenantScope, id: DomainId) -> Result<(), Error> {
    let Some(record) = scope.read(Find { id }).await? else { return Ok(()) };
    let found = look(s, &record).await;
    scope.execute(Note { s, id, found, looker: Looker::Worker }, s.now()).await?;
    Ok(())
}

async fn look(s: &Services, record: &DomainRecord) -> Result<(), Failure> {
    let (name, value) = (record_name(record), record_value(record));
    match s.dns().txt(&name).await {
        // Some name servers are given the quotes around a text as a part of it.
        Ok(texts) if texts.iter().any(|text| text.trim().trim_matches('"') == value) => Ok(()),
        Ok(texts) if texts.is_empty() => Err(Failure::Missing),
        Ok(_) => Err(Failure::Other),
        Err(no) => {
            tracing::info!(name, error = %no, "a domain could not be looked at");
            Err(Failure::Unanswered)
        }
    }
}

struct Find {
    id: DomainId,
}

impl Query for Find {
    const REQUIRES: Permission = Permission::SettingsManage;
    type Output = Option<DomainRecord>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.domains().await?.into_iter().find(|domain| domain.id == self.id))
    }
}

/// Writes down what a look has found; `None` if the domain is not there any more.
struct Note<'a> {
    s: &'a Services,
    id: DomainId,
    found: Result<(), Failure>,
    looker: Looker,
}

impl Command for Note<'_> {
    const REQUIRES: Permission = Permission::SettingsManage;
    // It is so, whatever the organization may do.
    const DEED: Deed = Deed::Settle;
    type Output = Option<Standing>;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Option<Standing>, Error> {
        let Self { s, id, found, looker } = self;
        let Some(record) = tx.domain(id).await? else { return Ok(None) };
        let proof = record.proof.after(found, looker, tx.now());
        tx.looked(id, &proof).await?;
        let (counted, counts) = (record.proof.counts(), proof.counts());
        if counted != counts {
            let action = if counts { "domain.verified" } else { "domain.stopped" };
            let told = |counts: bool| Some(json!({ "domain": record.domain, "counts": counts }));
            door::audit(s, tx, action, id, told(counted), told(counts)).await?;
        }
        if counted && !counts {
            let org = tx.organization().await?;
            let letter = SeatLetter::DomainStopped {
                domain: &record.domain,
                record: &format!("{} TXT {}", record_name(&record), record_value(&record)),
            };
            tell_owners(s, tx, &org, &letter).await?;
            s.wake();
        }
        Ok(Some(proof.standing()))
    }
}
