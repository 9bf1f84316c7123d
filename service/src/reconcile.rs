//! Reconciliation: every book about seats and money is held against the others (R5.9).
//!
//! It reads objects, never events, so it finds what was missed for whatever reason. What it repairs, it repairs by the
//! ways that everything else takes: counting while nobody moves, fetching a subscription under its lock, leaving a row in
//! the outbox. Running it twice is the same as once, and where there is nothing to find it writes nothing.
//!
//! What a person has to decide (somebody pays twice, or pays for nothing) stays open and is told each time.

mod books;
mod compare;
mod repair;
mod walk;

use domain::ids::OrgId;
use domain::{Drift, Repair, Slug};
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Services};

/// What to walk through, and whether to repair.
#[derive(Clone, Debug, Default)]
pub struct Reconcile {
    /// Find and tell; change nothing, keep nothing.
    pub dry_run: bool,
    /// Only this organization, and nothing that belongs to none.
    pub only: Option<Slug>,
    /// Without the invoices, which cost requests for each organization.
    pub light: bool,
}

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How.
    pub drift: Drift,
    /// What: a subscription, an organization, the inbox.
    pub subject: String,
    /// Whose.
    pub organization: Option<Slug>,
    #[serde(skip)]
    org: Option<OrgId>,
    /// How it comes to that.
    pub cause: &'static str,
    /// What was seen in the books.
    pub evidence: Value,
    /// What puts it right, or what a person does.
    pub remedy: &'static str,
    /// What is done about it by itself; `None`: a person decides.
    pub repair: Option<Repair>,
    /// Whether it was done: not in a dry run, and not if it went wrong.
    pub repaired: bool,
    /// What went wrong.
    pub error: Option<String>,
}

impl Finding {
    fn new(drift: Drift, subject: impl Into<String>, org: Option<(OrgId, &Slug)>, evidence: Value) -> Self {
        Self {
            drift,
            subject: subject.into(),
            organization: org.map(|(_, slug)| slug.clone()),
            org: org.map(|(org, _)| org),
            cause: drift.cause(),
            evidence,
            remedy: drift.repair().map_or(drift.remedy(), Repair::words),
            repair: drift.repair(),
            repaired: false,
            error: None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Organizations that were walked through.
    pub organizations: u64,
    /// Subscriptions that the provider has.
    pub subscriptions: u64,
    /// What differs.
    pub findings: Vec<Finding>,
    /// Findings of earlier times that are not found any more.
    pub resolved: u64,
}

impl Reconciled {
    /// Findings that are still open: nobody repairs them, or the repair went wrong.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.repaired)
    }
}

/// Walks through everything, repairs what can be repaired without a person, and keeps what was found.
///
/// # Errors
/// [`Error::NotFound`] if there is no organization of that slug, [`Error::Refused`] if the provider does not answer:
/// nothing was repaired then. A repair that goes wrong is told with its finding.
pub async fn reconcile(s: &Services, how: &Reconcile) -> Result<Reconciled, Error> {
    let began = s.now();
    let only = match &how.only {
        Some(slug) => Some(s.store().system().org_by_slug(slug).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let mut done = walk::walk(s, only, how.light).await?;
    if how.dry_run {
        return Ok(done);
    }
    // First what others are counted from.
    done.findings.sort_by(|one, other| (one.repair, &one.subject).cmp(&(other.repair, &other.subject)));
    let system = s.store().system();
    for finding in &mut done.findings {
        let evidence = finding.evidence.to_string();
        system.note_finding(finding.drift, &finding.subject, finding.org, &evidence, began).await?;
        match repair::repair(s, finding).await {
            Ok(repaired) => finding.repaired = repaired,
            Err(error) => finding.error = Some(error.to_string()),
        }
        if finding.repaired {
            system.note_repair(finding.drift, &finding.subject, s.now()).await?;
        }
        tell(finding);
    }
    let unlooked: &[Drift] = if how.light { &[Drift::InvoiceDiffers, Drift::InvoiceStale] } else { &[] };
    done.resolved = system.resolve_findings(only, unlooked, began).await?;
    s.wake();
    Ok(done)
}

fn tell(finding: &Finding) {
    let Finding { drift, subject, evidence, remedy, .. } = finding;
    let org = finding.organization.as_ref().map_or("-", Slug::as_str);
    match (&finding.error, finding.repaired) {
        (Some(error), _) => tracing::error!(%drift, subject, org, %evidence, error, "a repair went wrong"),
        (None, true) => {
            tracing::warn!(%drift, subject, org, %evidence, remedy, "the books differed and were put right");
        }
        (None, false) => tracing::error!(%drift, subject, org, %evidence, remedy, "the books differ; a person decides"),
    }
}
