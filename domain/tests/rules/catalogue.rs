//! Catalogue files that are right.

use domain::billed::{Growth, Shrink};
use domain::catalog::{CatalogError, LARGEST_AMOUNT};
use domain::plan::{Aggregation, Beyond, Limit, MeterPrice, Tier, Visibility};
use domain::{Catalog, Currency, Interval, Money, Plan, SeatLimit};
use proptest::prelude::*;

const DEFAULT: &str = include_str!("../../../catalog/default.toml");
const DOCS: &str = include_str!("../../../docs/catalogue.md");

fn documented() -> Catalog {
    let text = DOCS.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    Catalog::parse("docs/catalogue.md", text).unwrap_or_else(|no| panic!("{no}"))
}

fn plan<'a>(catalog: &'a Catalog, key: &str) -> &'a Plan {
    catalog.plan(&key.parse().expect("a key")).expect("a plan")
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

#[test]
fn the_documented_example_says_all_that_can_be_said() {
    let catalog = documented();
    let keys: Vec<_> = catalog.plans().iter().map(|plan| plan.key.as_str()).collect();
    assert_eq!(keys, ["starter", "fleet_2025", "fleet", "custom"]);
    let public: Vec<_> = catalog.public().map(|plan| plan.key.as_str()).collect();
    assert_eq!(public, ["starter", "fleet"]);
    assert_eq!(catalog.free().key.as_str(), "starter");

    let old = plan(&catalog, "fleet_2025");
    assert_eq!(old.visibility, Visibility::Legacy);
    assert_eq!((old.trial_days, old.same_domain, old.retention_days), (14, true, Some(365)));
    assert_eq!(old.support.as_deref(), Some("Answers within a day"));
    assert_eq!(old.successor.as_ref(), Some(&plan(&catalog, "fleet").key));
    assert_eq!((old.seats.included, old.seats.min, old.seats.max), (5, 5, SeatLimit::from_cap(Some(50))));
    let price = old.price(Interval::Month, Currency::USD).expect("a price");
    assert_eq!((price.base, price.per_seat), (Some(usd(49_900)), Some(usd(4_900))));
    assert_eq!(price.amount(&old.seats, 7), Ok(usd(49_900 + 2 * 4_900)));
    assert_eq!(old.features["sso"], "Single sign-on");
    assert_eq!(old.limits["trucking.max_locations"].limit, Limit::AtMost(40));
    let tiers = |tiers: &[(Option<u64>, i64, Option<i64>)]| -> Vec<Tier> {
        tiers.iter().map(|(up_to, unit, flat)| Tier { up_to: *up_to, unit: usd(*unit), flat: flat.map(usd) }).collect()
    };
    for (key, aggregation, price) in [
        (
            "api_calls",
            Aggregation::Sum,
            MeterPrice::Graduated(tiers(&[(Some(100_000), 2, None), (None, 1, Some(500))])),
        ),
        ("reports", Aggregation::Count, MeterPrice::Package { size: 100, price: usd(1_000) }),
        ("storage", Aggregation::Max, MeterPrice::Volume(tiers(&[(Some(100), 20, None), (None, 15, None)]))),
        ("vehicles", Aggregation::Last, MeterPrice::Unit(usd(150))),
    ] {
        assert_eq!(old.meters[key].aggregation, aggregation, "{key}");
        assert_eq!(old.meters[key].beyond, Beyond::Overage(price), "{key}");
    }

    let new = plan(&catalog, "fleet");
    assert_eq!((new.highlighted, new.badge.as_deref()), (true, Some("New")));
    assert_eq!((new.seats.overage, new.seats.limit()), (Some(usd(6_900)), SeatLimit::Unlimited));
    assert_eq!((old.seats.growth, old.seats.shrink), (Growth::NextInvoice, Shrink::Renewal));
    assert_eq!((new.seats.growth, new.seats.shrink), (Growth::Invoice, Shrink::Now));
    assert_eq!((old.seats.viewers_hold_seats, new.seats.viewers_hold_seats), (true, false));
    let custom = plan(&catalog, "custom");
    assert_eq!(
        (custom.visibility, custom.custom_price, custom.is_sold(), custom.is_free()),
        (Visibility::Hidden, true, false, false)
    );
}

