//! Seats bought ahead of people, and how they meet what is scheduled, what is bought next, and who comes and goes.

use std::time::Duration;

use domain::billed::HowPaid;
use domain::time::Period;
use domain::view::{AheadView, ChangeAnswer};
use domain::{Interval, Subscription, Timestamp};
use service::{Caller, ChangeInput};

use crate::stand::Stand;

claims! {
    who_buys_more_seats_does_not_want_fewer_at_the_renewal;
    as_many_seats_as_people_are_not_bought_ahead;
    what_was_bought_is_not_given_back_with_the_day;
    a_scheduled_plan_begins_with_those_who_are_here_then;
    seats_bought_ahead_are_in_what_is_rehearsed;
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

/// Agrees to what it costs.
async fn change(stand: &Stand, owner: &Caller, plan: &str, interval: &str, seats: u32) {
    let word = |word: &str| Some(word.to_owned());
    let input = ChangeInput { plan: word(plan), interval: word(interval), seats: Some(seats), quote: None };
    let answer = service::change(&stand.s, owner, "acme", input).await.unwrap().answer;
    let ChangeAnswer::Quote(quote) = answer else { panic!("{answer:?}") };
    service::confirm_quote(&stand.s, owner, "acme", &quote.id.to_string(), &quote.hash).await.unwrap();
    stand.settle().await;
    assert_eq!(bought(stand).quantity, seats);
}

async fn ahead(stand: &Stand, owner: &Caller) -> Option<AheadView> {
    stand.billing(owner).await.course.unwrap().ahead
}

async fn premium(stand: &Stand, interval: &str) -> Caller {
    let owner = stand.acme().await;
    stand.buy(&owner, "premium", interval).await;
    owner
}

async fn join(stand: &Stand, owner: &Caller, name: &str) {
    stand.join(owner, &format!("{name}@acme.test"), "member").await;
    stand.settle().await;
}

async fn remove(stand: &Stand, owner: &Caller, name: &str) {
    let id = stand.id_of(owner, &format!("{name}@acme.test")).await;
    service::remove_member(&stand.s, owner, "acme", id).await.unwrap();
    stand.settle().await;
}

fn midnight(now: Timestamp) -> Timestamp {
    Timestamp::from_secs(now.secs() - now.secs().rem_euclid(86_400))
}

async fn who_buys_more_seats_does_not_want_fewer_at_the_renewal(stand: Stand) {
    let owner = premium(&stand, "month").await;
    change(&stand, &owner, "premium", "month", 6).await;
    service::fewer_seats(&stand.s, &owner, "acme", 3).await.unwrap();
    assert_eq!(ahead(&stand, &owner).await.unwrap().then.map(|(seats, _)| seats), Some(3));
    change(&stand, &owner, "premium", "month", 8).await;
    assert_eq!(ahead(&stand, &owner).await, Some(AheadView { seats: 8, fewest: 1, then: None }));
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(30)).unwrap());
    stand.settle().await;
    assert_eq!(bought(&stand).quantity, 8, "the renewal bills what was bought last");
}

async fn as_many_seats_as_people_are_not_bought_ahead(stand: Stand) {
    let owner = premium(&stand, "month").await;
    join(&stand, &owner, "b").await;
    change(&stand, &owner, "premium", "year", 2).await;
    assert_eq!(ahead(&stand, &owner).await, None);
    remove(&stand, &owner, "b").await;
    assert_eq!(bought(&stand).quantity, 2, "paid for until the period ends");
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(30)).unwrap());
    stand.settle().await;
    assert_eq!(bought(&stand).quantity, 1, "and nobody has bought it ahead");
}

async fn what_was_bought_is_not_given_back_with_the_day(stand: Stand) {
    let owner = premium(&stand, "month").await;
    stand.pass(Duration::from_hours(48));
    join(&stand, &owner, "b").await;
    change(&stand, &owner, "premium", "month", 3).await;
    join(&stand, &owner, "c").await;
    let sent = stand.till.inside().seat_changes.len();
    for name in ["b", "c"] {
        remove(&stand, &owner, name).await;
    }
    let later = stand.till.inside().seat_changes.split_off(sent);
    assert!(later.is_empty(), "it was paid from its second, not from the beginning of the day: {later:?}");
    assert_eq!(bought(&stand).quantity, 3);
}

async fn a_scheduled_plan_begins_with_those_who_are_here_then(stand: Stand) {
    let owner = premium(&stand, "year").await;
    stand.pass(Duration::from_hours(48));
    let said = service::later(&stand.s, &owner, "acme", "premium", "month").await.unwrap();
    service::schedule_change(&stand.s, &owner, "acme", "premium", "month", &said.hash).await.unwrap();
    assert_eq!(bought(&stand).scheduled.unwrap().seats, 1);
    let then = || (bought(&stand).quantity, bought(&stand).scheduled.unwrap().seats);
    stand.till.inside().seat_changes.clear();
    for name in ["b", "c"] {
        join(&stand, &owner, name).await;
    }
    assert_eq!(then(), (3, 3));
    remove(&stand, &owner, "c").await;
    assert_eq!(then(), (2, 2));
    // What is billed until then has its own money, as without a schedule.
    let paid = HowPaid::NextInvoice { since: midnight(stand.s.now()) };
    let told: Vec<_> = stand.till.inside().seat_changes.iter().map(|it| (it.lines[0].1, it.paid)).collect();
    assert_eq!(told, [(2, paid), (3, paid), (2, paid)]);
}

async fn seats_bought_ahead_are_in_what_is_rehearsed(stand: Stand) {
    let owner = premium(&stand, "year").await;
    join(&stand, &owner, "b").await;
    stand.floor(5).await;
    let rehearse = async || service::later(&stand.s, &owner, "acme", "premium", "month").await.unwrap();
    assert_eq!(rehearse().await.total.to_string(), "$145.00");
    service::fewer_seats(&stand.s, &owner, "acme", 3).await.unwrap();
    let said = rehearse().await;
    assert_eq!(said.total.to_string(), "$87.00", "those of then");
    service::schedule_change(&stand.s, &owner, "acme", "premium", "month", &said.hash).await.unwrap();
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(30)).unwrap());
    stand.settle().await;
    stand.pass(Duration::from_mins(31));
    stand.till.change(&bought(&stand).id, |it| {
        let next = it.scheduled.take().unwrap();
        (it.interval, it.quantity) = (next.interval, next.seats);
        it.lines.iter_mut().for_each(|line| (line.interval, line.quantity) = (next.interval, next.seats));
        it.period = Period { from: next.at, until: next.at.plus(Duration::from_hours(24 * 30)) };
    });
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought(&stand))).await.unwrap();
    stand.settle().await;
    let shown = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((shown.interval, shown.quantity, shown.total), (Interval::Month, 3, said.total));
}
