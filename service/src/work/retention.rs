//! Lines of audit logs that are older than the plan keeps them go, once a day.

use std::time::Duration;

use anyhow::Context;
use domain::access::Deed;
use domain::{Permission, Timestamp};
use serde_json::json;
use store::{Command, TenantTx};

use crate::{Error, Services, door};

const EVERY: Duration = Duration::from_hours(24);
const DAY: Duration = Duration::from_hours(24);
/// How many organizations are looked after in one step.
const AT_ONCE: u32 = 50;

/// Shortens some logs that are too long; `false` when none is.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let now = s.now();
    if !s.rounds().due("retention", EVERY, now) {
        return Ok(false);
    }
    let mut shortened = false;
    let system = s.store().system();
    // What is sold today is for who has bought nothing; who has bought keeps what was said then.
    let today = s.catalog().plans().iter().map(|plan| (plan.key.clone(), None, plan.retention_days));
    let bought = system.plan_versions().await.context("reading the versions of plans")?.into_iter();
    let bought = bought.map(|kept| (kept.plan.key, Some(kept.fingerprint), kept.plan.retention_days));
    for (plan, version, days) in today.chain(bought) {
        let Some(days) = days else { continue };
        let before = now.minus(DAY * days);
        let some = system.organizations_with_old_lines(&plan, version.as_deref(), before, AT_ONCE).await;
        for org in some.context("looking for old lines of audit logs")? {
            let scope = system.act_for(org, "retention of the plan").await?;
            shortened |= scope.execute(Shorten { s, before, days }, now).await?;
        }
    }
    if !shortened {
        s.rounds().done("retention", now);
    }
    Ok(shortened)
}

struct Shorten<'a> {
    s: &'a Services,
    before: Timestamp,
    days: u32,
}

impl Command for Shorten<'_> {
    const REQUIRES: Permission = Permission::AuditRead;
    const DEED: Deed = Deed::Settle;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let gone = tx.drop_audit_before(self.before).await?;
        if gone > 0 {
            // What goes for good is said in what stays.
            let after = json!({ "lines": gone, "older_than": self.before.rfc3339(), "days": self.days });
            door::audit(self.s, tx, "audit.shortened", "audit_log", None, Some(after)).await?;
        }
        Ok(gone > 0)
    }
}
