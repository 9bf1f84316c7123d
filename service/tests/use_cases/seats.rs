//! Seats that rest and come back, roles, and every door into a seat.

use std::time::Duration;

use domain::view::{AuditQuery, TeamQuery};
use domain::{Role, SubscriptionStatus};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use service::{Error, RequestSeat, Visit};

use crate::people::codes;
use crate::stand::{PASSWORD, Stand, code, token};

claims! {
    who_is_suspended_is_told_why_until_when_and_whom_to_ask;
    a_seat_that_rests_is_free_for_somebody_else_and_coming_back_takes_one;
    a_seat_that_rests_is_not_billed;
    a_rest_ends_by_itself_on_its_day;
    a_rest_that_ends_in_a_full_house_goes_on_and_the_owners_hear_of_it_once;
    a_rest_ends_on_a_day_to_come;
    nobody_lets_their_own_seat_rest_and_the_last_owner_stays_one;
    each_verb_asks_for_its_right;
    nobody_touches_a_role_above_their_own;
    a_changed_role_counts_from_the_next_request_on;
    who_becomes_more_than_a_free_viewer_takes_a_seat;
    every_door_into_a_seat_asks_at_the_same_gate;
    who_has_a_seat_loses_nothing_at_the_cap;
    an_invitation_holds_its_own_seat_and_asks_for_no_second_one;
    a_plan_with_fewer_seats_lets_the_newest_rest_and_removes_nobody;
    while_a_payment_is_late_seats_may_be_freed_and_not_taken;
    a_plan_that_is_too_small_says_how_many_seats_to_free;
    removing_and_changing_sends_one_letter_each;
    every_page_has_the_same_number_of_seats;
    each_change_leaves_its_line_and_no_secret_in_it;
}

const BACK: &str = "Your seat in Acme is yours again";

async fn who_is_suspended_is_told_why_until_when_and_whom_to_ask(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    let (reason, until) = (Some(" On leave\0 ".to_owned()), Some("2027-03-01".to_owned()));
    service::suspend_member(&stand.s, &owner, "acme", id, reason, until).await.unwrap();
    let Err(Error::Closed(why)) = service::team(&stand.s, &second, "acme", TeamQuery::default()).await else {
        panic!("the next request is closed")
    };
    assert_eq!(why.code, "suspended");
    assert!(why.what.contains("On leave") && why.what.contains("1 March 2027"), "{why}");
    assert!(why.next.contains("owner@acme.test"), "{why}");
    assert!(matches!(service::desk(&stand.s, &second, "acme").await, Err(Error::Closed(_))));
    assert!(matches!(service::leave(&stand.s, &second, "acme").await, Err(Error::Closed(_))));
    let rest = stand.row(&owner, "second@acme.test").await.suspension.unwrap();
    assert_eq!((rest.reason.as_deref(), rest.by_plan), (Some("On leave"), false));
    assert_eq!(rest.until.unwrap().rfc3339(), "2027-03-01T23:59:59Z");
    assert_eq!(code(stand.suspend(&owner, id).await), "suspended-already");

    stand.reactivate(&owner, id).await.unwrap();
    assert_eq!(stand.team(&second).await.desk.role, Role::Member, "and everything is as it was");
    assert_eq!(code(stand.reactivate(&owner, id).await), "not-suspended");
    let letters = stand.letters_to("second@acme.test").await;
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(subjects, ["Join Acme", BACK, "Your seat in Acme rests"]);
    assert!(
        letters[2].text.contains("Why: On leave") && letters[2].text.contains("1 March 2027"),
        "{}",
        letters[2].text
    );
}

