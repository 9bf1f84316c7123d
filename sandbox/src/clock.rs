//! The one place where the sandbox reads the machine's clock and its randomness.

use std::sync::Arc;

/// Where a sandbox has the time from: seconds since 1970, in UTC.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// Asks this whenever the time is needed. It may jump, as far as it likes.
    pub fn new(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's.
    #[must_use]
    pub fn wall() -> Self {
        Self::new(|| wall_millis().div_euclid(1000))
    }

    pub(crate) fn now(&self) -> i64 {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::wall()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Milliseconds since 1970, as the machine has them.
#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is a server of its own; its engine takes the time as an argument"
)]
pub fn wall_millis() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// A seed for the names of a new sandbox.
#[expect(clippy::disallowed_methods, reason = "the engine takes the seed as an argument")]
pub fn new_seed() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gave no randomness: {error}"))?;
    Ok(u64::from_le_bytes(bytes))
}
