//! Which changes happen now, and which at the period's end.

use domain::quote::{Cost, When};
use domain::{Currency, Interval, Money};

fn cost(interval: Interval, minor: i64) -> Cost {
    Cost { interval, amount: Money::new(minor, Currency::USD) }
}

#[test]
fn more_is_now_and_less_is_at_the_periods_end() {
    use Interval::{Month, Year};
    // today, wanted at today's interval, paid how often
    for (today, wanted, interval, when) in [
        (cost(Month, 9_900), cost(Month, 49_900), Month, When::Now),
        (cost(Month, 49_900), cost(Month, 9_900), Month, When::AtPeriodEnd),
        (cost(Month, 9_900), cost(Month, 9_900), Year, When::Now),
        (cost(Year, 95_000), cost(Year, 95_000), Month, When::AtPeriodEnd),
        // A larger plan does not shorten what is paid for.
        (cost(Year, 95_000), cost(Year, 480_000), Month, When::AtPeriodEnd),
        // A smaller plan is a step down, also for a year.
        (cost(Month, 49_900), cost(Month, 9_900), Year, When::AtPeriodEnd),
        // Not sold by the month: a year of it against a year of what is there.
        (cost(Month, 2_900), cost(Year, 499_900), Year, When::Now),
        (cost(Month, 49_900), cost(Year, 499_900), Year, When::AtPeriodEnd),
        (cost(Month, 2_900), cost(Month, 2_900), Month, When::Now),
    ] {
        assert_eq!(When::of(today, wanted, interval, false), when, "{today:?} {wanted:?} {interval}");
        assert_eq!(When::of(today, wanted, interval, true), When::Now, "in a trial nothing is paid for yet");
    }
}
