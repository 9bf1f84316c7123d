//! `usher stripe reconcile`: where the books differ.

use anyhow::bail;
use domain::{Repair, Slug};
use service::{Error, Finding, Reconcile, Services};

/// Prints what differs, why, and what was done; fails if something stays open.
pub(super) async fn reconcile(s: &Services, dry_run: bool, only: Option<&Slug>, json: bool) -> anyhow::Result<()> {
    let how = Reconcile { dry_run, only: only.cloned(), light: false };
    let done = match service::reconcile(s, &how).await {
        Err(Error::NotFound) => bail!("no organization has that slug; it is the part after /app/"),
        other => other?,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&done)?);
    } else {
        for finding in &done.findings {
            println!("{}", told(finding, dry_run));
        }
        println!(
            "{} organizations and {} subscriptions compared: {} differences, {} of earlier ones resolved.",
            done.organizations,
            done.subscriptions,
            done.findings.len(),
            done.resolved
        );
    }
    let open = done.open().count();
    if open > 0 && !dry_run {
        bail!("{open} differences stay open");
    }
    Ok(())
}

fn told(finding: &Finding, dry_run: bool) -> String {
    let org = finding.organization.as_ref().map(|slug| format!(" of {slug}")).unwrap_or_default();
    let end = match (finding.repair.map(Repair::words), &finding.error) {
        (_, Some(error)) => format!("The repair went wrong: {error}"),
        (Some(words), None) if dry_run => format!("Would {words}."),
        (Some(words), None) => format!("Repaired: {words}."),
        (None, None) => format!("A person decides. {}", finding.remedy),
    };
    format!("{} {}{org}: {}\n  {}\n  {end}", finding.drift, finding.subject, finding.evidence, finding.cause)
}
