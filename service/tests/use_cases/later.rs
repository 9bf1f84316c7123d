//! Something smaller from the next period on: rehearsed, scheduled, undone, and what then happens.

use std::time::Duration;

use domain::course::FLOOR_FALLS_BEFORE;
use domain::time::Period;
use domain::view::LaterView;
use domain::{Catalog, EmailAddress, Interval, Subscription};
use service::{Caller, Error};

use crate::stand::{Stand, code};
use crate::till::Mood;

claims! {
    what_happens_on_the_day_is_what_was_rehearsed;
    who_comes_in_between_makes_it_another_rehearsal;
    who_comes_after_it_was_scheduled_rests_as_the_newest;
    an_owner_chooses_who_rests_beforehand;
    a_year_becomes_months_with_the_next_period;
    what_is_no_step_down_is_not_scheduled;
    a_change_whose_answer_was_lost_is_scheduled_once;
    a_scheduled_change_can_be_another_one_and_none;
    fewer_seats_are_billed_from_the_renewal_on_and_not_before;
}

/// Team with three seats.
fn narrow() -> Catalog {
    let text = include_str!("../../../catalog/default.toml");
    let narrow = text.replacen("included = 20, max = 20", "included = 3, max = 3", 1);
    assert_ne!(narrow, text);
    Catalog::parse("test.toml", &narrow).unwrap()
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

async fn buy(stand: &Stand, plan: &str, interval: &str) -> Caller {
    let owner = stand.acme().await;
    let url = stand.start(&owner, plan, interval, 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    owner
}

/// Somebody joins, later than everybody before.
async fn join(stand: &Stand, owner: &Caller, name: &str) -> Caller {
    stand.pass(Duration::from_secs(1));
    stand.join(owner, &format!("{name}@acme.test"), "member").await
}

async fn rehearse(stand: &Stand, who: &Caller, plan: &str, interval: &str) -> Result<LaterView, Error> {
    service::later(&stand.s, who, "acme", plan, interval).await
}

async fn schedule(stand: &Stand, who: &Caller, plan: &str, interval: &str, hash: &str) -> Result<(), Error> {
    service::schedule_change(&stand.s, who, "acme", plan, interval, hash).await
}

/// The period is over, and the provider does what it was told.
async fn the_day_comes(stand: &Stand) {
    stand.till.change(&bought(stand).id, |it| {
        let next = it.scheduled.take().expect("something is scheduled");
        assert_eq!(next.at, it.period.until);
        (it.plan, it.interval) = (next.plan, next.interval);
        if it.seat_item.is_some() {
            it.quantity = next.seats;
        }
        it.period = Period { from: next.at, until: next.at.plus(Duration::from_hours(24 * 30)) };
    });
    let event = stand.till.event("customer.subscription.updated", &bought(stand));
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
}

async fn resting(stand: &Stand, owner: &Caller) -> Vec<EmailAddress> {
    let team = stand.team(owner).await;
    let mut rest: Vec<_> = team.members.into_iter().filter(|it| it.suspension.is_some()).map(|it| it.email).collect();
    rest.sort_by_key(ToString::to_string);
    rest
}

fn addresses(names: &[&str]) -> Vec<EmailAddress> {
    names.iter().map(|name| format!("{name}@acme.test").parse().unwrap()).collect()
}

async fn what_happens_on_the_day_is_what_was_rehearsed(stand: Stand) {
    let stand = stand.selling(narrow());
    let owner = buy(&stand, "enterprise", "month").await;
    for name in ["b", "c", "d"] {
        join(&stand, &owner, name).await;
    }
    stand.pass(Duration::from_secs(1));
    stand.invite(&owner, "e@acme.test").await.unwrap();
    let said = rehearse(&stand, &owner, "team", "month").await.unwrap();
    assert_eq!((&said.rest, &said.uninvited), (&addresses(&["d"]), &addresses(&["e"])));
    assert_eq!(said.keep, addresses(&["owner", "b", "c"]));
    assert_eq!((said.total.to_string().as_str(), said.at), ("$99.00", bought(&stand).period.until));
    assert!(!said.losses.is_empty() && !said.scheduled);

    schedule(&stand, &owner, "team", "month", &said.hash).await.unwrap();
    let view = stand.billing(&owner).await;
    assert_eq!(view.plan.key.as_str(), "enterprise", "until then nothing changes");
    assert_eq!(view.course.unwrap().next.unwrap().plan.as_deref(), Some("Team"));
    assert_eq!(resting(&stand, &owner).await, []);
    assert!(rehearse(&stand, &owner, "team", "month").await.unwrap().scheduled);

    the_day_comes(&stand).await;
    let mut rest = said.rest;
    rest.sort_by_key(ToString::to_string);
    assert_eq!(resting(&stand, &owner).await, rest);
    assert_eq!(stand.seats(&owner).await, (3, 0));
    let view = stand.billing(&owner).await;
    assert_eq!((view.plan.key.as_str(), view.course.unwrap().next), ("team", None));
    assert_eq!(stand.team(&owner).await.members.len(), 4, "nobody is removed");
}

async fn who_comes_in_between_makes_it_another_rehearsal(stand: Stand) {
    let stand = stand.selling(narrow());
    let owner = buy(&stand, "enterprise", "month").await;
    for name in ["b", "c"] {
        join(&stand, &owner, name).await;
    }
    let said = rehearse(&stand, &owner, "team", "month").await.unwrap();
    assert_eq!(said.rest, []);
    join(&stand, &owner, "d").await;
    assert_eq!(code(schedule(&stand, &owner, "team", "month", &said.hash).await), "rehearsal-changed");
    assert_eq!(bought(&stand).scheduled, None);
    let again = rehearse(&stand, &owner, "team", "month").await.unwrap();
    assert_eq!(again.rest, addresses(&["d"]));
    schedule(&stand, &owner, "team", "month", &again.hash).await.unwrap();
}

async fn who_comes_after_it_was_scheduled_rests_as_the_newest(stand: Stand) {
    let stand = stand.selling(narrow());
    let owner = buy(&stand, "enterprise", "month").await;
    for name in ["b", "c"] {
        join(&stand, &owner, name).await;
    }
    let said = rehearse(&stand, &owner, "team", "month").await.unwrap();
    schedule(&stand, &owner, "team", "month", &said.hash).await.unwrap();
    join(&stand, &owner, "d").await;
    assert_eq!(
        rehearse(&stand, &owner, "team", "month").await.unwrap().rest,
        addresses(&["d"]),
        "the list is of today"
    );
    the_day_comes(&stand).await;
    assert_eq!(resting(&stand, &owner).await, addresses(&["d"]));
}

async fn an_owner_chooses_who_rests_beforehand(stand: Stand) {
    let stand = stand.selling(narrow());
    let owner = buy(&stand, "enterprise", "month").await;
    for name in ["b", "c", "d"] {
        join(&stand, &owner, name).await;
    }
    let b = stand.team(&owner).await.members.iter().find(|it| it.email.as_str() == "b@acme.test").unwrap().id;
    service::suspend_member(&stand.s, &owner, "acme", b, None, None).await.unwrap();
    let said = rehearse(&stand, &owner, "team", "month").await.unwrap();
    assert_eq!((said.rest, said.keep), (vec![], addresses(&["owner", "c", "d"])));
    schedule(&stand, &owner, "team", "month", &said.hash).await.unwrap();
    the_day_comes(&stand).await;
    assert_eq!(resting(&stand, &owner).await, addresses(&["b"]));
}

async fn a_year_becomes_months_with_the_next_period(stand: Stand) {
    let owner = buy(&stand, "premium", "year").await;
    join(&stand, &owner, "b").await;
    stand.settle().await;
    let said = rehearse(&stand, &owner, "premium", "month").await.unwrap();
    assert_eq!((said.total.to_string().as_str(), said.interval), ("$58.00", Interval::Month));
    assert_eq!((said.lines[0].quantity, said.rest.len()), (2, 0), "who is here now is billed");
    assert!(said.losses.is_empty());
    schedule(&stand, &owner, "premium", "month", &said.hash).await.unwrap();
    the_day_comes(&stand).await;
    let shown = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((shown.interval, shown.quantity), (Interval::Month, 2));
}

async fn what_is_no_step_down_is_not_scheduled(stand: Stand) {
    let owner = buy(&stand, "team", "month").await;
    let tries = [
        ("enterprise", "month", "begins-now"),
        ("team", "year", "begins-now"),
        ("team", "month", "same-plan"),
        ("free", "month", "plan-free"),
        ("nothing", "month", "plan-unknown"),
        ("all_access", "month", "no-such-price"),
    ];
    for (plan, interval, no) in tries {
        assert_eq!(code(rehearse(&stand, &owner, plan, interval).await), no, "{plan} {interval}");
        assert_eq!(code(schedule(&stand, &owner, plan, interval, "").await), no, "{plan} {interval}");
    }
    service::cancel_plan(&stand.s, &owner, "acme", None, None).await.unwrap();
    assert_eq!(code(rehearse(&stand, &owner, "premium", "month").await), "plan-ends");
}

async fn a_change_whose_answer_was_lost_is_scheduled_once(stand: Stand) {
    let owner = buy(&stand, "enterprise", "month").await;
    let said = rehearse(&stand, &owner, "team", "month").await.unwrap();
    for calls in 0..6 {
        stand.till.mood_after(calls, Mood::Mumbling);
        let answer = schedule(&stand, &owner, "team", "month", &said.hash).await;
        stand.till.mood(Mood::Well);
        if answer.is_ok() {
            assert_eq!(bought(&stand).scheduled.unwrap().plan.unwrap().as_str(), "team");
            return;
        }
        assert_eq!(code(answer), "payments-away", "after {calls} calls");
    }
    panic!("it needs more than six calls");
}

async fn a_scheduled_change_can_be_another_one_and_none(stand: Stand) {
    let owner = buy(&stand, "enterprise", "year").await;
    let first = rehearse(&stand, &owner, "team", "year").await.unwrap();
    schedule(&stand, &owner, "team", "year", &first.hash).await.unwrap();
    let second = rehearse(&stand, &owner, "enterprise", "month").await.unwrap();
    assert_eq!(second.replaces.as_deref(), Some("Team"));
    schedule(&stand, &owner, "enterprise", "month", &second.hash).await.unwrap();
    let next = bought(&stand).scheduled.unwrap();
    assert_eq!((next.plan.unwrap().as_str(), next.interval), ("enterprise", Some(Interval::Month)));
    service::undo_change(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(bought(&stand).scheduled, None);
    let again = rehearse(&stand, &owner, "team", "year").await.unwrap();
    assert_eq!(again.hash, first.hash, "as if nothing had been");
}

async fn fewer_seats_are_billed_from_the_renewal_on_and_not_before(stand: Stand) {
    let owner = buy(&stand, "premium", "month").await;
    join(&stand, &owner, "b").await;
    let fewer = async |seats: u32| service::fewer_seats(&stand.s, &owner, "acme", seats).await;
    assert_eq!(code(fewer(2).await), "seats-not-fewer", "none are bought ahead");
    stand.floor(6).await;
    assert_eq!(code(fewer(1).await), "seats-in-use");
    assert_eq!(code(fewer(6).await), "seats-not-fewer");
    fewer(4).await.unwrap();
    let ahead = async || stand.billing(&owner).await.course.unwrap().ahead;
    let at = bought(&stand).period.until;
    assert_eq!(ahead().await.unwrap().then, Some((4, at)));
    service::undo_change(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(ahead().await.unwrap().then, None);

    fewer(3).await.unwrap();
    let before = at.minus(FLOOR_FALLS_BEFORE).minus(Duration::from_mins(1));
    stand.pass(before.since(stand.s.now()));
    stand.settle().await;
    assert_eq!(ahead().await.unwrap().seats, 6, "they stay until then");
    stand.pass(Duration::from_mins(2));
    stand.settle().await;
    let left = ahead().await.unwrap();
    assert_eq!((left.seats, left.then), (3, None));
}