async fn a_seat_that_rests_is_free_for_somebody_else_and_coming_back_takes_one(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.join(&owner, "third@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend(&owner, id).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 0));
    let fourth = stand.invite(&owner, "fourth@acme.test").await.unwrap();
    assert_eq!(code(stand.reactivate(&owner, id).await), "seats-full", "also while somebody is only invited");
    service::accept_as_new(&stand.s, &token(&fourth), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(code(stand.reactivate(&owner, id).await), "seats-full");
    assert_eq!(stand.seats(&owner).await, (3, 0));
    let fourth = stand.id_of(&owner, "fourth@acme.test").await;
    service::remove_member(&stand.s, &owner, "acme", fourth).await.unwrap();
    stand.reactivate(&owner, id).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (3, 0));
}

async fn a_seat_that_rests_is_not_billed(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend(&owner, id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1);
    service::remove_member(&stand.s, &owner, "acme", id).await.unwrap();
    stand.settle().await;
    assert_eq!((stand.till.quantity(), stand.seats(&owner).await), (1, (1, 0)), "removing them frees no second seat");
    stand.join(&owner, "third@acme.test", "member").await;
    let id = stand.id_of(&owner, "third@acme.test").await;
    stand.suspend(&owner, id).await.unwrap();
    stand.reactivate(&owner, id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
}

async fn a_rest_ends_by_itself_on_its_day(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend_until(&owner, id, &stand.today()).await.unwrap();
    stand.settle().await;
    assert!(stand.row(&owner, "second@acme.test").await.suspension.is_some());
    stand.pass(Duration::from_hours(24));
    stand.settle().await;
    assert_eq!(stand.team(&second).await.desk.seats.count.active, 2);
    assert_eq!(stand.till.quantity(), 2);
    assert!(stand.subjects_to("second@acme.test").await.contains(&BACK.to_owned()));
}

async fn a_rest_that_ends_in_a_full_house_goes_on_and_the_owners_hear_of_it_once(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend_until(&owner, id, &stand.today()).await.unwrap();
    stand.join(&owner, "third@acme.test", "member").await;
    stand.join(&owner, "fourth@acme.test", "member").await;
    stand.pass(Duration::from_hours(24));
    stand.settle().await;
    stand.pass(Duration::from_hours(24));
    assert_eq!(stand.subjects_to("owner@acme.test").await, ["second@acme.test could not come back to Acme"]);
    let rest = stand.row(&owner, "second@acme.test").await.suspension.unwrap();
    assert_eq!(rest.until, None, "until somebody decides");
    assert_eq!(stand.seats(&owner).await, (3, 0));
}

async fn a_rest_ends_on_a_day_to_come(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    for (day, why) in [("2020-01-01", "day-past"), ("tomorrow", "no-such-day"), ("2027-02-30", "no-such-day")] {
        assert_eq!(code(stand.suspend_until(&owner, id, day).await), why);
    }
    let long = Some("x".repeat(501));
    assert_eq!(code(service::suspend_member(&stand.s, &owner, "acme", id, long, None).await), "words-long");
    assert_eq!(stand.seats(&owner).await, (2, 0), "nothing is half done");
    stand.suspend_until(&owner, id, " ").await.unwrap();
}

async fn nobody_lets_their_own_seat_rest_and_the_last_owner_stays_one(stand: Stand) {
    let owner = stand.acme().await;
    let me = stand.id_of(&owner, "owner@acme.test").await;
    assert_eq!(code(stand.suspend(&owner, me).await), "suspend-self");
    let change = |role: &str| service::change_role(&stand.s, &owner, "acme", me, role.to_owned());
    assert_eq!(code(change("admin").await), "last-owner");
    let second = stand.join(&owner, "second@acme.test", "owner").await;
    let other = stand.id_of(&owner, "second@acme.test").await;
    let (one, two) = tokio::join!(stand.suspend(&owner, other), stand.suspend(&second, me));
    assert_eq!([one.is_ok(), two.is_ok()].into_iter().filter(|done| *done).count(), 1, "one of two owners stays");
}

async fn each_verb_asks_for_its_right(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let (s, mine) = (&stand.s, stand.id_of(&owner, "owner@acme.test").await);
    let invitation = stand.invite(&owner, "third@acme.test").await.unwrap().id;
    let ask = RequestSeat { email: "fourth@acme.test".to_owned(), role: String::new(), note: None };
    service::request_seat(s, &second, "acme", ask).await.unwrap();
    let request = service::requests(s, &owner, "acme").await.unwrap().asked[0].id;
    let id = stand.id_of(&owner, "second@acme.test").await;
    for role in ["member", "viewer"] {
        service::change_role(s, &owner, "acme", id, role.to_owned()).await.unwrap();
        let refused = [
            stand.suspend(&second, mine).await,
            stand.reactivate(&second, mine).await,
            service::change_role(s, &second, "acme", mine, "viewer".to_owned()).await,
            service::change_invitation_role(s, &second, "acme", invitation, "viewer".to_owned()).await,
            service::cancel_invitation(s, &second, "acme", invitation, None).await,
            service::resend_invitation(s, &second, "acme", invitation).await.map(drop),
            service::invitation_link(s, &second, "acme", invitation).await.map(drop),
            service::invitations(s, &second, "acme", 1).await.map(drop),
            stand.several(&second, &["fifth@acme.test"]).await.map(drop),
            service::invite_csv(s, &second, "acme", "fifth@acme.test".to_owned()).await.map(drop),
            service::approve_request(s, &second, "acme", request).await,
            service::decline_request(s, &second, "acme", request, None).await,
            service::set_join_requests(s, &second, "acme", false).await,
            service::reclaim(s, &second, "acme", 30).await.map(drop),
        ];
        for (verb, answer) in refused.into_iter().enumerate() {
            assert!(matches!(answer, Err(Error::Forbidden(_))), "{role}, verb {verb}: {answer:?}");
        }
    }
    service::change_role(s, &owner, "acme", id, "admin".to_owned()).await.unwrap();
    let change = service::change_role(s, &second, "acme", mine, "admin".to_owned()).await;
    assert!(matches!(change, Err(Error::Forbidden(_))), "admins change no roles");
    assert!(service::invitations(s, &second, "acme", 1).await.is_ok());
    assert!(service::reclaim(s, &second, "acme", 30).await.is_ok());
    assert!(service::cancel_invitation(s, &second, "acme", invitation, None).await.is_ok());
}

async fn nobody_touches_a_role_above_their_own(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let (s, owners) = (&stand.s, stand.id_of(&owner, "owner@acme.test").await);
    let invitation = stand.invite_as(&owner, "second@acme.test", "owner").await.unwrap().id;
    let refused = [
        stand.suspend(&admin, owners).await,
        service::remove_member(s, &admin, "acme", owners).await,
        service::change_invitation_role(s, &admin, "acme", invitation, "viewer".to_owned()).await,
        service::cancel_invitation(s, &admin, "acme", invitation, None).await,
        service::resend_invitation(s, &admin, "acme", invitation).await.map(drop),
        service::invitation_link(s, &admin, "acme", invitation).await.map(drop),
    ];
    for (verb, answer) in refused.into_iter().enumerate() {
        assert_eq!(code(answer), "role-above", "verb {verb}");
    }
    service::change_invitation_role(s, &owner, "acme", invitation, "member".to_owned()).await.unwrap();
    let up = service::change_invitation_role(s, &admin, "acme", invitation, "owner".to_owned()).await;
    assert_eq!(code(up), "role-above");
    let ask = RequestSeat { email: "third@acme.test".to_owned(), role: "owner".to_owned(), note: None };
    assert_eq!(code(service::request_seat(s, &admin, "acme", ask).await), "role-above");
    assert_eq!(stand.seats(&owner).await, (2, 1));
}

async fn a_changed_role_counts_from_the_next_request_on(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    let change = |role: &str| service::change_role(&stand.s, &owner, "acme", id, role.to_owned());
    change("viewer").await.unwrap();
    assert!(matches!(stand.invite(&second, "third@acme.test").await, Err(Error::Forbidden(_))));
    change("viewer").await.unwrap();
    assert_eq!(code(change("king").await), "role-unknown");
    assert_eq!(stand.subjects_to("second@acme.test").await, ["Join Acme", "You are a viewer of Acme now"], "once");
}

async fn who_becomes_more_than_a_free_viewer_takes_a_seat(mut stand: Stand) {
    let owner = stand.acme_with_free_viewers().await;
    for n in 0..4 {
        stand.join(&owner, &format!("viewer{n}@acme.test"), "viewer").await;
    }
    assert_eq!(stand.seats(&owner).await, (1, 0), "viewers sit for nothing");
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(stand.id_of(&owner, &format!("viewer{n}@acme.test")).await);
    }
    let rise = |id| service::change_role(&stand.s, &owner, "acme", id, "member".to_owned());
    let answers = join_all(ids.iter().map(|id| rise(*id))).await;
    assert_eq!(codes(answers), ["-", "-", "seats-full", "seats-full"]);
    assert_eq!(stand.seats(&owner).await, (3, 0));
    assert!(stand.invite_as(&owner, "viewer4@acme.test", "viewer").await.is_ok(), "there is always room to look");
}

async fn every_door_into_a_seat_asks_at_the_same_gate(mut stand: Stand) {
    let owner = stand.acme_with_free_viewers().await;
    let s = &stand.s;
    // Of three seats, the owner has one and somebody invited another. Everybody races for the third.
    stand.join(&owner, "resting@acme.test", "member").await;
    let resting = stand.id_of(&owner, "resting@acme.test").await;
    stand.suspend(&owner, resting).await.unwrap();
    stand.join(&owner, "viewer@acme.test", "viewer").await;
    let viewer = stand.id_of(&owner, "viewer@acme.test").await;
    let newcomer = stand.sign_up("newcomer@acme.test").await;
    service::ask_to_join(s, &newcomer, None).await.unwrap();
    let ask = RequestSeat { email: "colleague@acme.test".to_owned(), role: String::new(), note: None };
    service::request_seat(s, &owner, "acme", ask).await.unwrap();
    stand.settle().await;
    let requests = service::requests(s, &owner, "acme").await.unwrap().asked;
    let held = token(&stand.invite(&owner, "held@acme.test").await.unwrap());
    let looking = stand.invite_as(&owner, "looking@acme.test", "viewer").await.unwrap().id;

    let mut doors: Vec<BoxFuture<'_, bool>> = vec![
        stand.reactivate(&owner, resting).map(|answer| answer.is_ok()).boxed(),
        service::change_role(s, &owner, "acme", viewer, "member".to_owned()).map(|answer| answer.is_ok()).boxed(),
        service::change_invitation_role(s, &owner, "acme", looking, "member".to_owned())
            .map(|answer| answer.is_ok())
            .boxed(),
        stand.csv(&owner, "a@acme.test\nb@acme.test").map(|report| report.rows[0].outcome == invited()).boxed(),
        stand.several(&owner, &["c@acme.test"]).map(|report| report.unwrap().rows[0].outcome == invited()).boxed(),
    ];
    for n in 0..4 {
        let owner = &owner;
        let stand = &stand;
        doors.push(async move { stand.invite(owner, &format!("racer{n}@acme.test")).await.is_ok() }.boxed());
    }
    let approved = requests.iter().map(|request| service::approve_request(s, &owner, "acme", request.id));
    let accepted = service::accept_as_new(s, &held, PASSWORD.to_owned(), Visit::default());
    let (through, approved, accepted) = tokio::join!(join_all(doors), join_all(approved), accepted);
    assert!(approved.iter().all(Result::is_ok), "an approval waits for its seat");
    assert!(accepted.is_ok(), "and who was invited has had theirs all the time");
    let view = service::requests(s, &owner, "acme").await.unwrap();
    let seated = 2 - view.waiting.len();
    assert_eq!(through.into_iter().filter(|through| *through).count() + seated, 1, "one seat, one of eleven");
    let count = stand.team(&owner).await.desk.seats.count;
    assert_eq!(count.held(), 3);
}

