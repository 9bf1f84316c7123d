//! Reconciliation by itself: each hour a light walk on one node, once a day one with the invoices.

use std::time::Duration;

use anyhow::Context;
use data_encoding::HEXLOWER;

use super::broken;
use crate::reconcile::{Reconcile, reconcile};
use crate::{Error, Services};

const NAME: &str = "reconciliation";
const EVERY: Duration = Duration::from_hours(1);
const FULL: Duration = Duration::from_hours(24);
/// Longer than a walk takes. Should it take longer yet, two walks find and repair the same, which is once.
const LEASE: Duration = Duration::from_mins(30);
/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_mins(1);

/// Walks if it is time; `false` if it is not.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let now = s.now();
    if !s.rounds().due(NAME, LOOK, now) {
        return Ok(false);
    }
    s.rounds().done(NAME, now);
    let holder = HEXLOWER.encode(&s.chance::<16>());
    let system = s.store().system();
    if !system.take_turn(NAME, &holder, EVERY, LEASE, now).await.context("taking the turn of reconciliation")? {
        return Ok(false);
    }
    let light = !s.rounds().due("invoices", FULL, now);
    let walked = reconcile(s, &Reconcile { light, ..Reconcile::default() }).await;
    // Whatever came of it, the next one is in an hour: a provider that is away is not asked more often.
    system.end_turn(NAME, &holder, s.now()).await.context("ending the turn of reconciliation")?;
    match walked {
        Ok(done) => {
            if !light {
                s.rounds().done("invoices", now);
            }
            tracing::info!(
                organizations = done.organizations,
                subscriptions = done.subscriptions,
                findings = done.findings.len(),
                open = done.open().count(),
                resolved = done.resolved,
                "the books were compared"
            );
            Ok(true)
        }
        Err(Error::Refused(why)) => {
            tracing::warn!(%why, "the books could not be compared");
            Ok(false)
        }
        Err(error) => Err(broken(error)).context("comparing the books"),
    }
}
