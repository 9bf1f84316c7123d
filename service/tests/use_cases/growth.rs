//! How the billed seats follow the people: what is sent, when, and how its money moves.

use std::time::Duration;

use domain::billed::HowPaid;
use domain::plan::Part;
use domain::subscription::Waiting;
use domain::time::Period;
use domain::view::ChangeAnswer;
use domain::{Catalog, Interval, Subscription, SubscriptionStatus, Timestamp};
use payments::provider::{SeatChange, SeatLine};
use service::{Caller, ChangeInput};

use crate::stand::Stand;

claims! {
    ten_who_join_in_a_minute_are_one_change;
    a_seat_that_was_added_and_given_up_on_one_day_moves_no_money;
    what_is_paid_for_stays_until_shortly_before_the_renewal;
    what_is_paid_for_until_the_renewal_is_not_sold_a_second_time;
    seats_that_nobody_held_at_the_renewal_are_given_back_from_its_first_second;
    what_is_left_over_is_given_back_whoever_saw_it_first;
    a_yearly_plan_is_billed_for_more_seats_every_month;
    a_plan_may_ask_for_an_invoice_at_once_and_give_back_at_once;
    a_provider_that_takes_no_more_changes_is_asked_later_and_loses_no_try;
    while_a_payment_is_awaited_nothing_is_sent;
    what_is_not_paid_rests_or_is_over_is_not_told;
    seats_beyond_the_plan_are_a_line_of_their_own;
    seats_bought_ahead_are_billed_whoever_sits_on_them;
    fifty_who_come_and_go_at_once_end_at_the_number_of_the_plan;
}

const DAY: Duration = Duration::from_hours(24);

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

fn changes(stand: &Stand) -> Vec<SeatChange> {
    stand.till.inside().seat_changes.clone()
}

/// How many seats, with which money.
fn told(stand: &Stand) -> Vec<(u32, HowPaid)> {
    changes(stand).iter().map(|change| (change.lines[0].1, change.paid)).collect()
}

fn midnight(now: Timestamp) -> Timestamp {
    Timestamp::from_secs(now.secs() - now.secs().rem_euclid(86_400))
}

async fn hear(stand: &Stand) {
    let event = stand.till.event("customer.subscription.updated", &bought(stand));
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
}

/// A company with Premium by the year, bought a day ago, and so many members.
async fn premium(stand: &Stand, members: u32) -> Caller {
    let owner = stand.acme().await;
    stand.buy(&owner, "premium", "year").await;
    for n in 2..=members {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.settle().await;
    stand.pass(2 * DAY);
    stand.till.inside().seat_changes.clear();
    owner
}

async fn remove(stand: &Stand, owner: &Caller, email: &str) {
    let id = stand.id_of(owner, email).await;
    service::remove_member(&stand.s, owner, "acme", id).await.unwrap();
    stand.settle().await;
}

async fn ten_who_join_in_a_minute_are_one_change(mut stand: Stand) {
    stand.debounce(Duration::from_mins(1));
    let owner = premium(&stand, 1).await;
    for n in 0..10 {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
        stand.settle().await;
        stand.pass(Duration::from_secs(5));
    }
    assert_eq!(told(&stand), [], "the minute is not over");
    assert!(stand.billing(&owner).await.seat_change_pending);
    stand.pass(Duration::from_secs(10));
    stand.settle().await;
    assert_eq!(told(&stand), [(11, HowPaid::NextInvoice { since: midnight(stand.s.now()) })]);
}

async fn a_seat_that_was_added_and_given_up_on_one_day_moves_no_money(stand: Stand) {
    let owner = premium(&stand, 2).await;
    let day = midnight(stand.s.now());
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    stand.pass(Duration::from_hours(1));
    remove(&stand, &owner, "new@acme.test").await;
    // The same seconds up and down: the two lines of the one cancel the two of the other.
    let paid = HowPaid::NextInvoice { since: day };
    assert_eq!(told(&stand), [(3, paid), (2, paid)]);
    remove(&stand, &owner, "member2@acme.test").await;
    assert_eq!(stand.till.quantity(), 2, "and what was paid for before today stays");
}

async fn what_is_paid_for_stays_until_shortly_before_the_renewal(stand: Stand) {
    let owner = premium(&stand, 3).await;
    remove(&stand, &owner, "member3@acme.test").await;
    assert_eq!(told(&stand), []);
    stand.join(&owner, "next@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(told(&stand), [], "the seat is paid for, whoever sits on it");
    remove(&stand, &owner, "next@acme.test").await;

    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(100)).unwrap());
    stand.settle().await;
    assert_eq!(told(&stand), [(2, HowPaid::Nothing)], "for the next period, and nothing for this one");
    stand.pass(Duration::from_mins(5));
    stand.settle().await;
    assert_eq!(told(&stand).len(), 1, "looked at once");
}

