//! How often somebody may try.
//!
//! Two things slow down who guesses: wrong passwords are counted in the database, for all nodes (`guesses.rs`), and the
//! pace of attempts is held on each node in memory, here. Both count for an address in the same way whether it has an
//! account or not.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::EmailAddress;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter, clock};

use crate::{Clock, Error, Services, Visit};

/// How often somebody may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins, sign-ups and other attempts from one source, in a minute.
    pub per_source: NonZeroU32,
    /// Letters about accounts to one address, in an hour.
    pub letters: NonZeroU32,
    /// With so many wrong passwords in a row an account closes to who types them.
    pub wrong_passwords: u32,
    /// For so long.
    pub closed_for: Duration,
}

impl Limits {
    /// For people.
    pub const REAL: Self = Self {
        per_source: NonZeroU32::MIN.saturating_add(59),
        letters: NonZeroU32::MIN.saturating_add(5),
        wrong_passwords: 10,
        closed_for: Duration::from_mins(15),
    };
    /// For one person at one machine, who has many names.
    pub const DEVELOPMENT: Self = Self {
        per_source: NonZeroU32::MIN.saturating_add(5_999),
        letters: NonZeroU32::MIN.saturating_add(599),
        ..Self::REAL
    };
    /// For tests and measurements that are about something else.
    pub const GENEROUS: Self =
        Self { per_source: NonZeroU32::MAX, letters: NonZeroU32::MAX, wrong_passwords: u32::MAX, ..Self::REAL };
}

/// The paces that are held on this node.
pub(crate) struct Limiters {
    sources: Pace<Source>,
    letters: Pace<String>,
}

impl Limiters {
    pub(crate) fn new(limits: Limits, clock: &Arc<dyn Clock>) -> Self {
        Self {
            sources: Pace::new(Quota::per_minute(limits.per_source), clock),
            letters: Pace::new(Quota::per_hour(limits.letters), clock),
        }
    }
}

/// One more attempt from this source. What comes from nowhere (tests, the command line) is not counted.
pub(crate) fn attempt(s: &Services, visit: &Visit) -> Result<(), Error> {
    match visit.ip.as_deref().map(Source::of) {
        Some(source) => s.limiters().sources.step(&source),
        None => Ok(()),
    }
}

/// One more letter about an account to this address.
///
/// Strangers can use the hour's letters up, and shut nobody out by that: each of the letters they have caused has a
/// link that works, and only the address's owner can read it.
pub(crate) fn letter(s: &Services, to: &EmailAddress) -> Result<(), Error> {
    s.limiters().letters.step(&to.folded().to_owned())
}

/// Where attempts come from. One household has a whole /64 of IPv6, so that counts as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Source {
    V4([u8; 4]),
    V6([u16; 4]),
    Other(String),
}

impl Source {
    fn of(ip: &str) -> Self {
        match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(IpAddr::V4(ip)) => Self::V4(ip.octets()),
            Ok(IpAddr::V6(ip)) => {
                let [a, b, c, d, ..] = ip.segments();
                Self::V6([a, b, c, d])
            }
            Err(_) => Self::Other(ip.to_owned()),
        }
    }
}

/// A pace for each key.
struct Pace<K: Clone + Eq + Hash> {
    limiter: RateLimiter<K, HashMapStateStore<K>, Hand, NoOpMiddleware<Duration>>,
    steps: AtomicU32,
}

/// How many steps are made before those are forgotten who have not come for a while.
const TIDY_EVERY: u32 = 1_024;

impl<K: Clone + Eq + Hash> Pace<K> {
    fn new(quota: Quota, clock: &Arc<dyn Clock>) -> Self {
        let limiter = RateLimiter::hashmap_with_clock(quota, Hand(Arc::clone(clock)));
        Self { limiter, steps: AtomicU32::new(0) }
    }

    fn step(&self, key: &K) -> Result<(), Error> {
        if self.steps.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|no| {
            let now = clock::Clock::now(self.limiter.clock());
            Error::TooMany { after: no.wait_time_from(now) }
        })
    }
}

/// Our clock, as the limiter reads it.
#[derive(Clone)]
struct Hand(Arc<dyn Clock>);

impl clock::Clock for Hand {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().micros()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_household_is_one_source() {
        assert_eq!(Source::of("2001:db8:1:2:3::1"), Source::of("2001:db8:1:2:ffff::9"));
        assert_ne!(Source::of("2001:db8:1:2::1"), Source::of("2001:db8:1:3::1"));
        assert_eq!(Source::of("::ffff:192.0.2.1"), Source::of("192.0.2.1"));
        assert_ne!(Source::of("192.0.2.1"), Source::of("192.0.2.2"));
        assert_eq!(Source::of("somewhere"), Source::Other("somewhere".to_owned()));
    }
}
