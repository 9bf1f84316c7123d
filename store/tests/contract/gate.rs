//! The gate as a whole: every door leads through it, in any order and at any time.

use std::time::Duration;

use domain::ids::MemberId;
use domain::seat::SeatCount;
use domain::{Role, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestError, TestRunner};
use store::{
    Accept, AddInvitation, ChangeInvitation, ChangeRole, Dropped, Join, NewInvitation, NewMember, Reactivate, Suspend,
    TenantScope, Transfer,
};

use crate::world::{NOW, Person, WEEK, World, all, cap, change, look, plan, seats, set_plan, set_seats, suspend};

both_engines! {
    every_door_is_shut_at_the_cap_and_open_below_it,
    accepting_ones_own_reserved_seat_at_the_cap_succeeds_and_counts_once,
    of_64_racers_at_all_doors_as_many_get_in_as_there_are_seats,
    no_sequence_of_commands_sells_a_seat_too_many_or_loses_one,
    hands_that_do_anything_at_once_lose_no_seat_and_never_wait_for_each_other,
    a_cap_that_falls_while_many_want_in_is_kept,
}

/// A way to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Invite,
    Batch,
    Reactivate,
    Join,
    Promote,
    PromoteInvitation,
    Inherit,
}

const DOORS: [Door; 7] =
    [Door::Invite, Door::Batch, Door::Reactivate, Door::Join, Door::Promote, Door::PromoteInvitation, Door::Inherit];

/// Somebody who stands before a door, and would take one seat.
struct Racer {
    door: Door,
    /// For who is in already, or rests.
    member: MemberId,
    /// For who is invited, or will be.
    invitation: NewInvitation,
    /// For who just joins.
    place: NewMember,
}

/// Brings somebody before a door, while there is room and viewers sit for nothing.
async fn racer(world: &World, acme: &TenantScope, door: Door, name: &str) -> Racer {
    let email = format!("{name}@acme.test");
    let role = if door == Door::PromoteInvitation { Role::Viewer } else { Role::Member };
    let invitation = world.new_invitation(&email, role);
    let mut place = NewMember { id: world.member(), user: acme.user().unwrap(), role: Role::Member };
    let mut member = place.id;
    match door {
        Door::Invite | Door::Batch => {}
        Door::Join => place.user = world.person(&email).await.user,
        Door::Reactivate => {
            member = world.colleague(acme, &email, Role::Member).await.1.member().unwrap();
            suspend(acme, member).await;
        }
        Door::Promote | Door::Inherit => {
            member = world.colleague(acme, &email, Role::Viewer).await.1.member().unwrap();
        }
        Door::PromoteInvitation => {
            let new = invitation.clone();
            change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap();
        }
    }
    Racer { door, member, invitation, place }
}

/// Whether they got a seat. Any other answer than yes and "full" is a panic.
async fn run(acme: TenantScope, racer: Racer) -> bool {
    let Racer { door, member, invitation, place } = racer;
    let id = invitation.id;
    let outcome = change!(acme, NOW, |tx| match door {
        Door::Invite => invited(tx.add_invitation(&invitation).await?),
        Door::Batch => invited(tx.add_invitations(&[invitation]).await?[0]),
        Door::Reactivate => match tx.reactivate_member(member).await? {
            Reactivate::Reactivated { .. } => true,
            Reactivate::SeatsFull(_) => false,
            other => panic!("{other:?}"),
        },
        Door::Join => match tx.join_without_invitation(&place).await? {
            Join::Joined => true,
            Join::SeatsFull(_) => false,
            other @ Join::AlreadyMember => panic!("{other:?}"),
        },
        Door::Promote => match tx.change_role(member, Role::Member).await? {
            ChangeRole::Changed { .. } => true,
            ChangeRole::SeatsFull(_) => false,
            other => panic!("{other:?}"),
        },
        Door::PromoteInvitation => match tx.change_invitation_role(id, Role::Member).await? {
            ChangeInvitation::Changed { .. } => true,
            ChangeInvitation::SeatsFull(_) => false,
            other => panic!("{other:?}"),
        },
        Door::Inherit => {
            let owner = tx.owners().await?[0].id;
            match tx.transfer_ownership(owner, member).await? {
                Transfer::Done => true,
                Transfer::SeatsFull(_) => false,
                other => panic!("{other:?}"),
            }
        }
    });
    outcome.unwrap()
}

