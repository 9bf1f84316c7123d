//! Several invitations at once, more links to one, and the lists of them and of members.

use std::time::Duration;

use domain::seat::{SeatCount, SeatsFull};
use domain::view::InvitationStanding;
use domain::{Role, Timestamp};
use store::{AddInvitation, Dropped, InvitationStatus, StoreError, Visit};

use crate::world::{NOW, WEEK, World, all, change, look, seats, set_seats};

both_engines! {
    the_cap_counts_for_a_batch_as_a_whole,
    a_batch_may_be_sent_again,
    batches_that_race_never_end_above_the_cap,
    resending_needs_no_free_seat_and_counts,
    every_link_of_an_invitation_opens_it_and_all_end_with_it,
    what_does_not_wait_is_not_sent_again,
    the_list_of_invitations_says_how_each_ended,
    stale_invitations_are_those_that_nobody_answers,
    members_come_by_pages_and_are_found_by_their_address,
    idle_members_are_no_owners_and_not_who_asks,
    every_move_of_a_seat_is_written_down_with_the_counters_after_it,
}

async fn the_cap_counts_for_a_batch_as_a_whole(world: &World) {
    let acme = world.acme().await;
    let emails = ["a@acme.test", "owner@acme.test", "b@acme.test", "A@acme.test", "c@acme.test", "d@acme.test"];
    let batch: Vec<_> = emails.iter().map(|email| world.new_invitation(email, Role::Member)).collect();
    let outcomes = change!(acme, NOW, |tx| tx.add_invitations(&batch).await?).unwrap();
    let full = AddInvitation::SeatsFull(SeatsFull { cap: 3, count: SeatCount { active: 1, reserved: 2 } });
    assert_eq!(
        outcomes,
        [
            AddInvitation::Added,
            AddInvitation::AlreadyMember,
            AddInvitation::Added,
            AddInvitation::AlreadyInvited,
            full,
            full
        ]
    );
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 2 });
    world.assert_counters_are_counts().await;
}

async fn a_batch_may_be_sent_again(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    for expected in [AddInvitation::Added, AddInvitation::AlreadyInvited] {
        let batch: Vec<_> = (0..50).map(|n| world.new_invitation(&format!("p{n}@acme.test"), Role::Member)).collect();
        let outcomes = change!(acme, NOW, |tx| tx.add_invitations(&batch).await?).unwrap();
        assert_eq!(outcomes, [expected; 50]);
    }
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 50 });
    world.assert_counters_are_counts().await;
}

async fn batches_that_race_never_end_above_the_cap(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 8).await;
    let racers = (0..10).map(|hand| {
        let batch: Vec<_> =
            (0..5).map(|n| world.new_invitation(&format!("p{hand}-{n}@acme.test"), Role::Member)).collect();
        let acme = acme.clone();
        async move { change!(acme, NOW, |tx| tx.add_invitations(&batch).await?).unwrap() }
    });
    let outcomes: Vec<_> = all(racers).await.into_iter().flatten().collect();
    assert_eq!(outcomes.iter().filter(|one| **one == AddInvitation::Added).count(), 7);
    assert_eq!(outcomes.iter().filter(|one| matches!(one, AddInvitation::SeatsFull(_))).count(), 43);
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 7 });
    world.assert_counters_are_counts().await;
}

async fn resending_needs_no_free_seat_and_counts(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 2).await;
    let (id, _) = world.invite(&acme, "second@acme.test", Role::Member).await;
    let (hash, later) = (world.hash(), NOW.plus(Duration::from_hours(24)));
    let until = later.plus(WEEK);
    let sent = change!(acme, later, |tx| tx.resend_invitation(id, hash, until).await?).unwrap().unwrap();
    assert_eq!((sent.id, sent.sent, sent.last_sent_at, sent.expires_at), (id, 2, later, until));
    assert_eq!(seats(&acme).await, SeatCount { active: 1, reserved: 1 });
    world.assert_counters_are_counts().await;
}

