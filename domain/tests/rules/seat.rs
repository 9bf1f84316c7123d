//! The gate.

use domain::{SeatCount, SeatLimit};
use proptest::prelude::*;

#[test]
fn the_last_seat_is_the_last() {
    let limit = SeatLimit::from_cap(Some(3));
    let count = |active, reserved| SeatCount { active, reserved };
    assert!(count(2, 0).admit(limit).is_ok());
    assert!(count(1, 1).admit(limit).is_ok());
    for full in [count(3, 0), count(2, 1), count(0, 3), count(4, 0), count(u32::MAX, u32::MAX)] {
        let no = full.admit(limit).expect_err("no seat");
        assert_eq!((no.cap, no.count), (3, full));
    }
    assert_eq!([count(0, 0), count(1, 1), count(9, 9)].map(|count| count.free(limit)), [Some(3), Some(1), Some(0)]);
}

#[test]
fn without_a_limit_nobody_is_refused() {
    let count = SeatCount { active: u32::MAX, reserved: u32::MAX };
    assert!(count.admit(SeatLimit::Unlimited).is_ok());
    assert_eq!(count.free(SeatLimit::Unlimited), None);
    assert_eq!(count.held(), u32::MAX);
}

#[test]
fn a_limit_is_said_in_words() {
    let said = [None, Some(1), Some(3)].map(|cap| SeatLimit::from_cap(cap).to_string());
    assert_eq!(said, ["unlimited seats", "1 seat", "3 seats"]);
    assert_eq!(
        SeatLimit::from_cap(Some(0)),
        SeatLimit::from_cap(Some(1)),
        "a closed organization is not said this way"
    );
}

/// What happens to seats, in any order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Invite,
    Accept,
    Cancel,
    Remove,
}

proptest! {
    #[test]
    fn no_path_sells_a_seat_too_many(
        cap in 1..20_u32,
        steps in prop::collection::vec(
            prop_oneof![4 => Just(Step::Invite), 3 => Just(Step::Accept), 1 => Just(Step::Cancel), 1 => Just(Step::Remove)], 0..200,
        ),
    ) {
        let limit = SeatLimit::from_cap(Some(cap));
        let mut count = SeatCount { active: 1, reserved: 0 };
        for step in steps {
            let before = count;
            match step {
                Step::Invite if count.admit(limit).is_ok() => count.reserved += 1,
                Step::Accept if count.reserved > 0 => {
                    count.reserved -= 1;
                    count.active += 1;
                }
                Step::Cancel if count.reserved > 0 => count.reserved -= 1,
                Step::Remove if count.active > 1 => count.active -= 1,
                Step::Invite => prop_assert_eq!(count.held(), cap, "refused only when full"),
                _ => {}
            }
            prop_assert!(count.held() <= cap, "{:?} made {:?} of {:?}", step, count, before);
            prop_assert_eq!(count.free(limit), Some(cap - count.held()));
        }
    }
}
