//! Time comes in here and nowhere else.

use std::time::{Duration, UNIX_EPOCH};

use domain::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    ahead: Duration,
}

impl SystemClock {
    /// So much ahead of the machine: to see, in development, what time brings.
    #[must_use]
    pub const fn ahead(ahead: Duration) -> Self {
        Self { ahead }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the front door that the rule speaks of")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from((since + self.ahead).as_micros()).unwrap_or(i64::MAX))
    }
}
