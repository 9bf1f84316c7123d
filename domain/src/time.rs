//! Points in time, as whole microseconds since 1970 in UTC, because that is what both databases keep.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time};

use crate::Interval;

/// A point in time in UTC, to the microsecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since 1970, the unit of Stripe's times. Saturates outside of ± 292,000 years.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This time and a while later. Saturates.
    #[must_use]
    pub fn plus(self, while_: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(while_.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This time and a while earlier. Saturates.
    #[must_use]
    pub fn minus(self, while_: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(while_.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// So many intervals later: the same day of the month and the same time, or the month's last day where it is shorter.
    /// Always reckoned from the first day, so that 31 January comes to 28 February and then to 31 March.
    #[must_use]
    pub fn step(self, interval: Interval, steps: u32) -> Self {
        let months = i64::from(steps)
            * match interval {
                Interval::Month => 1,
                Interval::Year => 12,
            };
        let from = self.civil();
        let all = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + months;
        let moved = || {
            let year = i32::try_from(all.div_euclid(12)).ok()?;
            let month = Month::try_from(u8::try_from(all.rem_euclid(12) + 1).ok()?).ok()?;
            let day = from.day().min(month.length(year));
            let date = Date::from_calendar_date(year, month, day).ok()?;
            let seconds = date.with_time(from.time()).assume_utc().unix_timestamp();
            Some(Self(seconds.saturating_mul(1_000_000).saturating_add(self.0.rem_euclid(1_000_000))))
        };
        // Beyond the calendar's last year, time stands still.
        moved().unwrap_or(self)
    }

    /// As a date. What lies outside of the years 0 to 9999 is shown as their end.
    fn civil(self) -> OffsetDateTime {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        OffsetDateTime::from_unix_timestamp(self.secs().clamp(FIRST, LAST)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The last second of the day written as `2027-11-22`, in UTC; `None` if the text is no such day.
    #[must_use]
    pub fn end_of_day(text: &str) -> Option<Self> {
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        Some(Self::from_secs(day.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp() + 86_399))
    }

    /// `22 November 2027`, in UTC.
    #[must_use]
    pub fn date(self) -> String {
        self.civil().format(format_description!("[day padding:none] [month repr:long] [year]")).unwrap_or_default()
    }

    /// `22 Nov 2027, 14:05 UTC`.
    #[must_use]
    pub fn date_time(self) -> String {
        self.civil()
            .format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"))
            .unwrap_or_default()
    }

    /// `2027-11-22T14:05:09Z`, for `<time datetime>` and for machines.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.civil().format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A span of time, `from` included and `until` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}
