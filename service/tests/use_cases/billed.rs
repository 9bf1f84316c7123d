//! Who is billed: those who are here and take a seat, whatever happened on the way.

use domain::plan::Part;
use domain::{Catalog, Interval, Subscription};
use service::RequestSeat;

use crate::stand::{Stand, code, token};

claims! {
    viewers_who_sit_for_nothing_are_not_billed;
    a_line_for_seats_that_was_missing_is_found_by_the_next_change;
    another_interval_at_the_provider_is_billed_for_who_is_here;
    the_echo_of_our_own_change_changes_nothing;
    who_bought_fewer_seats_than_there_are_people_pays_for_the_people;
    only_who_has_a_seat_is_billed_and_not_who_waits_for_one;
    where_the_free_plan_has_no_cap_nobody_is_refused_a_seat;
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

/// The provider says that something has changed.
async fn hear(stand: &Stand) {
    let event = stand.till.event("customer.subscription.updated", &bought(stand));
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
}

async fn viewers_who_sit_for_nothing_are_not_billed(mut stand: Stand) {
    let text = include_str!("../../../catalog/default.toml");
    let mut free = text.replacen("included = 3, max = 3", "included = 3, max = 3, viewers = \"free\"", 1);
    free = free.replacen("seats = { max = 3 }", "seats = { max = 3, viewers = \"free\" }", 1);
    assert_eq!(free.matches("viewers = \"free\"").count(), 2);
    stand.sell(Catalog::parse("test.toml", &free).unwrap());
    let owner = stand.acme_with_all_access(1).await;
    for n in 0..3 {
        stand.join(&owner, &format!("viewer{n}@acme.test"), "viewer").await;
    }
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1);
    let id = stand.id_of(&owner, "viewer0@acme.test").await;
    for (role, billed) in [("member", 2), ("viewer", 1)] {
        service::change_role(&stand.s, &owner, "acme", id, role.to_owned()).await.unwrap();
        stand.settle().await;
        assert_eq!(stand.till.quantity(), billed, "{role}");
    }
}

async fn a_line_for_seats_that_was_missing_is_found_by_the_next_change(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let item = bought(&stand).seat_item;
    stand.till.change(&bought(&stand).id, |it| {
        (it.seat_item, it.quantity, it.lines[0].part) = (None, 0, None);
    });
    hear(&stand).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    assert!(stand.till.inside().quantities.is_empty(), "there is nothing to write the number to");
    // Somebody mends it at the provider, and its event is lost.
    stand.till.change(&bought(&stand).id, |it| (it.seat_item, it.lines[0].part) = (item, Some(Part::PerSeat)));
    stand.join(&owner, "third@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 3);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 3);
}

async fn another_interval_at_the_provider_is_billed_for_who_is_here(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "premium", "month").await;
    for n in 2..=4 {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 4);
    stand.till.change(&bought(&stand).id, |it| (it.interval, it.quantity) = (Some(Interval::Year), 1));
    hear(&stand).await;
    assert_eq!(stand.till.quantity(), 4, "at once, and not after a year");
    let shown = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((shown.interval, shown.quantity), (Interval::Year, 4));
}

async fn the_echo_of_our_own_change_changes_nothing(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    let lines = async || {
        let all = service::audit_log(&stand.s, &owner, "acme", &domain::view::AuditQuery::default(), None).await;
        all.unwrap().lines.len()
    };
    let before = lines().await;
    for _ in 0..3 {
        hear(&stand).await;
    }
    assert_eq!(stand.till.inside().quantities, [2], "one change, and no answer to its own echo");
    assert_eq!(lines().await, before);
}

async fn who_bought_fewer_seats_than_there_are_people_pays_for_the_people(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    stand.till.change(&bought(&stand).id, |it| it.quantity = 1);
    hear(&stand).await;
    assert_eq!(stand.till.inside().quantities, [2, 2], "what was paid for is read back");
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 2);
    stand.till.change(&bought(&stand).id, |it| it.quantity = 3);
    hear(&stand).await;
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 3, "bought ahead is no mistake");
    assert_eq!(stand.till.inside().quantities, [2, 2]);
}

async fn only_who_has_a_seat_is_billed_and_not_who_waits_for_one(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    let ask = RequestSeat { email: "third@acme.test".to_owned(), role: String::new(), note: None };
    service::request_seat(&stand.s, &owner, "acme", ask).await.unwrap();
    stand.settle().await;
    assert_eq!((stand.till.quantity(), stand.seats(&owner).await), (1, (1, 1)), "held, and not billed");
    let second = stand.sign_up("second@acme.test").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1, "an account is no seat");
    service::accept(&stand.s, &second, &token(&invited)).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
}

async fn where_the_free_plan_has_no_cap_nobody_is_refused_a_seat(mut stand: Stand) {
    let text = include_str!("../../../catalog/default.toml");
    let endless = text.replacen("included = 3, max = 3", "included = 0, max = \"unlimited\"", 1);
    assert_ne!(endless, text);
    stand.sell(Catalog::parse("test.toml", &endless).unwrap());
    let owner = stand.acme().await;
    for n in 0..12 {
        let invited = stand.invite(&owner, &format!("guest{n}@elsewhere.test")).await;
        assert_eq!(code(invited), "-", "{n}");
    }
    assert_eq!(stand.seats(&owner).await, (1, 12));
    assert_eq!(stand.team(&owner).await.desk.seats.limit.cap(), None);
}