fn invited(outcome: AddInvitation) -> bool {
    match outcome {
        AddInvitation::Added => true,
        AddInvitation::SeatsFull(_) => false,
        other => panic!("{other:?}"),
    }
}

async fn every_door_is_shut_at_the_cap_and_open_below_it(world: &World) {
    let owner = world.person("owner@acme.test").await;
    for (n, door) in DOORS.into_iter().enumerate() {
        let slug = format!("acme-{n}");
        let acme = world.company(&slug, &owner, 5).await;
        set_plan(&acme, 5, true).await;
        let system = world.store.system().act_for(acme.org(), "a test").await.unwrap();
        let (late, early) = (
            racer(world, &acme, door, &format!("late-{n}")).await,
            racer(world, &acme, door, &format!("early-{n}")).await,
        );
        set_plan(&acme, 2, true).await;
        assert!(run(system.clone(), early).await, "{door:?} below the cap");
        assert_eq!(seats(&system).await.held(), 2, "{door:?}");
        world.assert_counters_are_counts().await;
        let before = seats(&system).await;
        assert!(!run(system.clone(), late).await, "{door:?} at the cap");
        assert_eq!(seats(&system).await, before, "{door:?}");
        world.assert_counters_are_counts().await;
    }
}

async fn accepting_ones_own_reserved_seat_at_the_cap_succeeds_and_counts_once(world: &World) {
    let acme = world.acme().await;
    let (second, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 2 }, "full");
    let person = world.person("second@acme.test").await;
    let (_, joined) = world.accept(&acme, second, person.user, Role::Member).await;
    assert_eq!(joined, Accept::Joined { role: Role::Member });
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 1 });
    // It is asked again at that moment: a cap that fell meanwhile has taken the invitation back.
    let (late, _) = world.invite(&acme, "late@acme.test", Role::Member).await;
    assert_eq!(look!(acme, |tx| tx.invitation(late).await?).unwrap(), None, "it was never written");
    set_seats(&acme, 2).await;
    let third = look!(acme, |tx| tx.invitations_page(0, 1).await?).unwrap().0.remove(0).record;
    let person = world.person("third@acme.test").await;
    assert_eq!(world.accept(&acme, third.id, person.user, Role::Member).await.1, Accept::NotPending);
    world.assert_counters_are_counts().await;
}

async fn of_64_racers_at_all_doors_as_many_get_in_as_there_are_seats(world: &World) {
    let owner = world.person("owner@acme.test").await;
    for round in 0..3 {
        let acme = world.company(&format!("acme-{round}"), &owner, 5).await;
        set_plan(&acme, 100, true).await;
        let doors = DOORS.into_iter().filter(|door| *door != Door::Inherit).cycle().take(64);
        let mut racers = Vec::new();
        for (n, door) in doors.enumerate() {
            racers.push(racer(world, &acme, door, &format!("r{round}-{n}")).await);
        }
        set_plan(&acme, 6, true).await;
        let running = racers.into_iter().map(|racer| run(acme.clone(), racer));
        let won = all(running).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 5, "five seats were free");
        assert_eq!(seats(&acme).await.held(), 6);
        world.assert_counters_are_counts().await;
    }
}

