//! What use costs: the tiers, counted one unit after another.

use domain::money::MoneyError;
use domain::plan::{Aggregation, Beyond, Limit, Meter, MeterPrice, Tier};
use domain::{Currency, Money};
use proptest::prelude::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn tiers(tiers: &[(Option<u64>, i64, i64)]) -> Vec<Tier> {
    let flat = |flat: i64| (flat > 0).then(|| usd(flat));
    tiers.iter().map(|(up_to, unit, more)| Tier { up_to: *up_to, unit: usd(*unit), flat: flat(*more) }).collect()
}

fn amount(price: &MeterPrice, units: u64) -> i64 {
    price.amount(units).expect("an amount").minor
}

fn meter(allowance: Limit, beyond: Beyond) -> Meter {
    Meter { name: "Calls".to_owned(), allowance, aggregation: Aggregation::Sum, beyond }
}

#[test]
fn tiers_change_at_their_boundary_and_not_one_unit_off() {
    let steps = tiers(&[(Some(1_000), 5, 0), (Some(5_000), 3, 0), (None, 1, 0)]);
    let graduated = MeterPrice::Graduated(steps.clone());
    for (units, minor) in
        [(0, 0), (1, 5), (999, 4_995), (1_000, 5_000), (1_001, 5_003), (5_000, 17_000), (5_001, 17_001)]
    {
        assert_eq!(amount(&graduated, units), minor, "graduated, {units}");
    }
    let volume = MeterPrice::Volume(steps);
    for (units, minor) in [(0, 0), (1, 5), (1_000, 5_000), (1_001, 3_003), (5_000, 15_000), (5_001, 5_001)] {
        assert_eq!(amount(&volume, units), minor, "volume, {units}");
    }
}

#[test]
fn a_flat_amount_is_added_once_its_tier_is_reached() {
    let steps = tiers(&[(Some(10), 2, 100), (None, 1, 500)]);
    let graduated = MeterPrice::Graduated(steps.clone());
    assert_eq!([0, 1, 10, 11].map(|units| amount(&graduated, units)), [0, 102, 120, 621]);
    let volume = MeterPrice::Volume(steps);
    assert_eq!([0, 1, 10, 11].map(|units| amount(&volume, units)), [0, 102, 120, 511]);
}

#[test]
fn a_begun_package_is_a_whole_one() {
    let price = MeterPrice::Package { size: 1_000, price: usd(250) };
    assert_eq!([0, 1, 1_000, 1_001, 2_000].map(|units| amount(&price, units)), [0, 250, 250, 500, 500]);
}

#[test]
fn only_what_is_beyond_the_allowance_is_billed() {
    let billed = meter(Limit::AtMost(100), Beyond::Overage(MeterPrice::Unit(usd(7))));
    assert_eq!([0, 99, 100, 101, 110].map(|used| billed.beyond(used)), [0, 0, 0, 1, 10]);
    assert_eq!(billed.cost(110), Some(Ok(usd(70))));
    let stops = meter(Limit::AtMost(100), Beyond::Stop);
    assert_eq!((stops.beyond(500), stops.cost(500)), (0, None));
    assert_eq!(meter(Limit::Unlimited, Beyond::Stop).beyond(u64::MAX), 0);
}

#[test]
fn more_than_an_amount_can_be_is_refused() {
    assert_eq!(MeterPrice::Unit(usd(999_999_999)).amount(u64::MAX), Err(MoneyError::TooLarge));
    assert_eq!(MeterPrice::Unit(usd(0)).amount(u64::MAX), Ok(usd(0)));
}

/// Ascending tiers with small steps, so that every boundary is met.
fn any_tiers() -> impl Strategy<Value = Vec<Tier>> {
    (prop::collection::vec((1..20_u64, 0..50_i64, 0..30_i64), 0..5), 0..50_i64, 0..30_i64).prop_map(
        |(steps, unit, flat)| {
            let mut end = 0;
            let mut all: Vec<_> = steps
                .into_iter()
                .map(|(size, unit, flat)| {
                    end += size;
                    (Some(end), unit, flat)
                })
                .collect();
            all.push((None, unit, flat));
            tiers(&all)
        },
    )
}

fn tier_of(tiers: &[Tier], unit: u64) -> &Tier {
    tiers.iter().find(|tier| tier.up_to.is_none_or(|up_to| unit <= up_to)).expect("the last has no end")
}

proptest! {
    #[test]
    fn graduated_is_each_unit_one_after_another(tiers in any_tiers(), units in 0..150_u64) {
        let mut reached: Vec<&Tier> = Vec::new();
        let mut sum = 0;
        for unit in 1..=units {
            let tier = tier_of(&tiers, unit);
            sum += tier.unit.minor;
            if !reached.iter().any(|known| std::ptr::eq(*known, tier)) {
                sum += tier.flat.map_or(0, |flat| flat.minor);
                reached.push(tier);
            }
        }
        prop_assert_eq!(amount(&MeterPrice::Graduated(tiers.clone()), units), sum);
    }

    #[test]
    fn volume_is_all_units_at_the_price_of_the_last(tiers in any_tiers(), units in 1..150_u64) {
        let tier = tier_of(&tiers, units);
        let sum: i64 = (1..=units).map(|_| tier.unit.minor).sum::<i64>() + tier.flat.map_or(0, |flat| flat.minor);
        prop_assert_eq!(amount(&MeterPrice::Volume(tiers.clone()), units), sum);
    }

    #[test]
    fn packages_are_opened_one_after_another(size in 1..40_u64, price in 0..500_i64, units in 0..200_u64) {
        let (mut left, mut sum) = (0, 0);
        for _ in 0..units {
            if left == 0 {
                (left, sum) = (size, sum + price);
            }
            left -= 1;
        }
        prop_assert_eq!(amount(&MeterPrice::Package { size, price: usd(price) }, units), sum);
    }

    #[test]
    fn more_use_never_costs_less_but_by_volume(tiers in any_tiers(), size in 1..40_u64, minor in 0..500_i64, units in 0..150_u64) {
        for price in [
            MeterPrice::Unit(usd(minor)), MeterPrice::Graduated(tiers.clone()),
            MeterPrice::Package { size, price: usd(minor) },
        ] {
            prop_assert!(amount(&price, units) <= amount(&price, units + 1), "{price:?} at {units}");
        }
    }
}
