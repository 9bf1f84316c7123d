//! `active + reserved ≤ cap`, under any interleaving.

use domain::ids::InvitationId;
use domain::seat::{SeatCount, SeatsFull};
use domain::subscription::Believe;
use domain::{Role, Timestamp};
use store::{Accept, AddInvitation, Dropped, Effect, NewMember, RemoveMember};

use crate::billing::snapshot as subscription;
use crate::world::{NOW, WEEK, World, all, change, look, seats, set_seats};

both_engines! {
    the_last_seat_is_sold_once,
    a_full_organization_says_who_holds_its_seats,
    a_seat_is_freed_once,
    an_invitation_is_accepted_once,
    of_two_owners_who_leave_at_once_one_stays,
    the_last_owner_stays,
    a_removed_members_seat_can_be_taken_again,
    unlimited_seats_have_no_last_one,
    counters_are_counts_after_anything,
    commands_never_wait_for_each_other,
}

async fn the_last_seat_is_sold_once(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 4).await;
    let racers = (0..60).map(|n| {
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap() }
    });
    let added = all(racers).await;
    assert_eq!(added.iter().filter(|one| **one == AddInvitation::Added).count(), 3);
    let full = AddInvitation::SeatsFull(SeatsFull { cap: 4, count: SeatCount { active: 1, reserved: 3 } });
    assert_eq!(added.iter().filter(|one| **one == full).count(), 57);
    world.assert_counters_are_counts().await;
}

async fn a_full_organization_says_who_holds_its_seats(world: &World) {
    let acme = world.acme().await;
    world.colleague(&acme, "second@acme.test", Role::Member).await;
    world.invite(&acme, "third@acme.test", Role::Member).await;
    let (_, fourth) = world.invite(&acme, "fourth@acme.test", Role::Member).await;
    let count = SeatCount { active: 2, reserved: 1 };
    assert_eq!(fourth, AddInvitation::SeatsFull(SeatsFull { cap: 3, count }));
    assert_eq!(seats(&acme).await, count);
}

async fn a_seat_is_freed_once(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    let racers =
        (0..20).map(|_| {
            let acme = acme.clone();
            async move {
                change!(acme, NOW, |tx| tx.drop_invitation(id, Dropped::Cancelled { reason: None }).await?).unwrap()
            }
        });
    assert_eq!(all(racers).await.into_iter().filter(|dropped| *dropped).count(), 1);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 0 });
}

async fn an_invitation_is_accepted_once(world: &World) {
    let acme = world.acme().await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    let mut racers = Vec::new();
    for n in 0..20 {
        let person = world.person(&format!("p{n}@acme.test")).await;
        let new = NewMember { id: world.member(), user: person.user, role: Role::Member };
        let acme = acme.clone();
        racers.push(async move { change!(acme, NOW, |tx| tx.accept_invitation(id, &new).await?).unwrap() });
    }
    let answers = all(racers).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Accept::Joined { role: Role::Member }).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Accept::NotPending).count(), 19);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
    world.assert_counters_are_counts().await;
}

async fn of_two_owners_who_leave_at_once_one_stays(world: &World) {
    let first = world.person("owner@acme.test").await;
    for round in 0..10 {
        let slug = format!("acme-{round}");
        let one = world.company(&slug, &first, 3).await;
        let (_, two) = world.colleague(&one, &format!("second-{round}@acme.test"), Role::Owner).await;
        let leaving = [one, two].map(|scope| async move {
            let id = scope.member().unwrap();
            change!(scope, NOW, |tx| tx.remove_member(id).await?).unwrap()
        });
        let mut answers = all(leaving).await;
        answers.sort_by_key(|answer| *answer == RemoveMember::LastOwner);
        assert_eq!(answers, [RemoveMember::Removed { role: Role::Owner }, RemoveMember::LastOwner]);
    }
    world.assert_counters_are_counts().await;
}

async fn the_last_owner_stays(world: &World) {
    let acme = world.acme().await;
    let (_, admin) = world.colleague(&acme, "admin@acme.test", Role::Admin).await;
    let owner = acme.member().unwrap();
    assert_eq!(change!(admin, NOW, |tx| tx.remove_member(owner).await?).unwrap(), RemoveMember::LastOwner);
    assert_eq!(seats(&acme).await, SeatCount { active: 2, reserved: 0 });
}