/// Something that somebody does. Numbers say to whom, of those there are.
#[derive(Clone, Debug)]
enum Deed {
    Invite(u8, Role),
    Batch(u8, Role),
    Accept(u8),
    Cancel(u8),
    Expire(u8),
    InviteAs(u8, Role),
    Join(u8, Role),
    Suspend(u8),
    Reactivate(u8),
    Remove(u8),
    Change(u8, Role),
    HandOver(u8, u8),
    Cap(u32, bool),
    Wait,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let who = 0..12_u8;
    let deed = prop_oneof![
        4 => (who.clone(), role.clone()).prop_map(|(who, role)| Deed::Invite(who, role)),
        2 => (who.clone(), role.clone()).prop_map(|(who, role)| Deed::Batch(who, role)),
        5 => who.clone().prop_map(Deed::Accept),
        1 => who.clone().prop_map(Deed::Cancel),
        1 => who.clone().prop_map(Deed::Expire),
        2 => (who.clone(), role.clone()).prop_map(|(who, role)| Deed::InviteAs(who, role)),
        3 => (who.clone(), role.clone()).prop_map(|(who, role)| Deed::Join(who, role)),
        3 => who.clone().prop_map(Deed::Suspend),
        3 => who.clone().prop_map(Deed::Reactivate),
        1 => who.clone().prop_map(Deed::Remove),
        3 => (who.clone(), role).prop_map(|(who, role)| Deed::Change(who, role)),
        1 => (who.clone(), who).prop_map(|(from, to)| Deed::HandOver(from, to)),
        2 => (0..9_u32, any::<bool>()).prop_map(|(cap, viewers_free)| Deed::Cap(cap, viewers_free)),
        1 => Just(Deed::Wait),
    ];
    prop::collection::vec(deed, 1..50)
}

/// The one of them that a number means, if there are any.
fn pick<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number) % all.len().max(1)).copied()
}

async fn do_it(world: &World, system: &TenantScope, people: &[Person], now: Timestamp, deed: Deed) {
    let members: Vec<_> = look!(system, |tx| tx.members().await?).unwrap().iter().map(|one| one.id).collect();
    let waiting: Vec<_> = look!(system, |tx| tx.invitations().await?).unwrap();
    let ids: Vec<_> = waiting.iter().map(|one| one.id).collect();
    let person = |who: u8| &people[usize::from(who) % people.len()];
    let invitation = |who: u8, role| {
        let mut new = world.new_invitation(person(who).email.as_str(), role);
        new.expires_at = now.plus(WEEK);
        new
    };
    match deed {
        Deed::Invite(who, role) => {
            let new = invitation(who, role);
            change!(system, now, |tx| tx.add_invitation(&new).await?).map(drop)
        }
        Deed::Batch(who, role) => {
            let batch: Vec<_> = (who..who + 3).map(|who| invitation(who, role)).collect();
            change!(system, now, |tx| tx.add_invitations(&batch).await?).map(drop)
        }
        Deed::Accept(which) => {
            let Some(id) = pick(&ids, which) else { return };
            let email = &waiting.iter().find(|one| one.id == id).unwrap().email;
            let user = people.iter().find(|person| person.email == *email).unwrap().user;
            let new = NewMember { id: world.member(), user, role: Role::Member };
            change!(system, now, |tx| tx.accept_invitation(id, &new).await?).map(drop)
        }
        Deed::Cancel(which) => {
            let Some(id) = pick(&ids, which) else { return };
            change!(system, now, |tx| tx.drop_invitation(id, Dropped::Cancelled { reason: None }).await?).map(drop)
        }
        Deed::Expire(which) => {
            let Some(id) = pick(&ids, which) else { return };
            change!(system, now, |tx| tx.drop_invitation(id, Dropped::Expired).await?).map(drop)
        }
        Deed::InviteAs(which, role) => {
            let Some(id) = pick(&ids, which) else { return };
            change!(system, now, |tx| tx.change_invitation_role(id, role).await?).map(drop)
        }
        Deed::Join(who, role) => {
            let new = NewMember { id: world.member(), user: person(who).user, role };
            change!(system, now, |tx| tx.join_without_invitation(&new).await?).map(drop)
        }
        Deed::Suspend(which) => {
            let Some(id) = pick(&members, which) else { return };
            change!(system, now, |tx| tx.suspend_member(id, &Suspend::default()).await?).map(drop)
        }
        Deed::Reactivate(which) => {
            let Some(id) = pick(&members, which) else { return };
            change!(system, now, |tx| tx.reactivate_member(id).await?).map(drop)
        }
        Deed::Remove(which) => {
            let Some(id) = pick(&members, which) else { return };
            change!(system, now, |tx| tx.remove_member(id).await?).map(drop)
        }
        Deed::Change(which, role) => {
            let Some(id) = pick(&members, which) else { return };
            change!(system, now, |tx| tx.change_role(id, role).await?).map(drop)
        }
        Deed::HandOver(from, to) => {
            let (Some(from), Some(to)) = (pick(&members, from), pick(&members, to)) else { return };
            change!(system, now, |tx| tx.transfer_ownership(from, to).await?).map(drop)
        }
        Deed::Cap(seats, viewers_free) => {
            let (access, limit) = (domain::Access::Full, cap(seats));
            change!(system, now, |tx| tx.set_entitlement(&plan("team"), limit, access, viewers_free).await?).map(drop)
        }
        Deed::Wait => Ok(()),
    }
    .unwrap();
}

