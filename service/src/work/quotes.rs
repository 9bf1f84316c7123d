//! Changes that somebody has agreed to are finished, whatever became of the process that began.

use anyhow::Context;

use crate::quote::finish::{due, finish};
use crate::{Error, Services};

/// How many are looked at in one step.
const AT_ONCE: u32 = 20;

/// Finishes what is left over; `false` when nothing is.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    let (confirmed, waiting) = due(s.now());
    let left = s.store().system().quotes_to_finish(confirmed, waiting, AT_ONCE).await.context("looking for quotes")?;
    let any = !left.is_empty();
    for (org, id) in left {
        match finish(s, org, id).await {
            Ok(()) => {}
            // It comes again later, as all that is left over.
            Err(error @ (Error::Refused(_) | Error::Busy)) => {
                tracing::warn!(quote = %id, %error, "a change that was agreed to is not finished yet");
            }
            Err(error) => {
                tracing::error!(quote = %id, error = %error, "a change that was agreed to cannot be finished");
            }
        }
    }
    Ok(any)
}