async fn a_removed_members_seat_can_be_taken_again(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let id = second.member().unwrap();
    let removed = change!(acme, NOW, |tx| tx.remove_member(id).await?).unwrap();
    assert_eq!(removed, RemoveMember::Removed { role: Role::Member });
    assert_eq!(change!(acme, NOW, |tx| tx.remove_member(id).await?).unwrap(), RemoveMember::NotThere);
    // The same person may come back, to a new place.
    let (again, added) = world.invite(&acme, "second@acme.test", Role::Viewer).await;
    assert_eq!(added, AddInvitation::Added);
    let (place, joined) = world.accept(&acme, again, person.user, Role::Viewer).await;
    assert_eq!(joined, Accept::Joined { role: Role::Viewer });
    assert_ne!(place, id);
    world.assert_counters_are_counts().await;
}

async fn unlimited_seats_have_no_last_one(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    for n in 0..30 {
        let (_, added) = world.invite(&acme, &format!("p{n}@acme.test"), Role::Member).await;
        assert_eq!(added, AddInvitation::Added);
    }
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 30 });
}

/// Chance that is the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

async fn counters_are_counts_after_anything(world: &World) {
    let owner = world.person("owner@acme.test").await;
    let mut people = Vec::new();
    for n in 0..8 {
        people.push(world.person(&format!("p{n}@acme.test")).await);
    }
    for seed in 0..4 {
        let slug = format!("acme-{seed}");
        let scope = world.company(&slug, &owner, 4).await;
        // Usher itself, whom nobody can remove.
        let system = world.store.system().act_for(scope.org(), "a test").await.unwrap();
        let hands = (0..4_u64).map(|hand| {
            let (system, people) = (system.clone(), people.clone());
            let mut dice = Dice(seed * 1_000 + hand);
            let news: Vec<_> = (0..30)
                .map(|_| {
                    let role = Role::ALL[usize::try_from(dice.roll(4)).unwrap()];
                    let email = format!("p{}@acme.test", dice.roll(8));
                    let mut new = world.new_invitation(&email, role);
                    // Some are over soon.
                    new.expires_at = NOW.plus(WEEK / u32::try_from(dice.roll(3) + 1).unwrap());
                    (new, world.member(), dice.roll(6))
                })
                .collect();
            async move {
                for (n, (new, member, deed)) in news.into_iter().enumerate() {
                    let now: Timestamp = NOW.plus(WEEK / 40 * u32::try_from(n).unwrap());
                    let person = people.iter().find(|person| person.email == new.email).unwrap().user;
                    let pending: Vec<InvitationId> =
                        look!(system, |tx| tx.invitations().await?.into_iter().map(|one| one.id).collect()).unwrap();
                    let picked = pending.get(n % pending.len().max(1)).copied();
                    let members = look!(system, |tx| tx.members().await?).unwrap();
                    let someone = members[n % members.len()].id;
                    let done = match (deed, picked) {
                        (0, Some(id)) => change!(system, now, |tx| {
                            tx.drop_invitation(id, Dropped::Cancelled { reason: None }).await?;
                        }),
                        (1, Some(id)) => change!(system, now, |tx| {
                            tx.drop_invitation(id, Dropped::Expired).await?;
                        }),
                        (2, _) => change!(system, now, |tx| {
                            tx.remove_member(someone).await?;
                        }),
                        (3 | 4, Some(id)) => change!(system, now, |tx| {
                            tx.accept_invitation(id, &NewMember { id: member, user: person, role: new.role }).await?;
                        }),
                        _ => change!(system, now, |tx| {
                            tx.add_invitation(&new).await?;
                        }),
                    };
                    done.unwrap();
                }
            }
        });
        all(hands).await;
        let held = seats(&system).await;
        assert!(held.held() <= 4, "{held:?}");
        world.assert_counters_are_counts().await;
    }
}

/// Whatever parts commands have, and in whatever order: a deadlock would be an error of one of them.
async fn commands_never_wait_for_each_other(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    let racers = (0..60_usize).map(|n| {
        let (acme, id) = (acme.clone(), world.outbox());
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        async move {
            change!(acme, NOW, |tx| {
                for part in 0..3 {
                    match (part + n) % 3 {
                        0 => tx.enqueue(id, &Effect::SyncSeats).await?,
                        1 => assert_eq!(tx.add_invitation(&new).await?, AddInvitation::Added),
                        _ => assert_eq!(
                            tx.apply_subscription(&subscription("sub_1", "active", NOW)).await?,
                            Believe::Yes
                        ),
                    }
                }
            })
            .unwrap();
        }
    });
    all(racers).await;
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 60 });
}