async fn every_link_of_an_invitation_opens_it_and_all_end_with_it(world: &World) {
    let acme = world.acme().await;
    let new = world.new_invitation("second@acme.test", Role::Member);
    let (id, first, second, third) = (new.id, new.token_hash, world.hash(), world.hash());
    change!(acme, NOW, |tx| {
        tx.add_invitation(&new).await?;
        tx.resend_invitation(id, second, NOW.plus(WEEK)).await?;
        let copied = tx.add_invitation_link(id, third).await?.unwrap();
        assert_eq!(copied.sent, 2, "a copied link is no sending");
    })
    .unwrap();
    let system = world.store.system();
    for hash in [first, second, third] {
        let (_, state) = system.open_by_invitation(hash, Visit::default()).await.unwrap();
        assert_eq!((state.record.id, state.status), (id, InvitationStatus::Pending));
    }
    let unknown = system.open_by_invitation(world.hash(), Visit::default()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
    change!(acme, NOW, |tx| tx.drop_invitation(id, Dropped::Cancelled { reason: None }).await?).unwrap();
    for hash in [first, second, third] {
        let (_, state) = system.open_by_invitation(hash, Visit::default()).await.unwrap();
        assert_eq!(state.status, InvitationStatus::Cancelled);
    }
}

async fn what_does_not_wait_is_not_sent_again(world: &World) {
    let acme = world.acme().await;
    let (over, _) = world.invite(&acme, "over@acme.test", Role::Member).await;
    let (gone, _) = world.invite(&acme, "gone@acme.test", Role::Member).await;
    change!(acme, NOW, |tx| tx.drop_invitation(gone, Dropped::Cancelled { reason: None }).await?).unwrap();
    let other = world.person("owner@other.test").await;
    let other = world.company("other", &other, 3).await;
    let (theirs, _) = world.invite(&other, "second@other.test", Role::Member).await;
    let late = NOW.plus(WEEK);
    for id in [over, gone, theirs, world.invitation()] {
        let (one, two) = (world.hash(), world.hash());
        assert_eq!(change!(acme, late, |tx| tx.resend_invitation(id, one, late.plus(WEEK)).await?).unwrap(), None);
        assert_eq!(change!(acme, late, |tx| tx.add_invitation_link(id, two).await?).unwrap(), None);
    }
}

async fn the_list_of_invitations_says_how_each_ended(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let new = world.new_invitation(&format!("p{n}@acme.test"), Role::Member);
        ids.push(new.id);
        change!(acme, NOW.plus(Duration::from_secs(n)), |tx| tx.add_invitation(&new).await?).unwrap();
    }
    let person = world.person("p0@acme.test").await;
    world.accept(&acme, ids[0], person.user, Role::Member).await;
    let (cancelled, expired) = (ids[1], ids[2]);
    let why = Dropped::Cancelled { reason: Some("Left the project".to_owned()) };
    change!(acme, NOW, |tx| tx.drop_invitation(cancelled, why).await?).unwrap();
    let late = NOW.plus(WEEK);
    change!(acme, late, |tx| tx.drop_invitation(expired, Dropped::Expired).await?).unwrap();

    let (lines, total) = look!(acme, |tx| tx.invitations_page(0, 50).await?).unwrap();
    assert_eq!((lines.len(), total), (5, 5));
    let shown: Vec<_> = lines.iter().map(|line| (line.record.id, line.standing.clone())).collect();
    let reason = Some("Left the project".to_owned());
    assert_eq!(
        shown,
        [
            (ids[4], InvitationStanding::Pending),
            (ids[3], InvitationStanding::Pending),
            (ids[2], InvitationStanding::Expired { at: late }),
            (ids[1], InvitationStanding::Cancelled { at: NOW, reason }),
            (ids[0], InvitationStanding::Accepted { at: NOW }),
        ]
    );
    let (page, total) = look!(acme, |tx| tx.invitations_page(3, 1).await?).unwrap();
    assert_eq!((page.len(), page[0].record.id, total), (1, ids[1], 5));
    let (pending, waiting) = look!(acme, |tx| tx.pending_invitations(1).await?).unwrap();
    assert_eq!((pending.len(), pending[0].id, waiting), (1, ids[3], 2));
}

async fn stale_invitations_are_those_that_nobody_answers(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    let (stale, _) = world.invite(&acme, "stale@acme.test", Role::Member).await;
    let (again, _) = world.invite(&acme, "again@acme.test", Role::Member).await;
    let (hash, later) = (world.hash(), NOW.plus(Duration::from_hours(48)));
    change!(acme, later, |tx| tx.resend_invitation(again, hash, later.plus(WEEK)).await?).unwrap();
    let found = look!(acme, |tx| tx.stale_invitations(later, 10).await?).unwrap();
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [stale]);
    assert_eq!(look!(acme, |tx| tx.stale_invitations(NOW, 10).await?).unwrap(), []);
}