fn invited() -> domain::view::BatchOutcome {
    domain::view::BatchOutcome::Invited
}

async fn who_has_a_seat_loses_nothing_at_the_cap(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    let third = stand.join(&owner, "third@acme.test", "member").await;
    assert_eq!(code(stand.invite(&owner, "fourth@acme.test").await), "seats-full");
    for caller in [&owner, &second, &third] {
        assert_eq!(stand.seats(caller).await, (3, 0));
    }
    let id = stand.id_of(&owner, "third@acme.test").await;
    service::change_role(&stand.s, &owner, "acme", id, "viewer".to_owned()).await.unwrap();
    service::change_role(&stand.s, &owner, "acme", id, "admin".to_owned()).await.unwrap();
}

async fn an_invitation_holds_its_own_seat_and_asks_for_no_second_one(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    let third = stand.invite(&owner, "third@acme.test").await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 1), "full");
    let (s, id) = (&stand.s, third.id);
    service::change_invitation_role(s, &owner, "acme", id, "admin".to_owned()).await.unwrap();
    stand.pass(Duration::from_mins(1));
    service::resend_invitation(s, &owner, "acme", id).await.unwrap();
    service::invitation_link(s, &owner, "acme", id).await.unwrap();
    let (session, _) = service::accept_as_new(s, &token(&third), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    let third = service::who(s, session.as_str(), Visit::default()).await.unwrap().unwrap();
    assert_eq!(stand.team(&third).await.desk.role, Role::Admin, "the role that it has now");
    assert_eq!(stand.seats(&owner).await, (3, 0));
}

