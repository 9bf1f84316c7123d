//! What each state of a subscription lets an organization do.

use domain::SubscriptionStatus;
use domain::access::Deed;

#[test]
fn each_state_gives_this_access() {
    let head = format!(
        "{:20} {:10} {:5} {:7} {:7} {:5} {}",
        "status", "access", "grows", "changes", "settles", "live", "over"
    );
    let mut table = vec![head];
    for status in SubscriptionStatus::ALL {
        let access = status.access();
        let [grows, changes, settles] =
            [Deed::Grow, Deed::Change, Deed::Settle].map(|deed| access.allows(deed).is_ok());
        let (live, over) = (status.is_live(), status.is_terminal());
        let access = format!("{access:?}");
        table.push(format!("{:20} {access:10} {grows:5} {changes:7} {settles:7} {live:5} {over}", status.as_str()));
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn a_state_is_read_as_it_is_written_and_nothing_else_is_one() {
    for status in SubscriptionStatus::ALL {
        assert_eq!(status.as_str().parse(), Ok(status));
        assert_eq!(serde_json::to_string(&status).expect("json"), format!("\"{status}\""));
    }
    for word in ["", "Active", "cancelled", " active", "deleted"] {
        assert!(word.parse::<SubscriptionStatus>().is_err(), "{word}");
    }
}

#[test]
fn nothing_that_is_over_is_live() {
    assert!(SubscriptionStatus::ALL.iter().all(|status| !(status.is_live() && status.is_terminal())));
}
