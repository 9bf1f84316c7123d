//! Things to look after every so often: when each was looked after last, in this process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;

/// When each thing was looked after last. Other processes have their own: what is done on a round may be done twice.
#[derive(Default)]
pub(crate) struct Rounds(Mutex<BTreeMap<&'static str, Timestamp>>);

impl Rounds {
    /// Whether it is time to look after this again: the first time, and from then on when `every` is over.
    pub(crate) fn due(&self, what: &'static str, every: Duration, now: Timestamp) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(what).copied();
        last.is_none_or(|last| now.since(last) >= every)
    }

    /// It has been looked after.
    pub(crate) fn done(&self, what: &'static str, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(what, now);
    }
}