async fn a_plan_with_fewer_seats_lets_the_newest_rest_and_removes_nobody(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "team", "month").await;
    for n in 2..=5 {
        stand.pass(Duration::from_secs(1));
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.invite(&owner, "guest@acme.test").await.unwrap();
    stand.fall_to_free(&owner).await;
    assert_eq!(stand.seats(&owner).await, (3, 0));
    let team = stand.team(&owner).await;
    let rest = |n: u32| {
        let email = format!("member{n}@acme.test");
        team.members.iter().find(|member| member.email.as_str() == email).unwrap().suspension.clone()
    };
    assert_eq!([rest(2), rest(3)], [None, None], "the oldest keep theirs");
    assert!(rest(4).unwrap().by_plan && rest(5).unwrap().by_plan);
    assert_eq!(team.members.len(), 5, "nobody is removed");
    assert_eq!(stand.subjects_to("member4@acme.test").await, ["Join Acme", "Your seat in Acme rests"]);
    assert_eq!(stand.subjects_to("guest@acme.test").await, ["Join Acme", "Your invitation to Acme was taken back"]);
    let mut letters = stand.letters_to("owner@acme.test").await;
    letters.retain(|letter| letter.text.contains("member4@acme.test"));
    assert_eq!(letters.len(), 1, "the owners hear of it once");
    for who in ["member4@acme.test", "member5@acme.test", "guest@acme.test"] {
        assert!(letters[0].text.contains(who), "{}", letters[0].text);
    }
    stand.buy(&owner, "team", "month").await;
    assert_eq!(stand.seats(&owner).await, (5, 0), "with more seats they come back by themselves");
    assert!(stand.subjects_to("member5@acme.test").await.contains(&BACK.to_owned()));
}