/// The invariants of `domain::seat`, after every deed.
async fn follow(world: &World, slug: &str, people: &[Person], deeds: Vec<Deed>) -> Result<(), TestCaseError> {
    let acme = world.company(slug, &people[0], 4).await;
    let system = world.store.system().act_for(acme.org(), "a test").await.unwrap();
    let mut now = NOW;
    let mut held = 1;
    for deed in deeds {
        let capped = matches!(deed, Deed::Cap(..));
        if matches!(deed, Deed::Wait) {
            now = now.plus(WEEK / 2);
        }
        now = now.plus(Duration::from_secs(1));
        do_it(world, &system, people, now, deed.clone()).await;
        let org = look!(system, |tx| tx.organization().await?).unwrap();
        let owners = u32::try_from(look!(system, |tx| tx.owners().await?).unwrap().len()).unwrap();
        let most = org.seat_limit.cap().unwrap_or(u32::MAX);
        prop_assert!(owners >= 1, "{deed:?} left no owner");
        let may = most.max(if capped { owners } else { held });
        prop_assert!(org.seats.held() <= may, "{deed:?} made {:?} of {most}", org.seats);
        held = org.seats.held();
    }
    world.assert_counters_are_counts().await;
    Ok(())
}

async fn no_sequence_of_commands_sells_a_seat_too_many_or_loses_one(world: &World) {
    let mut people = vec![world.person("owner@acme.test").await];
    for n in 0..8 {
        people.push(world.person(&format!("p{n}@acme.test")).await);
    }
    let handle = tokio::runtime::Handle::current();
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let round = std::cell::Cell::new(0);
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&deeds(), |deeds| {
            round.set(round.get() + 1);
            handle.block_on(follow(world, &format!("acme-{}", round.get()), &people, deeds))
        })
    });
    if let Err(TestError::Fail(why, deeds)) = &outcome {
        panic!("{why}: {deeds:?}");
    }
    outcome.unwrap();
}

async fn hands_that_do_anything_at_once_lose_no_seat_and_never_wait_for_each_other(world: &World) {
    let mut people = vec![world.person("owner@acme.test").await];
    for n in 0..8 {
        people.push(world.person(&format!("p{n}@acme.test")).await);
    }
    let mut runner = TestRunner::deterministic();
    for round in 0..6 {
        let acme = world.company(&format!("acme-{round}"), &people[0], 4).await;
        let system = world.store.system().act_for(acme.org(), "a test").await.unwrap();
        let lists: Vec<_> = (0..4).map(|_| deeds().new_tree(&mut runner).unwrap().current()).collect();
        let hand = |n: usize| {
            let (deeds, system, people) = (lists[n].clone(), system.clone(), &people);
            async move {
                let mut now = NOW;
                for deed in deeds {
                    now = now.plus(if matches!(deed, Deed::Wait) { WEEK / 2 } else { Duration::from_secs(1) });
                    do_it(world, &system, people, now, deed).await;
                }
            }
        };
        tokio::join!(hand(0), hand(1), hand(2), hand(3));
        world.assert_counters_are_counts().await;
    }
}

async fn a_cap_that_falls_while_many_want_in_is_kept(world: &World) {
    let acme = world.acme().await;
    set_plan(&acme, 40, false).await;
    let racers = (0..60).map(|n| {
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        let acme = acme.clone();
        async move {
            if n == 30 {
                set_plan(&acme, 5, false).await;
            }
            change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap();
        }
    });
    all(racers).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 4 });
    world.assert_counters_are_counts().await;
}
