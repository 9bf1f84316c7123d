//! Billing periods: steps from an anchor, in UTC, the day clamped to the month's end.

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// How long a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

impl Interval {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

const DAY: i64 = 86_400;

/// The anchor moved by `steps` × `count` intervals. Always from the anchor, so 31 January gives 28 February and then
/// 31 March.
pub fn step(anchor: i64, interval: Interval, count: u32, steps: u32) -> i64 {
    let total = i64::from(count) * i64::from(steps);
    match interval {
        Interval::Day => anchor + total * DAY,
        Interval::Week => anchor + total * 7 * DAY,
        Interval::Month => add_months(anchor, total),
        Interval::Year => add_months(anchor, total * 12),
    }
}

/// The period around `at` (seconds since 1970): start, end. Before the anchor, the period ends at the anchor.
pub fn period(anchor: i64, interval: Interval, count: u32, at: i64) -> (i64, i64) {
    let mut steps = 1;
    while step(anchor, interval, count, steps) <= at {
        steps += 1;
    }
    (step(anchor, interval, count, steps - 1), step(anchor, interval, count, steps))
}

fn add_months(at: i64, months: i64) -> i64 {
    let Ok(from) = OffsetDateTime::from_unix_timestamp(at) else { return at };
    let all = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + months;
    let (Ok(year), Ok(month)) = (i32::try_from(all.div_euclid(12)), u8::try_from(all.rem_euclid(12) + 1)) else {
        return at;
    };
    let Ok(month) = Month::try_from(month) else { return at };
    Date::from_calendar_date(year, month, from.day().min(month.length(year)))
        .map_or(at, |date| date.with_time(from.time()).assume_offset(UtcOffset::UTC).unix_timestamp())
}

/// `10 Nov 2025`.
pub fn day(at: i64) -> String {
    let Ok(date) = OffsetDateTime::from_unix_timestamp(at) else { return at.to_string() };
    let month = date.month().to_string();
    format!("{} {} {}", date.day(), &month[..3], date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn months_clamp_from_the_anchor() {
        let anchor = datetime!(2027-01-31 10:00 UTC).unix_timestamp();
        let ends = (1..=4).map(|n| step(anchor, Interval::Month, 1, n)).collect::<Vec<_>>();
        let wanted = [
            datetime!(2027-02-28 10:00 UTC),
            datetime!(2027-03-31 10:00 UTC),
            datetime!(2027-04-30 10:00 UTC),
            datetime!(2027-05-31 10:00 UTC),
        ];
        assert_eq!(ends, wanted.map(OffsetDateTime::unix_timestamp));
    }

    #[test]
    fn a_leap_day_renews_on_the_28th() {
        let anchor = datetime!(2028-02-29 00:00 UTC).unix_timestamp();
        assert_eq!(step(anchor, Interval::Year, 1, 1), datetime!(2029-02-28 00:00 UTC).unix_timestamp());
        assert_eq!(step(anchor, Interval::Year, 1, 4), datetime!(2032-02-29 00:00 UTC).unix_timestamp());
    }

    #[test]
    fn a_period_holds_its_start_and_not_its_end() {
        let anchor = datetime!(2026-11-22 12:00 UTC).unix_timestamp();
        let (start, end) = period(anchor, Interval::Year, 1, anchor);
        assert_eq!((start, end), (anchor, datetime!(2027-11-22 12:00 UTC).unix_timestamp()));
        assert_eq!(period(anchor, Interval::Year, 1, end).0, end);
        assert_eq!(day(anchor), "22 Nov 2026");
    }
}
