//! A clock moved by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use service::{Clock, SystemClock};

/// Stands still until it is moved. Starts at the machine's time, because the sandbox and its signatures go by that.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Now, as the machine has it.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicI64::new(SystemClock::default().now().micros()))
    }

    /// Lets a while pass.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Goes to a point in time, back too.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.micros(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
