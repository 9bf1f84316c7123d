//! Whether a company has shown that a domain is theirs, and goes on showing it.
//!
//! Only an answer counts against a domain: a name server that does not answer may be ours that is away. And only the
//! worker's looks count, a day apart, so that nobody's impatience makes a domain fail.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// So many looks in a row without the record, and the domain stops counting for new people.
pub const THRICE: u32 = 3;
/// How long a domain that nobody has proved is looked at by itself.
pub const PATIENCE: Duration = Duration::from_hours(7 * 24);
/// How often it is, until then.
const WAITING: Duration = Duration::from_hours(1);
/// How often a proved domain is looked at.
const PROVED: Duration = Duration::from_hours(7 * 24);
/// How often one is whose last look did not find the record.
const FAILING: Duration = Duration::from_hours(24);

/// What a look found instead of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No record.
    Missing,
    /// Records, none of them ours.
    Other,
    /// No answer.
    Unanswered,
}

/// Who looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looker {
    /// Somebody who pressed the button.
    Person,
    /// The worker.
    Worker,
}

/// How a domain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The record has not been found yet.
    Waiting,
    /// It counts.
    Verified,
    /// It was verified, and the last look did not find the record.
    Failing {
        /// Whether it still counts for new people.
        counts: bool,
    },
}

/// What is known about the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Since when it is asked for.
    pub created_at: Timestamp,
    /// When it was found first.
    pub verified_at: Option<Timestamp>,
    /// The last look.
    pub checked_at: Option<Timestamp>,
    /// What that look found instead of the record.
    pub failure: Option<Failure>,
    /// How many of the worker's looks in a row were answered without the record.
    pub failures: u32,
    /// When the worker looks again; `None`: when somebody asks.
    pub look_at: Option<Timestamp>,
}

impl Proof {
    /// Nobody has looked yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            created_at: now,
            verified_at: None,
            checked_at: None,
            failure: None,
            failures: 0,
            look_at: Some(now.plus(WAITING)),
        }
    }

    /// Whether people of the domain may come.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.verified_at.is_some() && self.failures < THRICE
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.verified_at, self.failure) {
            (None, _) => Standing::Waiting,
            (Some(_), None) if self.failures == 0 => Standing::Verified,
            (Some(_), _) => Standing::Failing { counts: self.counts() },
        }
    }

    /// What is known after a look at `now`.
    #[must_use]
    pub fn after(self, found: Result<(), Failure>, looker: Looker, now: Timestamp) -> Self {
        let verified_at = self.verified_at.or(found.is_ok().then_some(now));
        let failures = match found {
            Ok(()) => 0,
            Err(Failure::Missing | Failure::Other) if looker == Looker::Worker && verified_at.is_some() => {
                self.failures.saturating_add(1)
            }
            Err(_) => self.failures,
        };
        let look_at = match (verified_at, found) {
            (Some(_), Ok(())) => Some(now.plus(PROVED)),
            // Who asks often does not put off the look that counts.
            (Some(_), Err(_)) if looker == Looker::Person => {
                Some(self.look_at.map_or(now.plus(FAILING), |at| at.min(now.plus(FAILING))))
            }
            (Some(_), Err(_)) => Some(now.plus(FAILING)),
            (None, _) => Some(now.plus(WAITING)).filter(|at| *at <= self.created_at.plus(PATIENCE)),
        };
        Self { verified_at, checked_at: Some(now), failure: found.err(), failures, look_at, ..self }
    }
}
