//! Domains are looked at again: those that wait to be proved, and those that were.

use anyhow::Context;

use super::{LEASE, broken};
use crate::{Services, verify_domain};

/// Looks at the domain that has waited longest for it; `false` when there is none.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let now = s.now();
    let due = s.store().system().lease_domain(now, now.plus(LEASE)).await.context("looking for domains")?;
    let Some((org, id)) = due else { return Ok(false) };
    let scope = s.store().system().act_for(org, "look at a domain").await?;
    verify_domain::look_again(s, &scope, id).await.map_err(broken)?;
    Ok(true)
}
