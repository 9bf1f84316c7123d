//! Points in time.

use std::time::Duration;

use domain::{Interval, Timestamp};
use proptest::prelude::*;

#[test]
fn times_are_shown_for_people_and_for_machines() {
    let at = Timestamp::from_secs(1_826_892_309);
    assert_eq!(at.rfc3339(), "2027-11-22T14:05:09Z");
    assert_eq!(at.date(), "22 November 2027");
    assert_eq!(at.date_time(), "22 Nov 2027, 14:05 UTC");
    let early = Timestamp::from_secs(0);
    assert_eq!(early.date(), "1 January 1970", "no zero and no space before the day");
    assert_eq!(early.date_time(), "1 Jan 1970, 00:00 UTC");
    assert_eq!(Timestamp::from_micros(-1).rfc3339(), "1969-12-31T23:59:59Z");
}

#[test]
fn what_is_out_of_the_calendar_is_shown_as_its_end() {
    assert_eq!(Timestamp::from_micros(i64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
    assert_eq!(Timestamp::from_micros(i64::MIN).rfc3339(), "0000-01-01T00:00:00Z");
}

#[test]
fn a_day_ends_with_its_last_second() {
    let end = |text| Timestamp::end_of_day(text).map(Timestamp::rfc3339);
    assert_eq!(end("2028-02-29").as_deref(), Some("2028-02-29T23:59:59Z"));
    for none in
        ["", "2027-02-29", "2027-13-01", "22.11.2027", "2027-11-22T10:00", " 2027-11-22", "2027-11-22x", "99999-01-01"]
    {
        assert_eq!(end(none), None, "{none}");
    }
}

#[test]
fn sums_stop_at_the_ends() {
    let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
    assert_eq!(last.plus(Duration::MAX), last);
    assert_eq!(first.minus(Duration::MAX), first);
    assert_eq!(first.since(last), Duration::ZERO);
    assert_eq!(Timestamp::from_secs(i64::MAX), last);
}

#[test]
fn months_are_reckoned_from_the_first_day_and_clamped() {
    let day = |text: &str| Timestamp::end_of_day(text).unwrap();
    let (january, leap) = (day("2027-01-31"), day("2028-02-29"));
    for (steps, expected) in [(1, "2027-02-28"), (2, "2027-03-31"), (3, "2027-04-30"), (12, "2028-01-31")] {
        assert_eq!(january.step(Interval::Month, steps), day(expected));
    }
    assert_eq!(leap.step(Interval::Year, 1), day("2029-02-28"));
    assert_eq!(leap.step(Interval::Year, 4), day("2032-02-29"));
    let last = Timestamp::from_micros(i64::MAX);
    assert_eq!(last.step(Interval::Year, 1), last);
}

proptest! {
    #[test]
    fn later_and_back_is_where_one_was(micros in -4_000_000_000_000_000_i64..4_000_000_000_000_000, secs in 0..4_000_000_000_u64) {
        let (at, span) = (Timestamp::from_micros(micros), Duration::from_secs(secs));
        prop_assert_eq!(at.plus(span).minus(span), at);
        prop_assert_eq!(at.plus(span).since(at), span);
        prop_assert!(at.plus(span) >= at);
    }

    #[test]
    fn every_time_can_be_shown(micros in any::<i64>()) {
        let at = Timestamp::from_micros(micros);
        prop_assert_eq!(at.rfc3339().len(), 20);
        prop_assert!(!at.date().is_empty() && !at.date_time().is_empty());
    }
}
