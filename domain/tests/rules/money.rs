//! Amounts: shown exactly, added exactly, or refused.

use domain::money::MoneyError;
use domain::{Currency, Money};
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

#[test]
fn amounts_are_shown_as_people_write_them() {
    for (minor, code, shown) in [
        (0, "usd", "$0.00"),
        (5, "usd", "$0.05"),
        (99, "usd", "$0.99"),
        (100, "usd", "$1.00"),
        (99_900, "usd", "$999.00"),
        (499_900, "usd", "$4,999.00"),
        (999_800, "usd", "$9,998.00"),
        (100_000_000, "usd", "$1,000,000.00"),
        (-1_250, "usd", "-$12.50"),
        (-5, "usd", "-$0.05"),
        (120_000, "chf", "CHF 1,200.00"),
        (-120_000, "chf", "-CHF 1,200.00"),
        (2_900, "eur", "€29.00"),
        (2_900, "gbp", "£29.00"),
        (500, "jpy", "¥500"),
        (1_234_567, "jpy", "¥1,234,567"),
        (-500, "jpy", "-¥500"),
        (1_234_560, "kwd", "KWD 1,234.560"),
        (10, "kwd", "KWD 0.010"),
        (i64::MAX, "usd", "$92,233,720,368,547,758.07"),
        (i64::MIN, "usd", "-$92,233,720,368,547,758.08"),
        (i64::MIN, "jpy", "-¥9,223,372,036,854,775,808"),
        (i64::MIN, "kwd", "-KWD 9,223,372,036,854,775.808"),
    ] {
        assert_eq!(Money::new(minor, currency(code)).to_string(), shown);
    }
}

#[test]
fn what_can_be_charged_is_a_multiple_of_the_currencys_step() {
    for (code, step) in [("usd", 1), ("jpy", 1), ("krw", 1), ("kwd", 10), ("bhd", 10), ("isk", 100), ("ugx", 100)] {
        assert_eq!(currency(code).step(), step, "{code}");
    }
    assert_eq!(Money::new(500_000, currency("isk")).to_string(), "ISK 5,000.00", "5,000 krónur, as Stripe counts them");
}

#[test]
fn a_currency_is_three_lower_case_letters() {
    assert_eq!(currency("usd"), Currency::USD);
    for text in ["", "us", "usdd", "USD", "us1", "u d", "üs", "€"] {
        assert!(text.parse::<Currency>().is_err(), "{text}");
        assert!(serde_json::from_str::<Currency>(&format!("\"{text}\"")).is_err(), "{text}");
    }
}

#[test]
fn dollars_and_euros_do_not_add_up() {
    assert_eq!(Money::new(1, Currency::USD).plus(Money::new(1, currency("eur"))), Err(MoneyError::Currencies));
}

#[test]
fn what_is_too_large_is_refused_and_never_wraps() {
    let most = Money::new(i64::MAX, Currency::USD);
    assert_eq!(most.plus(Money::new(1, Currency::USD)), Err(MoneyError::TooLarge));
    assert_eq!(most.times(2), Err(MoneyError::TooLarge));
    assert_eq!(Money::new(i64::MIN, Currency::USD).times(2), Err(MoneyError::TooLarge));
    assert_eq!(most.times(1), Ok(most));
    assert_eq!(most.times(0), Ok(Money::zero(Currency::USD)));
}

proptest! {
    #[test]
    fn sums_and_products_are_those_of_whole_numbers(a in any::<i64>(), b in any::<i64>(), n in any::<u32>()) {
        let of = |minor| Money::new(minor, Currency::USD);
        let exact = |wide: i128| i64::try_from(wide).map(of).map_err(|_| MoneyError::TooLarge);
        prop_assert_eq!(of(a).plus(of(b)), exact(i128::from(a) + i128::from(b)));
        prop_assert_eq!(of(a).times(n), exact(i128::from(a) * i128::from(n)));
    }

    #[test]
    fn what_is_shown_is_the_whole_amount(minor in any::<i64>(), code in "usd|jpy|kwd|chf") {
        let shown = Money::new(minor, currency(&code)).to_string();
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(digits.parse::<u64>().expect("digits"), minor.unsigned_abs());
        prop_assert_eq!(shown.starts_with('-'), minor < 0);
    }
}
