//! What a period costs.

use std::num::NonZeroU32;

use domain::billed::{Growth, Shrink};
use domain::plan::{Interval, MOST_TO_SPARE, PlanKey, Price, SeatRule};
use domain::seat::SeatCount;
use domain::{Currency, Money, SeatLimit};
use proptest::prelude::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn price(base: Option<i64>, per_seat: Option<i64>) -> Price {
    Price { interval: Interval::Year, currency: Currency::USD, base: base.map(usd), per_seat: per_seat.map(usd) }
}

fn seats(included: u32, min: u32, max: Option<u32>, overage: Option<i64>) -> SeatRule {
    SeatRule {
        included,
        min,
        max: SeatLimit::from_cap(max),
        overage: overage.map(usd),
        viewers_hold_seats: true,
        growth: Growth::default(),
        shrink: Shrink::default(),
    }
}

#[test]
fn two_seats_of_all_access_are_9998_dollars() {
    let amount = price(None, Some(499_900)).amount(&seats(0, 1, Some(3), None), 2);
    assert_eq!(amount.expect("an amount").to_string(), "$9,998.00");
}

#[test]
fn the_base_is_never_multiplied() {
    let (flat, rule) = (price(Some(9_900), None), seats(20, 1, Some(20), None));
    for active in 0..=20 {
        assert_eq!(flat.amount(&rule, active), Ok(usd(9_900)), "{active}");
    }
    let (both, rule) = (price(Some(49_900), Some(4_900)), seats(5, 1, None, None));
    for (active, minor) in [(0, 49_900), (1, 49_900), (5, 49_900), (6, 54_800), (7, 59_700)] {
        assert_eq!(both.amount(&rule, active), Ok(usd(minor)), "{active}");
    }
}

#[test]
fn fewer_than_the_fewest_are_billed_as_the_fewest() {
    let rule = seats(0, 3, None, None);
    assert_eq!([0, 1, 3, 4].map(|active| rule.billable(active)), [3, 3, 3, 4]);
}

#[test]
fn seats_beyond_the_cap_cost_the_overage_and_only_that() {
    let rule = seats(2, 1, Some(10), Some(700));
    assert_eq!(rule.limit(), SeatLimit::Unlimited, "the gate lets them in");
    assert_eq!([1, 2, 10, 11, 15].map(|active| rule.billable(active)), [0, 0, 8, 8, 8]);
    assert_eq!([1, 2, 10, 11, 15].map(|active| rule.over(active)), [0, 0, 0, 1, 5]);
    assert_eq!(price(Some(10_000), Some(500)).amount(&rule, 12), Ok(usd(10_000 + 8 * 500 + 2 * 700)));
    assert_eq!(price(Some(10_000), None).amount(&rule, 12), Ok(usd(10_000 + 2 * 700)));
}

#[test]
fn a_number_of_seats_with_a_digit_too_many_is_not_on_sale() {
    let held = SeatCount { active: 7, reserved: 1 };
    assert_eq!(seats(0, 1, Some(10), None).on_sale(held), Some(7..=10));
    assert_eq!(seats(0, 1, None, None).on_sale(held), Some(7..=1_008), "100 after 7 is 107 and never 7100");
    assert_eq!(seats(0, 1, Some(10), Some(700)).on_sale(held), Some(7..=1_008), "a soft cap is no end");
    assert_eq!(seats(0, 20, None, None).on_sale(held), Some(20..=1_020));
    assert_eq!(seats(0, 1, Some(7), None).on_sale(held), None);
    assert_eq!(seats(0, 9, Some(8), None).on_sale(held), None);
}

#[test]
fn a_hard_cap_is_the_cap_of_the_gate() {
    assert_eq!(seats(0, 1, Some(3), None).limit(), SeatLimit::from_cap(Some(3)));
    assert_eq!(seats(0, 1, None, None).limit(), SeatLimit::Unlimited);
}

#[test]
fn a_key_is_a_short_plain_word() {
    for text in ["a", "all_access", "fleet_2025", &"a".repeat(40)] {
        assert_eq!(text.parse::<PlanKey>().expect("a key").as_str(), text);
    }
    for text in ["", "_a", "1a", "All", "all-access", "all access", "ä", &"a".repeat(41)] {
        assert!(text.parse::<PlanKey>().is_err(), "{text}");
    }
}

#[test]
fn an_interval_is_read_as_it_is_written_and_the_error_names_both() {
    for interval in [Interval::Month, Interval::Year] {
        assert_eq!(interval.as_str().parse(), Ok(interval));
    }
    let no = "Yearly".parse::<Interval>().expect_err("no interval");
    assert_eq!(no.to_string(), "`Yearly` is not an interval; write month or year");
}

fn rules() -> impl Strategy<Value = SeatRule> {
    (any::<u32>(), any::<u32>(), any::<Option<u32>>(), any::<bool>()).prop_map(|(included, min, max, over)| SeatRule {
        included,
        min,
        max: max.and_then(NonZeroU32::new).map_or(SeatLimit::Unlimited, SeatLimit::Capped),
        overage: over.then(|| usd(999_999_999)),
        viewers_hold_seats: true,
        growth: Growth::default(),
        shrink: Shrink::default(),
    })
}

proptest! {
    #[test]
    fn another_seat_never_costs_less(rule in rules(), active in 0..u32::MAX) {
        let price = price(Some(500), Some(300));
        let (one, more) = (price.amount(&rule, active), price.amount(&rule, active + 1));
        prop_assert!(one.expect("an amount").minor <= more.expect("an amount").minor);
    }

    #[test]
    fn no_catalogue_amount_overflows(rule in rules(), active in any::<u32>(), base in 0..=999_999_999_i64, each in 0..=999_999_999_i64) {
        let amount = price(Some(base), Some(each)).amount(&rule, active).expect("an amount");
        let over = u64::from(rule.over(active));
        let exact = i128::from(base) + i128::from(each) * i128::from(rule.billable(active))
            + rule.overage.map_or(0, |overage| i128::from(overage.minor) * i128::from(over));
        prop_assert_eq!(i128::from(amount.minor), exact);
    }

    #[test]
    fn what_is_on_sale_covers_everybody_and_has_an_end(rule in rules(), active in 0..2_000_000_u32, reserved in 0..9_u32) {
        let held = SeatCount { active, reserved };
        if let Some(on_sale) = rule.on_sale(held) {
            prop_assert!(*on_sale.start() >= active.max(1) && *on_sale.end() >= active + reserved);
            match rule.limit().cap() {
                Some(cap) => prop_assert_eq!(*on_sale.end(), cap),
                None => prop_assert!(*on_sale.end() - on_sale.start() <= MOST_TO_SPARE + reserved),
            }
        } else {
            prop_assert!(rule.limit().cap().is_some_and(|cap| cap < (active + reserved).max(rule.min).max(1)));
        }
    }

    #[test]
    fn every_member_is_billed_included_or_over(rule in rules(), active in any::<u32>()) {
        let covered = u64::from(rule.included) + u64::from(rule.billable(active)) + u64::from(rule.over(active));
        prop_assert!(covered >= u64::from(active));
    }
}