#[test]
fn plans_are_in_the_order_of_the_page_wherever_they_stand_in_the_file() {
    let turned: Vec<_> = DEFAULT.split("[[plan]]\n").skip(1).collect();
    let turned = turned.iter().rev().fold(String::new(), |text, plan| text + "[[plan]]\n" + plan);
    assert_eq!(&Catalog::parse("turned.toml", &turned).expect("a catalogue"), Catalog::built_in());
}

#[test]
fn plans_travel_as_json() {
    for catalog in [documented(), Catalog::built_in().clone()] {
        for plan in catalog.plans() {
            let json = serde_json::to_string(plan).expect("json");
            assert_eq!(&serde_json::from_str::<Plan>(&json).expect("a plan"), plan);
        }
    }
}

#[test]
fn lookup_keys_name_one_price_each() {
    for catalog in [&documented(), Catalog::built_in()] {
        let keys: Vec<_> = catalog
            .plans()
            .iter()
            .flat_map(|plan| plan.prices.iter().flat_map(|price| plan.price_specs(price)))
            .map(|spec| spec.lookup_key())
            .collect();
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert!(keys.iter().all(|key| key.len() <= 200), "the provider's longest");
    }
}

#[test]
fn carriage_returns_do_not_move_lines() {
    let windows = DEFAULT.replace('\n', "\r\n");
    assert_eq!(&Catalog::parse("windows.toml", &windows).expect("a catalogue"), Catalog::built_in());
    let wrong = windows.replace("key = \"team\"", "kee = \"team\"");
    let line = DEFAULT.lines().position(|line| line == "key = \"team\"").expect("a line") + 1;
    assert_eq!(Catalog::parse("windows.toml", &wrong).expect_err("a mistake").line, line);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A line left out, doubled or changed: a catalogue or a mistake in the file, with a sentence.
    #[test]
    fn a_damaged_file_is_refused_with_a_line_of_it(
        damage in prop::collection::vec((0..140_usize, 0..3_u8, "[a-z0-9=\"{}\\[\\]., _-]{0,12}"), 1..4),
    ) {
        let mut lines: Vec<String> = DEFAULT.lines().map(str::to_owned).collect();
        for (at, how, text) in damage {
            let at = at % lines.len();
            match how {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at].clone()),
                _ => lines[at] += &text,
            }
        }
        if let Err(CatalogError { file, line, reason }) = Catalog::parse("mine.toml", &lines.join("\n")) {
            prop_assert_eq!(file, "mine.toml");
            prop_assert!((1..=lines.len() + 1).contains(&line), "{line}: {reason}");
            prop_assert!(reason.ends_with('.') && !reason.contains('\n'), "{reason}");
        }
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let _ = Catalog::parse("mine.toml", &text);
    }

    #[test]
    fn no_price_of_a_catalogue_overflows(
        base in 0..=LARGEST_AMOUNT, per_seat in 1..=LARGEST_AMOUNT, max in 1..=u32::MAX, over in prop::option::of(0..=LARGEST_AMOUNT),
        active in any::<u32>(),
    ) {
        let over = over.map_or(String::new(), |over| format!(", overage = {over}"));
        let text = format!("{FREE}
            [[plan]]\nkey = \"p\"\nname = \"P\"\ndescription = \"P\"\norder = 2\nseats = {{ max = {max}{over} }}
            [[plan.prices]]\ninterval = \"month\"\ncurrency = \"usd\"\nbase = {base}\nper_seat = {per_seat}");
        let catalog = Catalog::parse("p.toml", &text).expect("a catalogue");
        let plan = plan(&catalog, "p");
        for seats in [0, 1, active, max, u32::MAX] {
            prop_assert!(plan.prices[0].amount(&plan.seats, seats).is_ok());
        }
    }
}

const FREE: &str =
    "[[plan]]\nkey = \"free\"\nname = \"Free\"\ndescription = \"Free.\"\norder = 1\nseats = { max = 1 }\n";