async fn while_a_payment_is_late_seats_may_be_freed_and_not_taken(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.turn(SubscriptionStatus::PastDue).await;
    stand.suspend(&owner, id).await.unwrap();
    assert_eq!(code(stand.reactivate(&owner, id).await), "payment-due");
    assert_eq!(code(stand.invite(&owner, "third@acme.test").await), "payment-due");
    assert_eq!(code(stand.several(&owner, &["third@acme.test"]).await), "payment-due");
    let ask = RequestSeat { email: "third@acme.test".to_owned(), role: String::new(), note: None };
    service::request_seat(&stand.s, &owner, "acme", ask).await.unwrap();
    let request = service::requests(&stand.s, &owner, "acme").await.unwrap().asked[0].id;
    assert_eq!(code(service::approve_request(&stand.s, &owner, "acme", request).await), "payment-due");
    stand.turn(SubscriptionStatus::Active).await;
    stand.reactivate(&owner, id).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 0));
}

async fn a_plan_that_is_too_small_says_how_many_seats_to_free(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "team", "month").await;
    for n in 2..=5 {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.turn(SubscriptionStatus::Canceled).await;
    let Err(Error::Refused(why)) = stand.start(&owner, "all_access", "year", 3).await else { panic!("refused") };
    assert_eq!(
        (why.code.as_str(), why.what.as_str()),
        ("plan-too-small", "5 seats are in use, and All Access has 3 seats.")
    );
    assert!(why.next.starts_with("Free 2 seats first"), "{why}");
}

