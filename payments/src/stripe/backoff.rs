//! How long to wait before asking again.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// The pause before the first repeat is at most this; each further one doubles it.
const FIRST: Duration = Duration::from_millis(400);

/// The pause after the `attempt`th failure (1 is the first) of a client's `call`th call.
///
/// It lies between half of the bound and the bound. Where in between is derived from what is being asked, so that many
/// calls that failed together do not come back together, and a test sees the same pauses each time.
pub(super) fn pause(seed: &str, call: u64, attempt: u32) -> Duration {
    let bound = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(8));
    let hash = Sha256::new().chain_update(seed).chain_update(call.to_be_bytes()).chain_update(attempt.to_be_bytes());
    let chance = hash.finalize()[0];
    bound / 2 + bound / 2 * u32::from(chance) / 256
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_within_their_bounds() {
        for call in 0..500 {
            for (attempt, bound) in [(1, 400), (2, 800), (3, 1600)] {
                let pause = pause("key", call, attempt).as_millis();
                assert!((bound / 2..bound).contains(&pause), "{pause} ms after failure {attempt}");
            }
        }
        assert!(pause("key", 0, u32::MAX) < Duration::from_secs(110));
    }

    #[test]
    fn calls_that_failed_together_come_back_apart() {
        let pauses: std::collections::HashSet<_> = (0..50).map(|call| pause("key", call, 1)).collect();
        assert!(pauses.len() > 30, "only {} different pauses of 50", pauses.len());
    }
}