async fn members_come_by_pages_and_are_found_by_their_address(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    for n in 0..12 {
        world.colleague(&acme, &format!("Person_{n:02}@acme.test"), Role::Member).await;
    }
    let page = |search: &'static str, offset, limit| {
        let acme = acme.clone();
        async move {
            let (members, found) = look!(acme, |tx| tx.members_page(search, offset, limit).await?).unwrap();
            (members.into_iter().map(|member| member.email.as_str().to_owned()).collect::<Vec<_>>(), found)
        }
    };
    let (first, found) = page("", 0, 5).await;
    assert_eq!((first[0].as_str(), first.len(), found), ("owner@acme.test", 5, 13));
    let (second, _) = page("", 5, 5).await;
    let (third, _) = page("", 10, 5).await;
    assert_eq!((second.len(), third.len()), (5, 3));
    let mut all: Vec<_> = [first, second, third].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 13, "nobody twice, nobody left out");
    assert_eq!(page(" PERSON_1", 0, 50).await.1, 2);
    assert_eq!(page("@ACME", 0, 50).await.1, 13);
    // These mean nothing here but themselves.
    for (search, found) in [("%", 0), ("_", 12), ("!", 0), ("person%", 0), ("\0", 13), ("'", 0)] {
        assert_eq!(page(search, 0, 50).await.1, found, "{search:?}");
    }
}

async fn idle_members_are_no_owners_and_not_who_asks(world: &World) {
    let acme = world.acme().await;
    set_seats(&acme, 0).await;
    let (_, idle) = world.colleague(&acme, "idle@acme.test", Role::Member).await;
    let (_, seen) = world.colleague(&acme, "seen@acme.test", Role::Member).await;
    let (_, admin) = world.colleague(&acme, "admin@acme.test", Role::Admin).await;
    let (_, rests) = world.colleague(&acme, "rests@acme.test", Role::Member).await;
    crate::world::suspend(&acme, rests.member().unwrap()).await;
    let later: Timestamp = NOW.plus(Duration::from_hours(24 * 30));
    seen.seen(later).await.unwrap();
    let found = look!(admin, |tx| tx.idle_members(later, 10).await?).unwrap();
    assert_eq!(found.iter().map(|one| Some(one.id)).collect::<Vec<_>>(), [idle.member()]);
    let found = look!(acme, |tx| tx.idle_members(later, 10).await?).unwrap();
    assert_eq!(found.iter().map(|one| Some(one.id)).collect::<Vec<_>>(), [idle.member(), admin.member()]);
    assert_eq!(look!(acme, |tx| tx.idle_members(later, 1).await?).unwrap().len(), 1);
}

async fn every_move_of_a_seat_is_written_down_with_the_counters_after_it(world: &World) {
    let acme = world.acme().await;
    let (person, second) = world.colleague(&acme, "second@acme.test", Role::Member).await;
    let (third, _) = world.invite(&acme, "third@acme.test", Role::Viewer).await;
    let id = second.member().unwrap();
    crate::world::suspend(&acme, id).await;
    crate::world::reactivate(&acme, id).await;
    change!(acme, NOW, |tx| tx.change_role(id, Role::Admin).await?).unwrap();
    change!(acme, NOW, |tx| tx.drop_invitation(third, Dropped::Cancelled { reason: None }).await?).unwrap();
    let (over, _) = world.invite(&acme, "over@acme.test", Role::Member).await;
    let late = NOW.plus(WEEK);
    change!(acme, late, |tx| tx.drop_invitation(over, Dropped::Expired).await?).unwrap();
    change!(second, late, |tx| tx.remove_member(id).await?).unwrap();
    let (_, again) = world.colleague(&acme, "again@acme.test", Role::Member).await;
    let again = again.member().unwrap();
    change!(acme, late, |tx| tx.remove_member(again).await?).unwrap();
    set_seats(&acme, 9).await;
    let mut events = look!(acme, |tx| tx.seat_events(NOW, 100).await?).unwrap();
    events.reverse();
    let mut told: Vec<_> = events
        .iter()
        .map(|one| format!("{} {}+{} of {}", one.kind.as_str(), one.seats.active, one.seats.reserved, one.limit))
        .collect();
    // The clock of this test went back for some of them, so what counts is which there are.
    told.sort();
    assert_eq!(
        told,
        [
            "cancelled 2+0 of 3 seats",
            "cap_changed 1+0 of 9 seats",
            "created 1+0 of 3 seats",
            "expired 2+0 of 3 seats",
            "invited 1+1 of 3 seats",
            "invited 1+1 of 3 seats",
            "invited 2+1 of 3 seats",
            "invited 2+1 of 3 seats",
            "joined 2+0 of 3 seats",
            "joined 2+0 of 3 seats",
            "left 1+0 of 3 seats",
            "reactivated 2+1 of 3 seats",
            "removed 1+0 of 3 seats",
            "role_changed 2+1 of 3 seats",
            "suspended 1+1 of 3 seats",
        ]
    );
    let kinds: std::collections::HashSet<_> = events.iter().map(|one| one.kind).collect();
    assert_eq!(kinds.len(), store::SeatEventKind::ALL.len(), "each kind happened");
    assert_eq!(person.email.as_str(), "second@acme.test");
}
