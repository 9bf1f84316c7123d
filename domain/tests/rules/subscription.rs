//! Which snapshot is believed.

use domain::subscription::{Believe, ProviderCustomerId, ProviderSubscriptionId};
use domain::time::Period;
use domain::{Currency, Subscription, SubscriptionStatus, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

fn snapshot(status: SubscriptionStatus, fetched_at: i64) -> Subscription {
    let from = Timestamp::from_secs(1_900_000_000);
    Subscription {
        id: ProviderSubscriptionId("sub_1".into()),
        customer: ProviderCustomerId("cus_1".into()),
        plan: None,
        interval: None,
        currency: Currency::USD,
        seat_item: None,
        quantity: 1,
        status,
        period: Period { from, until: from },
        lines: Vec::new(),
        ends_at: None,
        ends_with_period: false,
        trial_ends_at: None,
        ended_at: None,
        card: None,
        waiting: None,
        scheduled: None,
        pause: None,
        latest_invoice: None,
        fetched_at: Timestamp::from_micros(fetched_at),
    }
}

fn after(snapshots: &[Subscription]) -> Option<Subscription> {
    let mut stored = None;
    for new in snapshots {
        if Subscription::believe(stored.as_ref(), new) == Believe::Yes {
            stored = Some(new.clone());
        }
    }
    stored
}

#[test]
fn what_has_ended_is_never_revived() {
    for ended in SubscriptionStatus::ALL.into_iter().filter(|status| status.is_terminal()) {
        for status in SubscriptionStatus::ALL.into_iter().filter(|status| !status.is_terminal()) {
            for fetched_at in [1, 5, 9] {
                let believed = Subscription::believe(Some(&snapshot(ended, 5)), &snapshot(status, fetched_at));
                assert_eq!(believed, Believe::Ended, "{ended} then {status}");
            }
        }
    }
}

#[test]
fn the_older_of_two_living_snapshots_never_wins() {
    use SubscriptionStatus::{Active, PastDue};
    assert_eq!(Subscription::believe(Some(&snapshot(Active, 5)), &snapshot(PastDue, 4)), Believe::Older);
    assert_eq!(Subscription::believe(Some(&snapshot(PastDue, 4)), &snapshot(Active, 5)), Believe::Yes);
    assert_eq!(Subscription::believe(Some(&snapshot(Active, 5)), &snapshot(Active, 5)), Believe::Yes);
    assert_eq!(Subscription::believe(None, &snapshot(Active, 5)), Believe::Yes);
}

#[test]
fn an_end_is_believed_from_a_machine_whose_clock_is_behind() {
    use SubscriptionStatus::{Active, Canceled};
    assert_eq!(Subscription::believe(Some(&snapshot(Active, 5)), &snapshot(Canceled, 4)), Believe::Yes);
}

fn shuffled() -> impl Strategy<Value = (Vec<Subscription>, Vec<Subscription>)> {
    prop::collection::vec(select(SubscriptionStatus::ALL.as_slice()), 1..8).prop_flat_map(|statuses| {
        let set: Vec<_> = (1..).zip(statuses).map(|(at, status)| snapshot(status, at)).collect();
        (Just(set.clone()).prop_shuffle(), Just(set).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn the_end_is_the_same_in_whatever_order_snapshots_arrive((one, other) in shuffled()) {
        prop_assert_eq!(after(&one), after(&other));
    }

    #[test]
    fn a_snapshot_that_arrives_again_changes_nothing((set, again) in shuffled()) {
        let once = after(&set);
        let twice: Vec<_> = set.into_iter().chain(again).collect();
        prop_assert_eq!(after(&twice), once);
    }

    #[test]
    fn without_an_end_the_newest_snapshot_stands((set, _) in shuffled()) {
        if set.iter().all(|snapshot| !snapshot.status.is_terminal()) {
            let newest = set.iter().max_by_key(|snapshot| snapshot.fetched_at).cloned();
            prop_assert_eq!(after(&set), newest);
        }
    }
}
