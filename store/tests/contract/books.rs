//! The seats by every book, what was found to differ, and whose turn it is.

use std::time::Duration;

use domain::{Drift, SeatCount, Timestamp};

use crate::world::{NOW, World, all, change, look};

both_engines! {
    the_books_are_the_lists_and_a_recount_makes_the_counters_so,
    a_finding_is_kept_once_and_resolved_when_it_is_not_found_any_more,
    of_many_nodes_one_has_the_turn_and_not_again_before_its_time,
}

const HOUR: Duration = Duration::from_hours(1);

fn later(minutes: u64) -> Timestamp {
    NOW.plus(Duration::from_mins(minutes))
}

async fn the_books_are_the_lists_and_a_recount_makes_the_counters_so(world: &World) {
    let acme = world.acme().await;
    world.invite(&acme, "third@acme.test", domain::Role::Member).await;
    let right = SeatCount { active: 1, reserved: 1 };
    let books = look!(acme, |tx| tx.books().await?).unwrap();
    assert_eq!((books.listed, books.history, books.owners), (right, Some(right), books.counted_owners));
    let spoil = "update organizations set seats_active = 7, seats_reserved = 0, owners = 2 where slug = 'acme'";
    world.takes(spoil).await.unwrap();
    let books = look!(acme, |tx| tx.books().await?).unwrap();
    assert_eq!((books.listed, books.owners, books.counted_owners), (right, 1, 2));
    assert_eq!(change!(acme, NOW, |tx| tx.recount().await?).unwrap(), right);
    let org = look!(acme, |tx| tx.organization().await?).unwrap();
    let books = look!(acme, |tx| tx.books().await?).unwrap();
    assert_eq!((org.seats, books.history, books.counted_owners), (right, Some(right), 1));
}

async fn a_finding_is_kept_once_and_resolved_when_it_is_not_found_any_more(world: &World) {
    let acme = world.acme().await;
    let system = world.store.system();
    for minutes in [0, 60] {
        let org = Some(acme.org());
        system.note_finding(Drift::TwoLive, "org", org, "{}", later(minutes)).await.unwrap();
        system.note_finding(Drift::InvoiceDiffers, "sub", org, "{}", later(0)).await.unwrap();
        system.note_finding(Drift::EventsDead, "inbox", None, "{\"events\":1}", later(minutes)).await.unwrap();
        system.note_repair(Drift::TwoLive, "org", later(minutes)).await.unwrap();
        let unlooked = [Drift::InvoiceDiffers];
        assert_eq!(system.resolve_findings(None, &unlooked, later(minutes)).await.unwrap(), 0);
    }
    let open = system.open_findings().await.unwrap();
    let told: Vec<_> = open.iter().map(|one| (one.drift, one.first_seen_at, one.last_seen_at)).collect();
    let (first, last) = (later(0), later(60));
    assert_eq!(
        told,
        [(Drift::EventsDead, first, last), (Drift::InvoiceDiffers, first, last), (Drift::TwoLive, first, last)]
    );
    assert_eq!((open[2].org, open[2].repaired_at), (Some(acme.org()), Some(last)));
    assert_eq!(system.resolve_findings(Some(acme.org()), &[], later(120)).await.unwrap(), 2, "the inbox is nobody's");
    assert_eq!(system.resolve_findings(None, &[], later(120)).await.unwrap(), 1);
    assert_eq!(system.open_findings().await.unwrap(), []);
    system.note_finding(Drift::EventsDead, "inbox", None, "{}", later(180)).await.unwrap();
    let again = &system.open_findings().await.unwrap()[0];
    assert_eq!((again.first_seen_at, again.repaired_at), (later(180), None), "it is another one");
}

async fn of_many_nodes_one_has_the_turn_and_not_again_before_its_time(world: &World) {
    let take = async |at: Timestamp| {
        let racers =
            (0..8).map(|node| {
                let store = world.store.clone();
                async move {
                    store.system().take_turn("reconciliation", &format!("{node}"), HOUR, HOUR / 2, at).await.unwrap()
                }
            });
        all(racers).await.into_iter().enumerate().filter(|(_, taken)| *taken).map(|(node, _)| node).collect::<Vec<_>>()
    };
    assert_eq!(take(NOW).await, [] as [usize; 0], "its time begins to run");
    assert_eq!(take(later(59)).await.len(), 0);
    let taken = take(later(60)).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(take(later(61)).await.len(), 0, "somebody has it");
    // Who takes too long has lost it, and cannot end the next one's.
    let next = take(later(91)).await;
    assert_eq!(next.len(), 1);
    let system = world.store.system();
    system.end_turn("reconciliation", "somebody else", later(92)).await.unwrap();
    assert_eq!(take(later(93)).await.len(), 0);
    system.end_turn("reconciliation", &next[0].to_string(), later(94)).await.unwrap();
    assert_eq!(take(later(153)).await.len(), 0);
    assert_eq!(take(later(154)).await.len(), 1);
}
