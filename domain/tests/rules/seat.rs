//! The gate.

use domain::seat::{Holder, takes_a_seat, who_keeps};
use domain::{Role, SeatCount, SeatLimit, Timestamp};
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

fn holders(prefix: u32) -> impl Strategy<Value = Vec<Holder<u32>>> {
    prop::collection::vec((any::<bool>(), 0..20_i64), 0..12).prop_map(move |all| {
        let holder = |(n, (owner, since)): (usize, (bool, i64))| Holder {
            id: prefix + u32::try_from(n).expect("a few"),
            owner,
            since: Timestamp::from_secs(since),
        };
        all.into_iter().enumerate().map(holder).collect()
    })
}

/// How long somebody has held a seat, so that of two the greater is the newer.
fn age(holders: &[Holder<u32>], id: u32) -> (Timestamp, u32) {
    let holder = holders.iter().find(|holder| holder.id == id).expect("one of them");
    (holder.since, holder.id)
}

proptest! {
    #[test]
    fn a_smaller_cap_takes_the_newest_invitations_then_the_newest_members_and_never_an_owner(
        cap in 1..16_u32,
        members in holders(0),
        invitations in holders(100),
        resting in holders(200),
    ) {
        let keeps = who_keeps(SeatLimit::from_cap(Some(cap)), &members, &invitations, &resting);
        let cap = usize::try_from(cap).unwrap();
        let owners = members.iter().filter(|member| member.owner).count();
        let held = members.len() + invitations.len();
        let after = held - keeps.cancel.len() - keeps.suspend.len() + keeps.back.len();
        prop_assert!(after <= cap.max(owners), "no more than the cap, but for owners");
        prop_assert!(after >= cap.min(held), "nobody goes without need");
        prop_assert!(keeps.suspend.is_empty() || keeps.cancel.len() == invitations.len(), "invitations go first");
        prop_assert!(keeps.back.is_empty() || keeps.cancel.is_empty(), "nobody comes back while somebody goes");
        for id in &keeps.suspend {
            let gone = age(&members, *id);
            for member in &members {
                prop_assert!(!(member.owner && member.id == *id), "an owner was suspended");
                let stays = !member.owner && !keeps.suspend.contains(&member.id);
                prop_assert!(!stays || (member.since, member.id) < gone, "a newer one stayed");
            }
        }
        for id in &keeps.cancel {
            let gone = age(&invitations, *id);
            for other in invitations.iter().filter(|other| !keeps.cancel.contains(&other.id)) {
                prop_assert!((other.since, other.id) < gone, "a newer one stayed");
            }
        }
    }

    #[test]
    fn a_larger_cap_brings_back_the_oldest_as_far_as_there_are_seats(
        cap in prop::option::of(1..30_u32),
        members in holders(0),
        resting in holders(200),
    ) {
        let limit = SeatLimit::from_cap(cap);
        let keeps = who_keeps(limit, &members, &[] as &[Holder<u32>], &resting);
        let room = limit.cap().map_or(usize::MAX, |cap| usize::try_from(cap).unwrap()).saturating_sub(members.len());
        prop_assert_eq!(keeps.back.len(), room.min(resting.len()));
        for id in &keeps.back {
            let back = age(&resting, *id);
            for other in resting.iter().filter(|other| !keeps.back.contains(&other.id)) {
                prop_assert!(back < (other.since, other.id), "an older one stayed away");
            }
        }
    }

    /// Numbers are added as numbers: a hundred more than seven are 107, and never 7100.
    #[test]
    fn seats_are_numbers_and_the_sum_of_two_is_never_their_digits(active in 0..1_000_000_u32, reserved in 0..1_000_000_u32) {
        let count = SeatCount { active, reserved };
        prop_assert_eq!(count.held() - active, reserved);
        let json = serde_json::to_value(count).unwrap();
        prop_assert!(json["active"].is_u64() && json["reserved"].is_u64());
        for text in [format!("\"{active}\""), format!("{active}.5"), format!("-{active}1")] {
            let wrong = format!("{{\"active\":{text},\"reserved\":0}}");
            prop_assert!(serde_json::from_str::<SeatCount>(&wrong).is_err(), "{}", wrong);
        }
    }
}

#[test]
fn everybody_takes_a_seat_but_viewers_where_they_sit_for_nothing() {
    for role in Role::ALL {
        assert!(takes_a_seat(role, false));
        assert_eq!(takes_a_seat(role, true), role != Role::Viewer);
    }
}
