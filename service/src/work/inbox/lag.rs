//! How late the inbox is. Somebody should know before a customer does.

use std::time::Duration;

use anyhow::Context;

use crate::Services;

const EVERY: Duration = Duration::from_mins(1);
/// An event that has waited for so long is not just behind a few others.
const LATE: Duration = Duration::from_mins(15);

/// Looks, once a minute, and says so in the log if it is late.
pub(super) async fn watch(s: &Services) -> anyhow::Result<()> {
    let now = s.now();
    if !s.rounds().due("inbox", EVERY, now) {
        return Ok(());
    }
    let state = s.store().system().inbox_state(now).await.context("looking how late the inbox is")?;
    let lag = state.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    if lag > LATE {
        tracing::warn!(
            minutes = lag.as_secs() / 60,
            waiting = state.waiting,
            again = state.again,
            "billing events have waited for long; look whether the payment provider answers"
        );
    }
    if state.dead > 0 {
        tracing::warn!(dead = state.dead, "billing events were put aside; see `usher stripe inbox list --state dead`");
    }
    tracing::debug!(waiting = state.waiting, parked = state.parked, lag = lag.as_secs(), "the inbox");
    s.rounds().done("inbox", now);
    Ok(())
}
