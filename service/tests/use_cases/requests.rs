//! Asking for a seat, answering, waiting.

use std::time::Duration;

use domain::Role;
use domain::ids::SeatRequestId;
use domain::view::RequestsView;
use futures::future::join_all;
use service::{Caller, Error, RequestSeat};

use crate::people::codes;
use crate::stand::{Stand, code};

claims! {
    a_member_asks_for_a_colleague_who_is_then_invited;
    a_newcomer_of_the_companys_domain_asks_and_is_a_member_at_once;
    a_newcomer_gets_one_answer_whatever_there_is;
    a_company_that_takes_no_requests_hears_of_none;
    only_a_proved_domain_makes_a_colleague;
    a_full_house_has_a_wait_list_that_moves_up_by_itself_in_its_order;
    a_no_is_told_with_its_reason_and_stands;
    only_who_asked_takes_a_request_back;
    members_see_their_own_requests_and_answer_none;
    two_who_approve_at_once_give_one_seat;
    who_may_not_come_any_more_is_taken_off_the_list;
    nobody_asks_for_who_is_here_or_invited_or_asked_for;
    a_colleague_with_an_account_is_invited_too_and_nobody_learns_of_it;
}

fn ask(email: &str) -> RequestSeat {
    RequestSeat { email: email.to_owned(), role: String::new(), note: Some("We need them".to_owned()) }
}

impl Stand {
    async fn request(&self, who: &Caller, email: &str) -> SeatRequestId {
        service::request_seat(&self.s, who, "acme", ask(email)).await.unwrap();
        let view = self.requests(who).await;
        view.asked.iter().find(|row| row.email.as_str() == email).unwrap().id
    }

    async fn requests(&self, who: &Caller) -> RequestsView {
        service::requests(&self.s, who, "acme").await.unwrap()
    }

    async fn approve(&self, who: &Caller, id: SeatRequestId) -> Result<(), Error> {
        service::approve_request(&self.s, who, "acme", id).await
    }

    async fn decline(&self, who: &Caller, id: SeatRequestId, reason: &str) -> Result<(), Error> {
        service::decline_request(&self.s, who, "acme", id, Some(reason.to_owned())).await
    }

    /// Somebody with an account asks to join, and the worker has brought it.
    async fn newcomer(&self, email: &str) -> Caller {
        let newcomer = self.sign_up(email).await;
        service::ask_to_join(&self.s, &newcomer, None).await.unwrap();
        self.settle().await;
        newcomer
    }
}

async fn a_member_asks_for_a_colleague_who_is_then_invited(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "viewer").await;
    let id = stand.request(&second, "third@acme.test").await;
    assert_eq!(stand.seats(&owner).await, (2, 0), "asking holds nothing");
    let letters = stand.letters_to("owner@acme.test").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text.contains("second@acme.test asks for a seat in Acme for third@acme.test, as a member."));
    assert!(letters[0].text.contains("We need them") && letters[0].text.contains("/app/acme/team/requests"));
    let row = &stand.requests(&owner).await.asked[0];
    assert_eq!((row.role, row.asked_by.as_ref(), row.is_mine), (Role::Member, Some(&second.email), false));
    assert_eq!(stand.team(&owner).await.requests, 1);
    stand.approve(&owner, id).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 1));
    assert!(stand.requests(&owner).await.asked.is_empty());
    assert_eq!(stand.subjects_to("third@acme.test").await, ["Join Acme"]);
    assert!(stand.subjects_to("second@acme.test").await.contains(&"third@acme.test is invited to Acme".to_owned()));
    assert_eq!(code(stand.approve(&owner, id).await), "not-found");
}

async fn a_newcomer_of_the_companys_domain_asks_and_is_a_member_at_once(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let newcomer = stand.newcomer("newcomer@acme.test").await;
    assert!(service::organizations(&stand.s, &newcomer).await.unwrap().is_empty(), "asking shows nothing");
    assert_eq!(stand.subjects_to("owner@acme.test").await, ["newcomer@acme.test asks for a seat in Acme"]);
    let row = &stand.requests(&owner).await.asked[0];
    assert_eq!((row.email.as_str(), row.asked_by.as_ref()), ("newcomer@acme.test", None));
    stand.approve(&owner, row.id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.team(&newcomer).await.desk.role, Role::Member);
    assert_eq!((stand.seats(&owner).await, stand.till.quantity()), ((2, 0), 2));
    assert_eq!(stand.subjects_to("newcomer@acme.test").await, ["You have a seat in Acme"]);
}