async fn what_is_paid_for_until_the_renewal_is_not_sold_a_second_time(stand: Stand) {
    let owner = premium(&stand, 3).await;
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(100)).unwrap());
    stand.settle().await;
    let five = ChangeInput { seats: Some(5), ..ChangeInput::default() };
    let answer = async || service::change(&stand.s, &owner, "acme", five.clone()).await.unwrap().answer;
    assert!(matches!(answer().await, ChangeAnswer::Quote(_)), "nothing was lowered");
    remove(&stand, &owner, "member3@acme.test").await;
    assert_eq!(told(&stand), [(2, HowPaid::Nothing)]);
    let ChangeAnswer::Refused(no) = answer().await else { panic!("the third seat is paid for") };
    assert_eq!(no.code, "seats-settling");
    // Whoever comes in these hours sits on it for nothing, and then there is nothing to be paid twice.
    stand.join(&owner, "next@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(told(&stand).last(), Some(&(3, HowPaid::Nothing)));
    assert!(matches!(answer().await, ChangeAnswer::Quote(_)));
}

async fn seats_that_nobody_held_at_the_renewal_are_given_back_from_its_first_second(stand: Stand) {
    let owner = premium(&stand, 4).await;
    for email in ["member3@acme.test", "member4@acme.test"] {
        remove(&stand, &owner, email).await;
    }
    // Nobody works in the last hours of the period, and the provider turns it.
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()) + Duration::from_mins(20));
    let next = Period { from: until, until: until.plus(365 * DAY) };
    stand.till.change(&bought(&stand).id, |it| it.period = next);
    hear(&stand).await;
    assert_eq!(told(&stand), [(2, HowPaid::Invoice { since: until })]);
    hear(&stand).await;
    stand.pass(3 * DAY);
    remove(&stand, &owner, "member2@acme.test").await;
    assert_eq!(told(&stand).len(), 1, "whoever goes later has held the seat of the new period");
}

async fn what_is_left_over_is_given_back_whoever_saw_it_first(stand: Stand) {
    let owner = premium(&stand, 3).await;
    remove(&stand, &owner, "member3@acme.test").await;
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()) + Duration::from_mins(20));
    let next = Period { from: until, until: until.plus(365 * DAY) };
    stand.till.change(&bought(&stand).id, |it| it.period = next);
    // Somebody looks what more seats would cost: that sees the new period, and changes nothing.
    let five = ChangeInput { seats: Some(5), ..ChangeInput::default() };
    service::change(&stand.s, &owner, "acme", five).await.unwrap();
    assert_eq!(told(&stand), []);
    hear(&stand).await;
    assert_eq!(told(&stand), [(2, HowPaid::Invoice { since: until })]);
    hear(&stand).await;
    assert_eq!(told(&stand).len(), 1);
}

async fn a_yearly_plan_is_billed_for_more_seats_every_month(stand: Stand) {
    let owner = premium(&stand, 1).await;
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    assert!(changes(&stand)[0].monthly, "no year is free");
    assert_eq!(bought(&stand).interval, Some(Interval::Year));
}

async fn a_plan_may_ask_for_an_invoice_at_once_and_give_back_at_once(mut stand: Stand) {
    let text = include_str!("../../../catalog/default.toml");
    let strict = text.replace(
        "same_domain = true\nseats = { max = \"unlimited\" }",
        "same_domain = true\nseats = { max = \"unlimited\", growth = \"invoice\", shrink = \"now\" }",
    );
    assert_ne!(strict, text);
    stand.sell(Catalog::parse("test.toml", &strict).unwrap());
    let owner = premium(&stand, 2).await;
    let day = midnight(stand.s.now());
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    stand.pass(Duration::from_hours(1));
    let now = stand.s.now();
    remove(&stand, &owner, "new@acme.test").await;
    assert_eq!(told(&stand), [(3, HowPaid::Invoice { since: day }), (2, HowPaid::NextInvoice { since: now })]);
}

async fn a_provider_that_takes_no_more_changes_is_asked_later_and_loses_no_try(stand: Stand) {
    let owner = premium(&stand, 1).await;
    // More often than a failing effect is tried.
    stand.till.inside().busy = 20;
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.inside().busy, 19, "asked once, and not again at once");
    for _ in 0..24 {
        stand.pass(Duration::from_hours(1));
        stand.settle().await;
    }
    let left = stand.till.inside().busy;
    assert_eq!((left, stand.till.quantity()), (0, 2));
    assert!(!stand.billing(&owner).await.seat_change_pending);
}

