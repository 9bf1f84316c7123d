//! The number of billed seats goes up with the members, and down as the plan says, and nobody pays twice or for nothing.

use std::time::Duration;

use domain::Timestamp;
use domain::billed::{Billed, Growth, HowPaid, Raised, Shrink, Step, in_window, next};
use domain::time::Period;
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// A period of thirty days that begins at ten in the morning.
const PERIOD: Period = Period { from: at(10 * 3600), until: at(10 * 3600 + 30 * DAY) };

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(20_000 * DAY + seconds)
}

/// A line of the first period, as it was bought.
fn bought(quantity: u32) -> Billed {
    Billed { quantity, renewed_with: None, owed: quantity, raised: None, kept: None }
}

/// A line of a later period, which began with `quantity` when `owed` were needed.
fn renewed(quantity: u32, owed: u32) -> Billed {
    Billed { renewed_with: Some(quantity), owed, ..bought(quantity) }
}

/// All steps until the line is what it must be, and the line then.
fn all(growth: Growth, shrink: Shrink, now: Timestamp, mut line: Billed, wanted: u32) -> (Vec<Step>, Billed) {
    let mut steps = Vec::new();
    while let Some(step) = next(growth, shrink, PERIOD, now, &line, wanted) {
        steps.push(step);
        line = line.after(step, PERIOD, now);
        assert!(steps.len() < 10, "{steps:?} never ends");
    }
    (steps, line)
}

fn usual(now: Timestamp, line: Billed, wanted: u32) -> (Vec<Step>, Billed) {
    all(Growth::NextInvoice, Shrink::Renewal, now, line, wanted)
}

fn next_invoice(to: u32, since: Timestamp) -> Step {
    Step { to, paid: HowPaid::NextInvoice { since } }
}

#[test]
fn more_seats_ride_on_the_next_invoice_from_the_beginning_of_their_day() {
    let (steps, _) = usual(at(3 * DAY + 50_000), bought(2), 5);
    assert_eq!(steps, [next_invoice(5, at(3 * DAY))]);
    let (steps, _) = usual(at(11 * 3600), bought(2), 3);
    assert_eq!(steps, [next_invoice(3, PERIOD.from)], "and never before the period");
}

#[test]
fn what_these_rules_have_lowered_is_told_from_what_others_have() {
    let (_, given_back) = usual(at(11 * 3600), renewed(5, 2), 2);
    assert_eq!((given_back.quantity, given_back.gave_up()), (2, 5));
    let (_, for_the_next) = usual(at(30 * DAY + 9 * 3600), bought(5), 3);
    assert_eq!((for_the_next.quantity, for_the_next.gave_up()), (3, 5));
    for begun in [bought(5), renewed(5, 5)] {
        let in_the_dashboard = Billed { quantity: 2, ..begun };
        assert_eq!(in_the_dashboard.gave_up(), 0, "{begun:?}");
    }
}

#[test]
fn a_plan_may_ask_for_the_money_at_once() {
    let (steps, _) = all(Growth::Invoice, Shrink::Renewal, at(3 * DAY + 50_000), bought(2), 5);
    assert_eq!(steps, [Step { to: 5, paid: HowPaid::Invoice { since: at(3 * DAY) } }]);
}

#[test]
fn what_is_paid_for_stays_until_the_period_ends() {
    for quantity in 1..5 {
        assert_eq!(usual(at(9 * DAY), bought(5), quantity).0, []);
        assert_eq!(usual(at(9 * DAY), renewed(5, 5), quantity).0, [], "whoever goes after the renewal");
    }
}

#[test]
fn a_seat_of_one_day_costs_nothing() {
    let (morning, evening) = (at(3 * DAY + 30_000), at(3 * DAY + 80_000));
    let (_, line) = usual(morning, bought(2), 4);
    let (steps, line) = usual(evening, line, 2);
    assert_eq!(steps, [next_invoice(2, at(3 * DAY))], "the same second as the raise, so the two cancel out");
    // Again and again, on the same day.
    let (_, line) = usual(evening, line, 9);
    assert_eq!(usual(evening, line, 3).0, [next_invoice(3, at(3 * DAY))]);
    assert_eq!(usual(at(4 * DAY + 1), line, 3).0, [], "from the next day on it stays paid");
    assert_eq!(usual(evening, line, 1).0, [next_invoice(2, at(3 * DAY))], "what was paid for before today stays");
}

#[test]
fn what_has_its_own_invoice_is_not_given_back_the_same_day() {
    let now = at(3 * DAY + 30_000);
    let (_, line) = all(Growth::Invoice, Shrink::Renewal, now, bought(2), 4);
    assert_eq!(all(Growth::Invoice, Shrink::Renewal, now, line, 2).0, []);
}

#[test]
fn shortly_before_the_renewal_the_next_number_is_set_and_no_money_moves() {
    let window = PERIOD.until.minus(Duration::from_mins(119));
    assert!(in_window(PERIOD, window) && !in_window(PERIOD, PERIOD.until));
    assert!(!in_window(PERIOD, PERIOD.until.minus(Duration::from_mins(121))));
    let (steps, line) = usual(window, bought(5), 3);
    assert_eq!(steps, [Step { to: 3, paid: HowPaid::Nothing }]);
    // Who joins in these two hours sits on what is paid for; who comes beyond it is charged.
    let (steps, line) = usual(window, line, 6);
    let day = PERIOD.until.minus(Duration::from_hours(10));
    assert_eq!(steps, [Step { to: 5, paid: HowPaid::Nothing }, next_invoice(6, day)]);
    assert_eq!(line.quantity, 6);
}

