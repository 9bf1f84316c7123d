//! The three further catalogues that come with Usher are the ones that R1.4 describes.

use domain::plan::Limit;
use domain::{Catalog, Currency, Interval, Money, Plan, SeatLimit};

use crate::plan_table::table;

const SAAS: &str = include_str!("../../../catalog/saas-dashboard.toml");
const FOUNDING: &str = include_str!("../../../catalog/founding.toml");
const METERED: &str = include_str!("../../../catalog/metered.toml");

fn catalog(name: &str, text: &str) -> Catalog {
    Catalog::parse(name, text).unwrap_or_else(|no| panic!("{no}"))
}

fn plan<'a>(catalog: &'a Catalog, key: &str) -> &'a Plan {
    catalog.plan(&key.parse().expect("a key")).expect("a plan")
}

fn all(catalog: &Catalog) -> String {
    catalog.plans().iter().map(table).collect()
}

#[test]
fn the_dashboard_is_sold_in_four_sizes() {
    let catalog = catalog("catalog/saas-dashboard.toml", SAAS);
    let cap = |key: &str| plan(&catalog, key).seats.limit();
    assert_eq!(["free", "starter", "professional"].map(cap), [1, 5, 20].map(|cap| SeatLimit::from_cap(Some(cap))));
    let enterprise = plan(&catalog, "enterprise");
    assert!(enterprise.custom_price && !enterprise.is_sold());
    assert_eq!(enterprise.limits["projects"].limit, Limit::Unlimited);
    insta::assert_snapshot!(all(&catalog));
}

#[test]
fn founders_pay_one_price_and_have_limits_of_each_product() {
    let catalog = catalog("catalog/founding.toml", FOUNDING);
    let founding = plan(&catalog, "founding_monthly");
    assert_eq!((founding.prices.len(), founding.trial_days), (1, 0));
    assert!(founding.price(Interval::Month, Currency::USD).is_some());
    assert_eq!(founding.limits["trucking.max_locations"].limit, Limit::AtMost(5));
    insta::assert_snapshot!(all(&catalog));
}

#[test]
fn use_is_billed_beyond_what_is_included() {
    let catalog = catalog("catalog/metered.toml", METERED);
    let scale = plan(&catalog, "scale");
    let cost = |meter: &str, used: u64| scale.meters[meter].cost(used).expect("billed").expect("an amount");
    for (meter, used, minor) in [
        ("events", 1_000_000, 0),
        ("events", 1_000_001, 400),
        ("events", 1_250_000, 1_200),
        ("exports", 101, 25),
        ("storage_gb", 150, 2_000),
        ("storage_gb", 151, 1_515),
        ("devices", 70, 7_500),
        ("devices", 71, 8_600),
    ] {
        assert_eq!(cost(meter, used), Money::new(minor, Currency::USD), "{meter}, {used}");
    }
    let price = scale.price(Interval::Month, Currency::USD).expect("a price");
    let month = |seats| price.amount(&scale.seats, seats).expect("an amount").minor;
    assert_eq!([1, 3, 4, 25, 26].map(month), [9_900, 9_900, 11_800, 51_700, 55_200]);
    insta::assert_snapshot!(all(&catalog));
}

#[test]
fn a_version_is_what_is_bought_and_not_how_it_is_praised() {
    let founding = |text: &str| plan(&catalog("founding.toml", text), "founding_monthly").fingerprint();
    let now = founding(FOUNDING);
    assert_eq!(now.len(), 16);
    for (from, to) in [
        ("Everything, at the price", "All of it, at the price"),
        ("badge = \"Founding price\"", "badge = \"Soon gone\""),
        ("name = \"Trucking: vehicles\"", "name = \"Vehicles\""),
        ("order = 2", "order = 3\nvisibility = \"legacy\""),
    ] {
        let text = FOUNDING.replacen(from, to, 9).replace("highlighted = true\n", "");
        assert_ne!(text, FOUNDING);
        assert_eq!(founding(&text), now, "{to}");
    }
    for (from, to) in [
        ("base = 19_900", "base = 24_900"),
        ("max = 10", "max = 10, growth = \"invoice\""),
        ("included = 10, max = 10", "included = 9, max = 9"),
        ("limit = 25", "limit = 26"),
        ("\"warehouse.scanning\" = \"Warehouse: scanning\"\n", ""),
        ("seats = { included = 10", "same_domain = true\nseats = { included = 10"),
    ] {
        let text = FOUNDING.replacen(from, to, 1);
        assert_ne!(text, FOUNDING);
        assert_ne!(founding(&text), now, "{to}");
    }
}
