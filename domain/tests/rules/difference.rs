//! In what one version of a plan is another than the one before, and whether anybody would miss something.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::num::NonZeroU32;

use domain::billed::{Growth, Shrink};
use domain::plan::{Plan, SeatRule, differences, is_no_worse};
use domain::{Catalog, Currency, Interval, Money, Price, SeatLimit};
use proptest::prelude::*;

fn catalog(text: &str) -> Catalog {
    Catalog::parse("test.toml", text).unwrap_or_else(|no| panic!("{no}"))
}

const FREE: &str =
    "[[plan]]\nkey = \"free\"\nname = \"Free\"\ndescription = \"To look.\"\norder = 1\nseats = { max = 1 }\n";

/// A plan for 99 dollars, with these lines of its own.
fn plan(own: &str) -> Plan {
    let head = "[[plan]]\nkey = \"it\"\nname = \"It\"\ndescription = \"It.\"\norder = 2\n";
    let text = format!("{FREE}{head}{own}");
    catalog(&text).plan(&"it".parse().unwrap()).unwrap().clone()
}

fn base(seats: &str, more: &str) -> Plan {
    plan(&format!(
        "seats = {{ {seats} }}\n{more}\n[[plan.prices]]\ninterval = \"month\"\ncurrency = \"usd\"\nbase = 9_900\n"
    ))
}

fn words(from: &Plan, to: &Plan) -> Vec<(String, bool)> {
    differences(from, to).into_iter().map(|it| (it.words, it.worse)).collect()
}

fn no_worse(from: &Plan, to: &Plan) -> bool {
    let price = |plan: &Plan| plan.price(Interval::Month, Currency::USD).unwrap().clone();
    is_no_worse((from, &price(from)), (to, &price(to)))
}

#[test]
fn each_difference_is_named_with_what_it_was_and_is() {
    let limits = |projects: &str| format!("limits = {{ projects = {{ name = \"Projects\", limit = {projects} }} }}");
    let from = base("max = 5", &format!("retention_days = 30\nfeatures = {{ sso = \"SSO\" }}\n{}", limits("10")));
    let to = base(
        "max = 2, viewers = \"free\"",
        &format!("same_domain = true\nfeatures = {{ api = \"API\" }}\n{}", limits("\"unlimited\"")),
    );
    let there: Vec<(String, bool)> = [
        ("Seats: 5 to 2", true),
        ("Viewers: take no seat", false),
        ("Projects: 10 to no limit", false),
        ("API: new", false),
        ("SSO: gone", true),
        ("History kept: 30 days to for ever", false),
        ("Invitations: own domains only", true),
    ]
    .map(|(words, worse)| (words.to_owned(), worse))
    .into();
    assert_eq!(words(&from, &to), there);
    let worse = |all: Vec<(String, bool)>| all.into_iter().filter(|(_, worse)| *worse).count();
    assert_eq!(
        (worse(words(&from, &to)), worse(words(&to, &from))),
        (3, 4),
        "what is better on one way is worse on the other"
    );
    assert_eq!(words(&from, &from), []);
}

#[test]
fn more_for_the_same_price_is_no_worse_and_everything_else_is() {
    let from = base("max = 5", "");
    assert!(
        no_worse(&from, &base("max = 9", "")),
        "without a price for each, it is of no interest how many are included"
    );
    assert!(no_worse(&from, &base("max = 5, viewers = \"free\"", "features = { sso = \"SSO\" }")));
    assert!(!no_worse(&from, &base("max = 4", "")));
    assert!(!no_worse(&base("max = 5, viewers = \"free\"", ""), &from), "viewers would need seats");
    assert!(!no_worse(&from, &base("max = 5", "limits = { projects = { name = \"Projects\", limit = 9 } }")));
    let over = |each: u32| base(&format!("max = 5, overage = {each}"), "");
    assert!(!no_worse(&over(500), &over(600)));
}

fn rule() -> impl Strategy<Value = SeatRule> {
    let few = 0..4_u32;
    let max = prop::option::of(1..6_u32);
    (few.clone(), few.clone(), max, prop::option::of(0..2_i64), any::<bool>(), any::<bool>()).prop_map(
        |(included, min, max, overage, viewers_hold_seats, at_once)| SeatRule {
            included,
            min,
            max: max.and_then(NonZeroU32::new).map_or(SeatLimit::Unlimited, SeatLimit::Capped),
            overage: overage.map(|each| Money::new(each, Currency::USD)),
            viewers_hold_seats,
            growth: if at_once { Growth::Invoice } else { Growth::default() },
            shrink: Shrink::default(),
        },
    )
}

proptest! {
    #[test]
    fn what_is_no_worse_costs_the_same_whoever_comes_or_goes(
        from in rule(),
        to in rule(),
        base in prop::option::of(0..2_i64),
        per_seat in prop::option::of(0..2_i64),
        active in 0..12_u32,
    ) {
        let money = |minor: Option<i64>| minor.map(|minor| Money::new(minor, Currency::USD));
        let price = Price { interval: Interval::Month, currency: Currency::USD, base: money(base), per_seat: money(per_seat) };
        let with = |seats: SeatRule| Plan { seats, prices: vec![price.clone()], ..plan("seats = { max = 5 }\n[[plan.prices]]\ninterval = \"month\"\ncurrency = \"usd\"\nbase = 1\n") };
        let (from, to) = (with(from), with(to));
        prop_assert!(is_no_worse((&from, &price), (&from, &price)));
        let fits = from.seats.limit().cap().is_none_or(|cap| active <= cap);
        if fits && is_no_worse((&from, &price), (&to, &price)) {
            prop_assert_eq!(price.amount(&from.seats, active), price.amount(&to.seats, active));
            prop_assert!(to.seats.limit().cap().is_none_or(|cap| active <= cap));
        }
    }
}
