//! What a change in the middle of a period is worth: the whole item credited and charged anew, to the second, each
//! line rounded by itself.

use super::calendar;
use super::money::UnitAmount;

/// One side of a change: so many, at so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    pub quantity: u64,
    pub unit: UnitAmount,
}

/// The two amounts of a change, in minor units: the credit is not positive, the debit not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proration {
    pub credit: i64,
    pub debit: i64,
}

/// What changing from `old` to `new` at second `at` of the period from `start` to `end` is worth.
pub fn prorate(old: Side, new: Side, (start, end): (i64, i64), at: i64) -> Proration {
    let (left, whole) = (end - at.clamp(start, end), end - start);
    Proration { credit: -old.unit.times(old.quantity, left, whole), debit: new.unit.times(new.quantity, left, whole) }
}

/// `Unused time on 2 × Team after 10 Nov 2025`; for one without the number.
pub fn describe(unused: bool, quantity: u64, product: &str, at: i64) -> String {
    let what = if unused { "Unused" } else { "Remaining" };
    let many = if quantity == 1 { String::new() } else { format!("{quantity} × ") };
    format!("{what} time on {many}{product} after {}", calendar::day(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn side(quantity: u64, minor: i64) -> Side {
        Side { quantity, unit: UnitAmount::whole(minor) }
    }

    #[test]
    fn two_seats_to_three_at_the_start_credits_two_and_charges_three() {
        let proration = prorate(side(2, 2000), side(3, 2000), (0, 2_592_000), 0);
        assert_eq!(proration, Proration { credit: -4000, debit: 6000 });
    }

    #[test]
    fn at_the_end_nothing_is_left() {
        assert_eq!(prorate(side(2, 2000), side(9, 2000), (0, 100), 100), Proration { credit: 0, debit: 0 });
    }

    #[test]
    fn words_are_stripes() {
        assert_eq!(describe(true, 2, "Team", 1_762_732_800), "Unused time on 2 × Team after 10 Nov 2025");
        assert_eq!(describe(false, 1, "Team", 1_762_732_800), "Remaining time on Team after 10 Nov 2025");
    }

    proptest! {
        /// Each line is the exact amount to within half a minor unit, of the right sign.
        #[test]
        fn every_line_is_the_nearest_amount(
            old in 0_u64..100_000, new in 0_u64..100_000, minor in 0_i64..99_999_999,
            whole in 1_i64..40_000_000, at in 0_i64..40_000_000,
        ) {
            let at = at % (whole + 1);
            let proration = prorate(side(old, minor), side(new, minor), (0, whole), at);
            for (quantity, line) in [(old, -proration.credit), (new, proration.debit)] {
                let exact = i128::from(quantity) * i128::from(minor) * i128::from(whole - at);
                let off = (exact - i128::from(line) * i128::from(whole)).abs();
                prop_assert!(line >= 0 && off * 2 <= i128::from(whole));
            }
        }

        /// Going through any number of quantities at one moment is worth the same as going there at once.
        #[test]
        fn detours_at_one_moment_cost_nothing(
            path in prop::collection::vec(0_u64..1000, 2..8), minor in 0_i64..1_000_000, at in 0_i64..2_592_000,
        ) {
            let net = |from, to| {
                let p = prorate(side(from, minor), side(to, minor), (0, 2_592_000), at);
                p.credit + p.debit
            };
            let detour: i64 = path.windows(2).map(|step| net(step[0], step[1])).sum();
            prop_assert_eq!(detour, net(path[0], path[path.len() - 1]));
        }

        /// Up and down again in one period never pays out more than was charged.
        #[test]
        fn up_and_down_costs_what_was_used(
            base in 1_u64..1000, more in 1_u64..1000, minor in 0_i64..1_000_000, t in 0_i64..2_592_000, u in 0_i64..2_592_000,
        ) {
            let (first, second) = (t.min(u), t.max(u));
            let up = prorate(side(base, minor), side(base + more, minor), (0, 2_592_000), first);
            let down = prorate(side(base + more, minor), side(base, minor), (0, 2_592_000), second);
            prop_assert!(up.credit + up.debit + down.credit + down.debit >= -2);
        }
    }
}
