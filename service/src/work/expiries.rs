//! Invitations whose time is over give their seats back.

use anyhow::Context;

use super::broken;
use crate::Services;
use crate::cancel_invitation::{Drop, End};

/// How many are ended in one step.
const AT_ONCE: u32 = 50;

/// Ends invitations whose time is over; `false` when there is none.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let over =
        s.store().system().expired_invitations(s.now(), AT_ONCE).await.context("looking for expired invitations")?;
    let mut ended = false;
    for (org, id) in over {
        let scope = s.store().system().act_for(org, "expiry of invitations").await?;
        // Somebody may have answered it, or another worker may have ended it, in between.
        ended |= scope.execute(Drop { s, id, why: End::Expired }, s.now()).await.map_err(broken)?;
    }
    Ok(ended)
}
