//! The course of a plan: who asked for its end, and that what is rehearsed is what then happens.

use std::time::Duration;

use domain::Role;
use domain::course::Reason;
use domain::ids::CancellationId;
use domain::rehearsal;
use domain::subscription::ProviderSubscriptionId;
use store::{Displaced, InvitationRecord, MemberRecord, NewCancellation};

use crate::world::{NOW, World, cap, change, look, set_plan, set_seats, suspend};

both_engines! {
    what_was_said_on_the_way_out_is_kept_and_can_be_undone,
    somebody_elses_member_asks_for_no_end,
    what_a_cap_moves_is_what_was_rehearsed,
    fewer_seats_come_true_once_at_their_time,
}

fn sub(id: &str) -> ProviderSubscriptionId {
    ProviderSubscriptionId(id.to_owned())
}

fn id(n: u8) -> CancellationId {
    CancellationId::new(NOW, [n; 10])
}

async fn what_was_said_on_the_way_out_is_kept_and_can_be_undone(world: &World) {
    let acme = world.acme().await;
    let asked_by = acme.member().unwrap();
    assert_eq!(look!(acme, |tx| tx.last_cancellation(&sub("sub_1")).await?).unwrap(), None);
    for (n, reason, comment) in [(1, None, None), (2, Some(Reason::Other), Some("Zu teuer, 'leider'."))] {
        let comment = comment.map(str::to_owned);
        let new = NewCancellation { id: id(n), subscription: sub("sub_1"), asked_by, reason, comment };
        change!(acme, NOW.plus(Duration::from_secs(n.into())), |tx| tx.add_cancellation(&new).await?).unwrap();
    }
    let last = look!(acme, |tx| tx.last_cancellation(&sub("sub_1")).await?).unwrap().unwrap();
    assert_eq!((last.id, last.reason, last.undone_at), (id(2), Some(Reason::Other), None));
    assert_eq!(last.comment.as_deref(), Some("Zu teuer, 'leider'."));
    let at = NOW.plus(Duration::from_mins(1));
    assert!(change!(acme, at, |tx| tx.undo_cancellations(&sub("sub_1")).await?).unwrap());
    assert!(!change!(acme, at, |tx| tx.undo_cancellations(&sub("sub_1")).await?).unwrap());
    let last = look!(acme, |tx| tx.last_cancellation(&sub("sub_1")).await?).unwrap().unwrap();
    assert_eq!(last.undone_at, Some(at));
    assert_eq!(look!(acme, |tx| tx.last_cancellation(&sub("sub_2")).await?).unwrap(), None);
}

async fn somebody_elses_member_asks_for_no_end(world: &World) {
    let acme = world.acme().await;
    let other_owner = world.person("owner@other.test").await;
    let other = world.company("other", &other_owner, 3).await;
    let asked_by = other.member().unwrap();
    let new = NewCancellation { id: id(1), subscription: sub("sub_1"), asked_by, reason: None, comment: None };
    change!(acme, NOW, |tx| tx.add_cancellation(&new).await?).unwrap_err();
}

async fn fewer_seats_come_true_once_at_their_time(world: &World) {
    let acme = world.acme().await;
    let at = NOW.plus(Duration::from_hours(10));
    let floor =
        async || look!(acme, |tx| (tx.organization().await?.seats_floor, tx.seats_floor_next().await?)).unwrap();
    change!(acme, NOW, |tx| {
        tx.set_seats_floor(5).await?;
        tx.plan_seats_floor(Some((3, at))).await?;
    })
    .unwrap();
    assert_eq!(floor().await, (5, Some((3, at))));
    let early = NOW.plus(Duration::from_hours(9));
    assert_eq!(world.store.system().floors_due(early, 9).await.unwrap(), []);
    assert!(!change!(acme, NOW, |tx| tx.lower_seats_floor(early).await?).unwrap());
    assert_eq!(world.store.system().floors_due(at, 9).await.unwrap(), [acme.org()]);
    assert!(change!(acme, NOW, |tx| tx.lower_seats_floor(at).await?).unwrap());
    assert_eq!(floor().await, (3, None));
    // Fewer were bought meanwhile than were planned: the plan is forgotten, and nothing rises.
    change!(acme, NOW, |tx| tx.plan_seats_floor(Some((4, at))).await?).unwrap();
    assert!(!change!(acme, NOW, |tx| tx.lower_seats_floor(at).await?).unwrap());
    assert_eq!(floor().await, (3, None));
    assert_eq!(world.store.system().floors_due(at, 9).await.unwrap(), []);
}

/// Chance from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn role(&mut self) -> Role {
        [Role::Owner, Role::Admin, Role::Member, Role::Member, Role::Viewer][usize::try_from(self.below(5)).unwrap()]
    }
}

async fn what_a_cap_moves_is_what_was_rehearsed(world: &World) {
    let acme = world.acme().await;
    let mut dice = Dice(11);
    set_seats(&acme, 40).await;
    let mut people = Vec::new();
    for n in 0..12 {
        let role = dice.role();
        people.push(world.colleague(&acme, &format!("p{n}@acme.test"), role).await.1);
    }
    for n in 0..4 {
        world.invite(&acme, &format!("guest{n}@acme.test"), dice.role()).await;
    }
    let mut moves = 0;
    for _ in 0..25 {
        if dice.below(3) == 0 {
            let one = &people[usize::try_from(dice.below(12)).unwrap()];
            suspend(&acme, one.member().unwrap()).await;
        }
        let (seats, viewers_free) = (u32::try_from(1 + dice.below(16)).unwrap(), dice.below(2) == 0);
        let (members, invitations) = look!(acme, |tx| (tx.members().await?, tx.invitations().await?)).unwrap();
        let persons: Vec<_> = members.iter().map(MemberRecord::person).collect();
        let guests: Vec<_> = invitations.iter().map(InvitationRecord::guest).collect();
        let said = rehearsal::seats(cap(seats), viewers_free, &persons, &guests);
        let happened = set_plan(&acme, seats, viewers_free).await;
        let mut is = rehearsal_of(&happened);
        moves += happened.len();
        let mut was = said;
        for list in [&mut was.suspend, &mut was.back, &mut is.suspend, &mut is.back] {
            list.sort_unstable();
        }
        was.cancel.sort_unstable();
        is.cancel.sort_unstable();
        assert_eq!(is, was, "{seats} seats, viewers free: {viewers_free}");
        world.assert_counters_are_counts().await;
    }
    assert!(moves > 10, "only {moves} moves: the dice are loaded");
}

fn rehearsal_of(happened: &[Displaced]) -> domain::seat::Keeps<domain::ids::MemberId, domain::ids::InvitationId> {
    let mut keeps = domain::seat::Keeps { cancel: Vec::new(), suspend: Vec::new(), back: Vec::new() };
    for one in happened {
        match one {
            Displaced::Cancelled(invitation) => keeps.cancel.push(invitation.id),
            Displaced::Suspended(member) => keeps.suspend.push(member.id),
            Displaced::Back(member) => keeps.back.push(member.id),
        }
    }
    keeps
}
