//! The catalogue that comes with Usher is the one that R1.3 describes.

use domain::plan::{Limit, Visibility};
use domain::{Catalog, Currency, Interval, Plan, PlanKey, SeatLimit};

use crate::plan_table::table;

fn plan(key: &str) -> &'static Plan {
    let key: PlanKey = key.parse().expect("a key");
    Catalog::built_in().plan(&key).expect("a plan of the default catalogue")
}

#[test]
fn five_plans_are_sold_in_this_order() {
    let keys: Vec<_> = Catalog::built_in().public().map(|plan| plan.key.as_str()).collect();
    assert_eq!(keys, ["free", "team", "enterprise", "premium", "all_access"]);
    assert_eq!(Catalog::built_in().free(), plan("free"));
    assert!(Catalog::built_in().plans().iter().all(|plan| plan.visibility == Visibility::Public));
}

#[test]
fn ai_analysis_is_in_every_plan() {
    assert!(Catalog::built_in().plans().iter().all(|plan| plan.features.contains_key("ai_analysis")));
}

#[test]
fn three_seats_of_all_access_cost_three_times_4999_dollars_a_year() {
    let plan = plan("all_access");
    assert_eq!(plan.seats.limit(), SeatLimit::from_cap(Some(3)));
    assert!(plan.same_domain);
    assert_eq!(plan.badge.as_deref(), Some("Introductory"));
    assert_eq!(plan.price(Interval::Month, Currency::USD), None);
    let price = plan.price(Interval::Year, Currency::USD).expect("a yearly price");
    let amounts = [1, 2, 3].map(|seats| price.amount(&plan.seats, seats).expect("an amount").to_string());
    assert_eq!(amounts, ["$4,999.00", "$9,998.00", "$14,997.00"]);
}

#[test]
fn a_yearly_price_is_about_a_fifth_less_than_twelve_monthly_ones() {
    for plan in Catalog::built_in().plans() {
        let (Some(month), Some(year)) =
            (plan.price(Interval::Month, Currency::USD), plan.price(Interval::Year, Currency::USD))
        else {
            continue;
        };
        let of = |price: &domain::Price| price.base.or(price.per_seat).expect("an amount").minor;
        let saved = 1000 - of(year) * 1000 / (of(month) * 12);
        assert!((195..=205).contains(&saved), "{}: {saved} thousandths", plan.key);
    }
}

#[test]
fn the_free_plan_is_small_and_says_so() {
    let plan = plan("free");
    assert_eq!(plan.seats.limit(), SeatLimit::from_cap(Some(3)));
    assert_eq!(plan.limits["projects"].limit, Limit::AtMost(1));
    assert_eq!(plan.meters["test_runs"].allowance, Limit::AtMost(100));
}

/// Every field of every plan, one line each: a change of what is sold is seen in review.
#[test]
fn the_plan_table() {
    insta::assert_snapshot!(Catalog::built_in().plans().iter().map(table).collect::<String>());
}