async fn a_newcomer_gets_one_answer_whatever_there_is(stand: Stand) {
    let owner = stand.acme().await;
    for email in ["newcomer@acme.test", "newcomer@nowhere.test", "newcomer@gmail.com", "newcomer@notacme.test"] {
        let newcomer = stand.sign_up(email).await;
        let answer = service::ask_to_join(&stand.s, &newcomer, Some("Hello".to_owned())).await;
        assert_eq!(code(answer), "-", "{email}");
        service::ask_to_join(&stand.s, &newcomer, None).await.unwrap();
    }
    assert_eq!(code(service::ask_to_join(&stand.s, &owner, None).await), "-", "also to who is in already");
    stand.settle().await;
    let asked = stand.requests(&owner).await.asked;
    assert_eq!(asked.iter().map(|row| row.email.as_str()).collect::<Vec<_>>(), ["newcomer@acme.test"], "once");
    assert_eq!(stand.subjects_to("owner@acme.test").await.len(), 1);
    for email in ["newcomer@acme.test", "newcomer@nowhere.test", "newcomer@gmail.com"] {
        assert!(stand.subjects_to(email).await.is_empty(), "no letter tells it, either");
    }
}

async fn a_company_that_takes_no_requests_hears_of_none(stand: Stand) {
    let owner = stand.acme().await;
    assert!(stand.requests(&owner).await.open);
    service::set_join_requests(&stand.s, &owner, "acme", false).await.unwrap();
    stand.newcomer("newcomer@acme.test").await;
    let view = stand.requests(&owner).await;
    assert!(!view.open && view.asked.is_empty());
    service::set_join_requests(&stand.s, &owner, "acme", true).await.unwrap();
    stand.newcomer("other@acme.test").await;
    assert_eq!(stand.requests(&owner).await.asked.len(), 1);
}

async fn only_a_proved_domain_makes_a_colleague(stand: Stand) {
    let owner = stand.acme().await;
    stand.newcomer("newcomer@sub.acme.test").await;
    stand.newcomer("newcomer@acme.test.evil.example").await;
    assert!(stand.requests(&owner).await.asked.is_empty());
}

async fn a_full_house_has_a_wait_list_that_moves_up_by_itself_in_its_order(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    let third = stand.invite(&owner, "third@acme.test").await.unwrap().id;
    let newcomer = stand.newcomer("newcomer@acme.test").await;
    let colleague = stand.request(&owner, "colleague@acme.test").await;
    let own = stand.requests(&owner).await.asked.iter().find(|row| row.asked_by.is_none()).unwrap().id;
    stand.approve(&owner, own).await.unwrap();
    stand.pass(Duration::from_secs(1));
    stand.approve(&owner, colleague).await.unwrap();
    assert_eq!(code(stand.approve(&owner, own).await), "approved-already");
    let waiting = |view: RequestsView| view.waiting.into_iter().map(|row| row.email.to_string()).collect::<Vec<_>>();
    assert_eq!(waiting(stand.requests(&owner).await), ["newcomer@acme.test", "colleague@acme.test"]);
    assert_eq!(stand.team(&owner).await.waiting, 2);
    assert_eq!(stand.subjects_to("newcomer@acme.test").await, ["newcomer@acme.test is on the wait list of Acme"]);

    service::cancel_invitation(&stand.s, &owner, "acme", third, None).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.team(&newcomer).await.desk.seats.count.active, 3, "who waits longest has the seat");
    assert_eq!(waiting(stand.requests(&owner).await), ["colleague@acme.test"]);
    let id = stand.id_of(&owner, "second@acme.test").await;
    stand.suspend(&owner, id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.seats(&owner).await, (2, 1), "a seat that rests makes room, too");
    assert_eq!(stand.subjects_to("colleague@acme.test").await, ["Join Acme"]);
    assert!(waiting(stand.requests(&owner).await).is_empty());
    assert_eq!(stand.till.quantity(), 2);
}

async fn a_no_is_told_with_its_reason_and_stands(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let newcomer = stand.newcomer("newcomer@acme.test").await;
    let own = stand.requests(&owner).await.asked[0].id;
    stand.decline(&owner, own, "Not this year").await.unwrap();
    let letters = stand.letters_to("newcomer@acme.test").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text.contains("Why: Not this year"));
    assert!(!format!("{} {}", letters[0].subject, letters[0].text).contains("Acme"), "a no does not say who is here");
    service::ask_to_join(&stand.s, &newcomer, None).await.unwrap();
    stand.settle().await;
    assert!(stand.requests(&owner).await.asked.is_empty(), "asking again is heard by nobody");
    stand.pass(Duration::from_hours(31 * 24));
    service::ask_to_join(&stand.s, &newcomer, None).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.requests(&owner).await.asked.len(), 1, "for a month");

    let colleague = stand.request(&second, "third@acme.test").await;
    stand.decline(&owner, colleague, "Too many").await.unwrap();
    assert!(stand.subjects_to("second@acme.test").await.contains(&"No seat for third@acme.test in Acme".to_owned()));
    assert!(stand.subjects_to("third@acme.test").await.is_empty(), "who has not asked is not told no");
    assert_eq!(code(stand.decline(&owner, colleague, "Too many").await), "not-found");
}

