//! Whom a smaller plan would move, and what would be lost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use domain::plan::Plan;
use domain::rehearsal::{Guest, Loss, Person, Rest, losses, of_plan, seats};
use domain::{Catalog, PlanKey, Role, SeatLimit, Timestamp};
use proptest::prelude::*;

fn plan(key: &str) -> &'static Plan {
    Catalog::built_in().plan(&key.parse::<PlanKey>().unwrap()).unwrap()
}

fn person(id: u32, role: Role, since: i64) -> Person<u32> {
    Person { id, role, since: Timestamp::from_secs(since), rest: Rest::No }
}

#[test]
fn the_newest_rest_and_owners_never_do() {
    let people = [
        person(0, Role::Owner, 9),
        person(1, Role::Member, 1),
        person(2, Role::Admin, 3),
        person(3, Role::Member, 2),
        person(4, Role::Owner, 8),
    ];
    let guests = [Guest { id: 7, role: Role::Member, since: Timestamp::from_secs(0) }];
    let keeps = of_plan(plan("free"), &people, &guests);
    assert_eq!((keeps.cancel, keeps.suspend, keeps.back), (vec![7], vec![2, 3], vec![]));
}

#[test]
fn who_rests_by_will_stays_so_and_gives_room_to_others() {
    let mut people =
        [person(0, Role::Owner, 0), person(1, Role::Member, 1), person(2, Role::Member, 2), person(3, Role::Member, 3)];
    assert_eq!(of_plan::<_, u32>(plan("free"), &people, &[]).suspend, [3]);
    people[1].rest = Rest::ByPerson;
    let chosen = of_plan::<_, u32>(plan("free"), &people, &[]);
    assert_eq!((chosen.suspend, chosen.back), (vec![], vec![]), "choosing who rests beforehand is the way to choose");
}

#[test]
fn what_is_lost_is_named_and_what_is_not_limited_before_counts_as_more() {
    let lost = losses(plan("enterprise"), plan("team"));
    assert!(lost.contains(&Loss::Seats { to: plan("team").seats.limit() }), "{lost:?}");
    assert!(lost.iter().any(|loss| matches!(loss, Loss::Limit { to: 10, .. })), "{lost:?}");
    assert!(lost.iter().any(|loss| matches!(loss, Loss::Allowance { to: 1_000, .. })), "{lost:?}");
    assert!(lost.iter().any(|loss| matches!(loss, Loss::Feature(_))), "{lost:?}");
    assert_eq!(losses(plan("team"), plan("team")), []);
    let words: Vec<String> = lost.iter().map(Loss::words).collect();
    assert!(words.iter().all(|words| words.ends_with('.')), "{words:?}");
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Owner), Just(Role::Admin), Just(Role::Member), Just(Role::Viewer)]
}

fn rest() -> impl Strategy<Value = Rest> {
    prop_oneof![4 => Just(Rest::No), 1 => Just(Rest::ByPerson), 1 => Just(Rest::ByPlan)]
}

proptest! {
    #[test]
    fn nobody_is_above_the_cap_but_owners_and_nobody_rests_for_nothing(
        people in proptest::collection::vec((role(), 0..50_i64, rest()), 0..40),
        guests in proptest::collection::vec((role(), 0..50_i64), 0..10),
        cap in proptest::option::of(1..20_u32),
        viewers_free: bool,
    ) {
        let limit = SeatLimit::from_cap(cap);
        let people: Vec<Person<usize>> = people
            .into_iter()
            .enumerate()
            .map(|(id, (role, since, rest))| Person { id, role, since: Timestamp::from_secs(since), rest })
            .collect();
        let guests: Vec<Guest<usize>> = guests
            .into_iter()
            .enumerate()
            .map(|(id, (role, since))| Guest { id, role, since: Timestamp::from_secs(since) })
            .collect();
        let keeps = seats(limit, viewers_free, &people, &guests);
        let sits = |role: Role| domain::seat::takes_a_seat(role, viewers_free);
        let held = people.iter().filter(|p| p.rest == Rest::No && sits(p.role)).count()
            + guests.iter().filter(|g| sits(g.role)).count();
        let seated_back = keeps.back.iter().filter(|id| sits(people[**id].role)).count();
        let after = held + seated_back - keeps.suspend.len() - keeps.cancel.len();
        let cap = cap.map_or(usize::MAX, |cap| cap as usize);
        let owners = people.iter().filter(|p| p.rest == Rest::No && p.role == Role::Owner).count();
        prop_assert!(after <= cap.max(owners), "{after} of {cap}");
        prop_assert!(keeps.suspend.is_empty() || after == cap.max(owners), "no more rest than must: {after} of {cap}");
        prop_assert!(keeps.suspend.iter().all(|id| people[*id].role != Role::Owner && people[*id].rest == Rest::No));
        prop_assert!(keeps.back.iter().all(|id| people[*id].rest == Rest::ByPlan));
        prop_assert!(keeps.suspend.is_empty() || seated_back == 0);
    }
}