async fn while_a_payment_is_awaited_nothing_is_sent(stand: Stand) {
    let owner = premium(&stand, 1).await;
    let waiting = Waiting {
        plan: bought(&stand).plan,
        interval: Some(Interval::Year),
        seats: 5,
        expires_at: stand.s.now().plus(Duration::from_hours(23)),
        invoice: None,
    };
    stand.till.change(&bought(&stand).id, |it| it.waiting = Some(waiting));
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    stand.pass(Duration::from_mins(10));
    stand.settle().await;
    assert_eq!(told(&stand), []);
    stand.till.change(&bought(&stand).id, |it| it.waiting = None);
    stand.pass(Duration::from_hours(1));
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
}

async fn what_is_not_paid_rests_or_is_over_is_not_told(stand: Stand) {
    let owner = premium(&stand, 3).await;
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(90)).unwrap());
    for status in [SubscriptionStatus::Unpaid, SubscriptionStatus::Paused] {
        stand.till.change(&bought(&stand).id, |it| it.status = status);
        hear(&stand).await;
    }
    remove(&stand, &owner, "member2@acme.test").await;
    assert_eq!(told(&stand), []);
    stand.till.change(&bought(&stand).id, |it| it.status = SubscriptionStatus::Canceled);
    hear(&stand).await;
    remove(&stand, &owner, "member3@acme.test").await;
    assert_eq!(told(&stand), []);
}

async fn seats_beyond_the_plan_are_a_line_of_their_own(mut stand: Stand) {
    let text = include_str!("../../../catalog/metered.toml");
    let small = text.replace("max = 25, overage = 3_500", "max = 4, overage = 3_500");
    assert_ne!(small, text);
    stand.sell(Catalog::parse("test.toml", &small).unwrap());
    let owner = stand.acme().await;
    let url = stand.start(&owner, "scale", "month", 3).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    let part = |part: Part| bought(&stand).lines.iter().find(|line| line.part == Some(part)).map(|line| line.quantity);
    assert_eq!((part(Part::Base), part(Part::PerSeat), part(Part::Overage)), (Some(1), None, None), "three are inside");
    for n in 2..=6 {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.settle().await;
    assert_eq!((part(Part::PerSeat), part(Part::Overage)), (Some(1), Some(2)));
    let made = changes(&stand);
    assert_eq!(made.len(), 1, "two lines, one change: {made:?}");
    assert!(made[0].lines.iter().all(|(line, _)| matches!(line, SeatLine::New(_))));
    remove(&stand, &owner, "member6@acme.test").await;
    assert_eq!((part(Part::PerSeat), part(Part::Overage)), (Some(1), Some(1)));
}

async fn seats_bought_ahead_are_billed_whoever_sits_on_them(stand: Stand) {
    let owner = premium(&stand, 1).await;
    stand.floor(5).await;
    stand.join(&owner, "new@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 5);
    let until = bought(&stand).period.until;
    stand.pass(until.since(stand.s.now()).checked_sub(Duration::from_mins(90)).unwrap());
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 5, "and in the next period, too");
}

async fn fifty_who_come_and_go_at_once_end_at_the_number_of_the_plan(stand: Stand) {
    let owner = premium(&stand, 1).await;
    let since = midnight(stand.s.now());
    let mut tokens = Vec::new();
    for n in 0..50 {
        let invited = stand.invite(&owner, &format!("p{n}@acme.test")).await.unwrap();
        tokens.push(crate::stand::token(&invited));
    }
    let moves = tokens.into_iter().enumerate().map(|(n, token)| {
        let s = stand.s.clone();
        tokio::spawn(async move {
            let password = crate::stand::PASSWORD.to_owned();
            let visit = service::Visit::default();
            let (session, _) = service::accept_as_new(&s, &token, password, visit.clone()).await.unwrap();
            if n % 3 == 0 {
                let who = service::who(&s, session.as_str(), visit).await.unwrap().unwrap();
                service::leave(&s, &who, "acme").await.unwrap();
            }
            while service::work::step(&s).await.unwrap() {}
        })
    });
    for done in futures::future::join_all(moves).await {
        done.unwrap();
    }
    for _ in 0..5 {
        stand.settle().await;
        stand.pass(Duration::from_mins(2));
    }
    let (active, _) = stand.seats(&owner).await;
    assert_eq!((active, stand.till.quantity()), (34, 34), "those who left today cost nothing");
    assert!(told(&stand).iter().all(|(_, paid)| *paid == HowPaid::NextInvoice { since }), "{:?}", told(&stand));
}