async fn only_who_asked_takes_a_request_back(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let third = stand.join(&owner, "third@acme.test", "member").await;
    let id = stand.request(&second, "fourth@acme.test").await;
    let withdraw = |who| service::withdraw_request(&stand.s, who, "acme", id);
    assert_eq!(code(withdraw(&third).await), "not-found");
    assert_eq!(code(withdraw(&owner).await), "not-found", "an owner declines");
    stand.approve(&owner, id).await.unwrap();
    withdraw(&second).await.unwrap();
    assert_eq!(code(withdraw(&second).await), "not-found");
    service::leave(&stand.s, &third, "acme").await.unwrap();
    stand.settle().await;
    assert_eq!(stand.seats(&owner).await, (2, 0), "also from the wait list");
}

async fn members_see_their_own_requests_and_answer_none(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    let third = stand.join(&owner, "third@acme.test", "viewer").await;
    let id = stand.request(&second, "fourth@acme.test").await;
    let view = stand.requests(&second).await;
    assert!(view.asked[0].is_mine && !view.may_answer);
    assert_eq!(view.grantable, [Role::Member, Role::Viewer], "what they may ask for");
    assert!(stand.requests(&third).await.asked.is_empty());
    assert!(matches!(stand.approve(&second, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(stand.decline(&second, id, "").await, Err(Error::Forbidden(_))));
    assert_eq!(stand.requests(&owner).await.asked.len(), 1);
    let above = RequestSeat { role: "admin".to_owned(), ..ask("fifth@acme.test") };
    assert_eq!(code(service::request_seat(&stand.s, &second, "acme", above).await), "role-above");
}

async fn two_who_approve_at_once_give_one_seat(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    stand.newcomer("newcomer@acme.test").await;
    let id = stand.requests(&owner).await.asked[0].id;
    let answers = join_all([stand.approve(&owner, id), stand.approve(&admin, id)]).await;
    let codes = codes(answers);
    assert!(codes == ["-", "not-found"] || codes == ["-", "approved-already"], "{codes:?}");
    assert_eq!(stand.seats(&owner).await, (3, 0));
    assert_eq!(stand.subjects_to("newcomer@acme.test").await.len(), 1);
}

async fn who_may_not_come_any_more_is_taken_off_the_list(stand: Stand) {
    let owner = stand.acme().await;
    for email in ["second@acme.test", "third@acme.test"] {
        stand.join(&owner, email, "member").await;
    }
    let guest = stand.request(&owner, "guest@other.test").await;
    let colleague = stand.request(&owner, "fourth@acme.test").await;
    stand.approve(&owner, guest).await.unwrap();
    stand.pass(Duration::from_secs(1));
    stand.approve(&owner, colleague).await.unwrap();
    stand.buy(&owner, "premium", "month").await;
    stand.settle().await;
    assert_eq!(stand.seats(&owner).await, (3, 1), "the plan is for people of one domain, and has room");
    assert!(stand.subjects_to("guest@other.test").await.is_empty());
    assert!(stand.requests(&owner).await.waiting.is_empty());
    assert!(stand.subjects_to("owner@acme.test").await.contains(&"No seat for guest@other.test in Acme".to_owned()));
}

async fn nobody_asks_for_who_is_here_or_invited_or_asked_for(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.invite(&owner, "second@acme.test").await.unwrap();
    stand.request(&owner, "third@acme.test").await;
    for (email, why) in [
        ("OWNER@acme.test", "already-member"),
        ("Second@acme.test", "already-invited"),
        ("THIRD@acme.test", "already-asked"),
        ("fourth@other.test", "other-domain"),
        ("fourth", "email-form"),
    ] {
        assert_eq!(code(service::request_seat(&stand.s, &owner, "acme", ask(email)).await), why);
    }
    stand.invite(&owner, "third@acme.test").await.unwrap();
    assert!(stand.requests(&owner).await.asked.is_empty(), "who is invited needs no answer any more");
    assert_eq!(stand.seats(&owner).await, (1, 2));
}

async fn a_colleague_with_an_account_is_invited_too_and_nobody_learns_of_it(stand: Stand) {
    let owner = stand.acme().await;
    let known = stand.sign_up("known@acme.test").await;
    for email in ["known@acme.test", "unknown@acme.test"] {
        let id = stand.request(&owner, email).await;
        stand.approve(&owner, id).await.unwrap();
        assert_eq!(stand.subjects_to(email).await, ["Join Acme"]);
    }
    assert_eq!(stand.seats(&owner).await, (1, 2));
    assert!(service::organizations(&stand.s, &known).await.unwrap().is_empty(), "nobody is made a member unasked");
}