#[test]
fn a_raise_of_the_last_day_is_taken_back_before_the_rest_is_lowered() {
    let window = PERIOD.until.minus(Duration::from_mins(90));
    let (_, line) = usual(window, bought(3), 5);
    let day = PERIOD.until.minus(Duration::from_hours(10));
    assert_eq!(usual(window, line, 2).0, [next_invoice(3, day), Step { to: 2, paid: HowPaid::Nothing }]);
}

#[test]
fn seats_that_nobody_held_when_the_period_turned_are_given_back_from_its_first_second() {
    for late in [at(11 * 3600), at(5 * DAY)] {
        let (steps, line) = usual(late, renewed(7, 4), 4);
        assert_eq!(steps, [Step { to: 4, paid: HowPaid::Invoice { since: PERIOD.from } }]);
        assert_eq!(usual(late, line, 4).0, [], "once");
    }
    // Whoever came meanwhile keeps the seat, and whoever went after the turn has held it.
    assert_eq!(usual(at(DAY), renewed(7, 4), 6).0, [Step { to: 6, paid: HowPaid::Invoice { since: PERIOD.from } }]);
    assert_eq!(usual(at(DAY), renewed(7, 4), 2).0, [Step { to: 4, paid: HowPaid::Invoice { since: PERIOD.from } }]);
    assert_eq!(usual(at(DAY), bought(7), 4).0, [], "what was bought ahead with the first period was wanted");
}

#[test]
fn a_plan_may_give_back_at_once() {
    let now = at(9 * DAY + 5);
    let (steps, _) = all(Growth::NextInvoice, Shrink::Now, now, bought(5), 2);
    assert_eq!(steps, [next_invoice(2, now)]);
    // What was raised today costs nothing, and the rest is given back from now.
    let (_, line) = all(Growth::NextInvoice, Shrink::Now, now, bought(5), 7);
    assert_eq!(
        all(Growth::NextInvoice, Shrink::Now, now, line, 2).0,
        [next_invoice(5, at(9 * DAY)), next_invoice(2, now)]
    );
}

/// The money of a period in seat-seconds, by the provider's arithmetic: each step credits the old number and debits the
/// new one for the rest of the period.
fn seat_seconds(from: u32, step: Step) -> i64 {
    match step.paid {
        HowPaid::Nothing => 0,
        HowPaid::NextInvoice { since } | HowPaid::Invoice { since } => {
            (i64::from(step.to) - i64::from(from)) * (PERIOD.until.secs() - since.secs())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A whole period of comings and goings: each day is charged what it ends with, from its beginning and as far as it
    /// is more than was paid for already; and the number itself always covers the members.
    #[test]
    fn a_period_costs_its_high_water_mark_by_the_day(
        first in 1..6_u32, moves in prop::collection::vec((0..30 * DAY, 1..9_u32), 0..20),
    ) {
        let mut moves = moves;
        moves.sort_unstable();
        let mut line = bought(first);
        let mut paid = 0_i64;
        // What each day ends with, as far as it is more than before, for the rest of the period.
        let (mut fair, mut water) = (0_i64, first);
        let mut open = (PERIOD.from, first);
        let close = |(day, ended): (Timestamp, u32), fair: &mut i64, water: &mut u32| {
            *fair += i64::from(ended.saturating_sub(*water)) * (PERIOD.until.secs() - day.secs());
            *water = ended.max(*water);
        };
        for (second, many) in moves {
            let now = PERIOD.from.plus(Duration::from_secs(second.unsigned_abs()));
            let day = Timestamp::from_secs(now.secs().div_euclid(DAY) * DAY).max(PERIOD.from);
            if open.0 != day {
                close(open, &mut fair, &mut water);
            }
            open = (day, many);
            while let Some(step) = next(Growth::NextInvoice, Shrink::Renewal, PERIOD, now, &line, many) {
                paid += seat_seconds(line.quantity, step);
                line = line.after(step, PERIOD, now);
            }
            prop_assert!(line.quantity >= many, "{line:?} covers {many}");
            if in_window(PERIOD, now) {
                prop_assert_eq!(line.quantity, many, "the next period is billed for who is there");
            }
        }
        close(open, &mut fair, &mut water);
        prop_assert_eq!(paid, fair);
    }

    /// From wherever a line is, it settles, and settles at the same number when asked again.
    #[test]
    fn every_line_settles(
        quantity in 0..9_u32, began in prop::option::of(0..9_u32), owed in 0..9_u32, wanted in 0..9_u32,
        before in prop::option::of(0..9_u32), kept in prop::option::of(0..9_u32), second in 0..30 * DAY,
        now_ in any::<bool>(), invoice in any::<bool>(),
    ) {
        let now = PERIOD.from.plus(Duration::from_secs(second.unsigned_abs()));
        let day = Timestamp::from_secs(now.secs().div_euclid(DAY) * DAY).max(PERIOD.from);
        let raised = before.map(|before| Raised { day, before });
        let line = Billed { quantity, renewed_with: began, owed, raised, kept };
        let growth = if invoice { Growth::Invoice } else { Growth::NextInvoice };
        let shrink = if now_ { Shrink::Now } else { Shrink::Renewal };
        let (steps, line) = all(growth, shrink, now, line, wanted);
        prop_assert!(steps.len() <= 4, "{steps:?}");
        prop_assert!(line.quantity >= wanted);
        if now_ || in_window(PERIOD, now) {
            prop_assert_eq!(line.quantity, wanted);
        }
    }
}