async fn removing_and_changing_sends_one_letter_each(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    let id = stand.id_of(&owner, "second@acme.test").await;
    service::change_role(&stand.s, &owner, "acme", id, "admin".to_owned()).await.unwrap();
    let remove = || service::remove_member(&stand.s, &owner, "acme", id);
    let both = join_all([remove(), remove()]).await;
    assert_eq!(codes(both), ["-", "not-found"]);
    stand.settle().await;
    let subjects = stand.subjects_to("second@acme.test").await;
    assert_eq!(subjects, ["Join Acme", "You are an admin of Acme now", "You are no member of Acme any more"]);
    assert!(stand.subjects_to("owner@acme.test").await.is_empty(), "who does it needs no letter");
}

async fn every_page_has_the_same_number_of_seats(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.invite(&owner, "third@acme.test").await.unwrap();
    let s = &stand.s;
    let desks = [
        service::desk(s, &owner, "acme").await.unwrap(),
        stand.team(&owner).await.desk,
        stand.billing(&owner).await.desk,
        service::invitations(s, &owner, "acme", 1).await.unwrap().desk,
        service::requests(s, &owner, "acme").await.unwrap().desk,
        service::reclaim(s, &owner, "acme", 30).await.unwrap().desk,
    ];
    for desk in &desks {
        assert_eq!((desk.seats.count.active, desk.seats.count.reserved, desk.seats.limit.cap()), (2, 1, Some(3)));
        assert_eq!(desk.organizations[0].seats, desk.seats, "also in the list of companies");
    }
}

async fn each_change_leaves_its_line_and_no_secret_in_it(stand: Stand) {
    let owner = stand.acme().await;
    let (s, asks) = (&stand.s, |email: &str| RequestSeat { email: email.to_owned(), role: String::new(), note: None });
    stand.join(&owner, "second@acme.test", "member").await;
    let second = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend_until(&owner, second, &stand.today()).await.unwrap();
    stand.pass(Duration::from_hours(24));
    stand.settle().await;
    service::change_role(s, &owner, "acme", second, "admin".to_owned()).await.unwrap();
    let third = stand.invite(&owner, "third@acme.test").await.unwrap();
    stand.pass(Duration::from_mins(1));
    let links = [
        service::resend_invitation(s, &owner, "acme", third.id).await.unwrap(),
        service::invitation_link(s, &owner, "acme", third.id).await.unwrap(),
        third,
    ];
    service::change_invitation_role(s, &owner, "acme", links[0].id, "viewer".to_owned()).await.unwrap();
    service::cancel_invitation(s, &owner, "acme", links[0].id, None).await.unwrap();
    for email in ["fourth@acme.test", "fifth@acme.test", "sixth@acme.test"] {
        service::request_seat(s, &owner, "acme", asks(email)).await.unwrap();
    }
    let asked = service::requests(s, &owner, "acme").await.unwrap().asked;
    service::approve_request(s, &owner, "acme", asked[0].id).await.unwrap();
    service::decline_request(s, &owner, "acme", asked[1].id, None).await.unwrap();
    service::withdraw_request(s, &owner, "acme", asked[2].id).await.unwrap();
    for open in [false, false] {
        service::set_join_requests(s, &owner, "acme", open).await.unwrap();
    }
    stand.pass(Duration::from_hours(8 * 24));
    stand.invite(&owner, "seventh@acme.test").await.unwrap();
    service::remove_member(s, &owner, "acme", second).await.unwrap();

    let log = service::audit_log(s, &owner, "acme", &AuditQuery::default(), None).await.unwrap();
    let actions: Vec<&str> = log.lines.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "organization.created",
            "member.invited",
            "member.joined",
            "member.suspended",
            "member.reactivated",
            "member.role_changed",
            "member.invited",
            "invitation.resent",
            "invitation.link_made",
            "invitation.role_changed",
            "invitation.cancelled",
            "request.made",
            "request.made",
            "request.made",
            "request.approved",
            "member.invited",
            "request.declined",
            "request.withdrawn",
            "organization.join_requests_set",
            "invitation.expired",
            "member.invited",
            "member.removed",
        ],
        "what changes nothing leaves none, and what expired in between is not forgotten"
    );
    let written = format!("{log:?}");
    assert!(links.iter().all(|link| !written.contains(&token(link))));
}
