//! What is over about accounts is forgotten, once an hour: links, wrong passwords, sessions, and what happened long ago.

use std::time::Duration;

use anyhow::Context;

use crate::{Services, guesses};

const EVERY: Duration = Duration::from_hours(1);
/// For so long a link that is over says so; afterwards it is unknown.
const LINKS: Duration = Duration::from_hours(7 * 24);
/// For so long people can read what happened to their account.
const EVENTS: Duration = Duration::from_hours(365 * 24);

/// Forgets. One statement each, so there is never more to do.
pub(super) async fn step(s: &Services) -> anyhow::Result<()> {
    let (now, system) = (s.now(), s.store().system());
    if !s.rounds().due("tidy", EVERY, now) {
        return Ok(());
    }
    system.forget_sign_ups(now.minus(LINKS)).await.context("forgetting sign-ups")?;
    system.forget_resets(now.minus(LINKS)).await.context("forgetting links")?;
    system.forget_address_changes(now.minus(LINKS)).await.context("forgetting changes of address")?;
    system.forget_failures(now.minus(guesses::FORGOTTEN_AFTER)).await.context("forgetting wrong passwords")?;
    system.forget_sessions(now).await.context("forgetting sessions")?;
    system.forget_account_events(now.minus(EVENTS)).await.context("forgetting what happened")?;
    s.rounds().done("tidy", now);
    Ok(())
}
