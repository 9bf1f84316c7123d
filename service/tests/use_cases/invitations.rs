//! Inviting and accepting: the domain, the token, the seat.

use std::time::Duration;

use domain::Role;
use domain::view::Visitor;
use service::Visit;

use crate::stand::{PASSWORD, Stand, code, token};

claims! {
    an_invited_person_signs_up_and_is_in;
    an_invited_person_with_an_account_signs_in_and_is_in;
    only_the_companys_own_domain_is_at_home;
    the_free_plan_asks_for_no_domain;
    a_malformed_address_is_refused;
    inviting_twice_reserves_one_seat;
    a_token_works_once;
    an_expired_cancelled_or_foreign_token_opens_nothing;
    the_wrong_account_does_not_use_the_invitation_up;
    an_expired_invitation_gives_its_seat_back;
    a_full_house_says_so_and_a_cancelled_invitation_makes_room;
    sixty_four_racers_get_three_seats;
    sixty_four_racers_for_one_link_make_one_member;
    a_company_that_moves_to_its_own_domain_refuses_a_guest_at_the_door;
    the_letter_waits_until_it_is_taken;
}

async fn an_invited_person_signs_up_and_is_in(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let invited = stand.invite(&owner, "Second@ACME.test").await.unwrap();
    assert_eq!(stand.seats(&owner).await, (1, 1));
    stand.settle().await;
    let letters = service::letters(&stand.s).await.unwrap();
    assert_eq!(letters[0].to, "Second@ACME.test");
    assert!(letters[0].text.contains("https://usher.test/invitations/"), "the letter has a link");
    assert!(!letters[0].text.contains(&invited.link), "of its own");

    let shown = service::invitation(&stand.s, None, &token(&invited)).await.unwrap();
    assert_eq!((shown.organization.as_str(), shown.visitor), ("Acme", Visitor::New));
    assert_eq!(shown.invited_by.as_str(), "owner@acme.test");
    assert_eq!(
        code(service::accept_as_new(&stand.s, &token(&invited), "short".to_owned(), Visit::default()).await),
        "password-short"
    );
    let (session, slug) =
        service::accept_as_new(&stand.s, &token(&invited), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(slug.as_str(), "acme");
    let second = service::who(&stand.s, session.as_str(), Visit::default()).await.unwrap().unwrap();
    assert_eq!(stand.team(&second).await.desk.role, Role::Member);
    assert_eq!(stand.seats(&owner).await, (2, 0));
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2, "what is billed is who is in");
}

async fn an_invited_person_with_an_account_signs_in_and_is_in(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.sign_up("second@acme.test").await;
    let invited = stand.invite_as(&owner, "SECOND@acme.test", "admin").await.unwrap();
    let see = async |caller| service::invitation(&stand.s, caller, &token(&invited)).await.unwrap().visitor;
    assert_eq!(see(None).await, Visitor::HasAccount);
    assert_eq!(see(Some(&second)).await, Visitor::Invited);
    assert_eq!(see(Some(&owner)).await, Visitor::Other(owner.email.clone()));
    let as_new = service::accept_as_new(&stand.s, &token(&invited), PASSWORD.to_owned(), Visit::default()).await;
    assert_eq!(code(as_new), "account-exists");
    assert_eq!(stand.seats(&owner).await, (1, 1), "nothing is half done");
    service::accept(&stand.s, &second, &token(&invited)).await.unwrap();
    assert_eq!(stand.team(&second).await.desk.role, Role::Admin);
}

async fn only_the_companys_own_domain_is_at_home(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    for email in [
        "someone@other.test",
        "owner@acme.test.evil.example",
        "someone@sub.acme.test",
        "someone@notacme.test",
        "someone@аcme.test", // a Cyrillic а
        "someone@xn--cme-7cd.test",
        "someone@gmail.com",
    ] {
        assert_eq!(code(stand.invite(&owner, email).await), "other-domain", "{email}");
    }
    assert_eq!(stand.seats(&owner).await, (1, 0));
    assert!(stand.invite(&owner, "Second@ACME.test").await.is_ok());
    assert!(stand.invite(&owner, "third@ＡＣＭＥ.test").await.is_ok(), "full-width letters are the same letters");
}

async fn the_free_plan_asks_for_no_domain(stand: Stand) {
    let owner = stand.acme().await;
    assert!(stand.invite(&owner, "someone@other.test").await.is_ok());
    assert_eq!(stand.team(&owner).await.same_domain, None);
}

async fn a_malformed_address_is_refused(stand: Stand) {
    let owner = stand.acme().await;
    let long = format!("{}@acme.test", "x".repeat(65));
    let longer = format!("x@{}.test", "a.".repeat(200));
    for (email, why) in [
        ("", "email-empty"),
        ("second", "email-form"),
        ("second@acme@test", "email-form"),
        ("a b@acme.test", "email-form"),
        ("second@acme", "email-domain"),
        ("second@127.0.0.1", "email-domain"),
        ("second@acme..test", "email-domain"),
        ("second@acme.test\r\nBcc: all@acme.test", "email-form"),
        (long.as_str(), "email-long"),
        (longer.as_str(), "email-long"),
    ] {
        assert_eq!(code(stand.invite(&owner, email).await), why, "{email}");
    }
    assert_eq!(code(stand.invite_as(&owner, "second@acme.test", "king").await), "role-unknown");
    assert_eq!(stand.seats(&owner).await, (1, 0));
}

async fn inviting_twice_reserves_one_seat(stand: Stand) {
    let owner = stand.acme().await;
    stand.invite(&owner, "second@acme.test").await.unwrap();
    assert_eq!(code(stand.invite(&owner, "second@acme.test").await), "already-invited");
    assert_eq!(code(stand.invite(&owner, "Second@Acme.Test").await), "already-invited");
    assert_eq!(code(stand.invite(&owner, "OWNER@acme.test").await), "already-member");
    let both = futures::future::join_all((0..2).map(|_| stand.invite(&owner, "third@acme.test"))).await;
    assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 1, "a double click sends one");
    assert_eq!(stand.seats(&owner).await, (1, 2));
}

async fn a_token_works_once(stand: Stand) {
    let owner = stand.acme().await;
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    let second = stand.sign_up("second@acme.test").await;
    service::accept(&stand.s, &second, &token(&invited)).await.unwrap();
    assert_eq!(code(service::accept(&stand.s, &second, &token(&invited)).await), "invitation-used");
    assert_eq!(code(service::invitation(&stand.s, None, &token(&invited)).await), "invitation-used");
    assert_eq!(stand.seats(&owner).await, (2, 0));
}

async fn an_expired_cancelled_or_foreign_token_opens_nothing(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.sign_up("second@acme.test").await;
    let cancelled = stand.invite(&owner, "second@acme.test").await.unwrap();
    service::cancel_invitation(&stand.s, &owner, "acme", cancelled.id, None).await.unwrap();
    assert_eq!(code(service::cancel_invitation(&stand.s, &owner, "acme", cancelled.id, None).await), "not-found");
    assert_eq!(code(service::accept(&stand.s, &second, &token(&cancelled)).await), "invitation-cancelled");

    let expired = stand.invite(&owner, "second@acme.test").await.unwrap();
    stand.pass(Duration::from_hours(7 * 24));
    assert_eq!(code(service::accept(&stand.s, &second, &token(&expired)).await), "invitation-expired");
    stand.settle().await;
    assert_eq!(code(service::accept(&stand.s, &second, &token(&expired)).await), "invitation-expired");

    for foreign in ["", "x", &"A".repeat(43), &token(&expired)[1..]] {
        assert_eq!(code(service::accept(&stand.s, &second, foreign).await), "not-found");
        assert_eq!(code(service::invitation(&stand.s, None, foreign).await), "not-found");
    }
    assert_eq!(stand.seats(&owner).await, (1, 0));
}

async fn the_wrong_account_does_not_use_the_invitation_up(stand: Stand) {
    let owner = stand.acme().await;
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    let wrong = stand.sign_up("wrong@acme.test").await;
    let service::Error::Refused(why) = service::accept(&stand.s, &wrong, &token(&invited)).await.unwrap_err() else {
        panic!("refused")
    };
    assert_eq!(why.code, "other-account");
    assert!(why.what.contains("second@acme.test") && why.what.contains("wrong@acme.test"), "{why}");
    let right = stand.sign_up("second@acme.test").await;
    service::accept(&stand.s, &right, &token(&invited)).await.unwrap();
}

async fn an_expired_invitation_gives_its_seat_back(stand: Stand) {
    let owner = stand.acme().await;
    stand.invite(&owner, "second@acme.test").await.unwrap();
    stand.pass(Duration::from_hours(7 * 24 + 1));
    stand.settle().await;
    assert_eq!(stand.seats(&owner).await, (1, 0));
    assert!(stand.invite(&owner, "second@acme.test").await.is_ok(), "and can be sent anew");
}

async fn a_full_house_says_so_and_a_cancelled_invitation_makes_room(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    let third = stand.invite(&owner, "third@acme.test").await.unwrap();
    let service::Error::Refused(why) = stand.invite(&owner, "fourth@acme.test").await.unwrap_err() else {
        panic!("refused")
    };
    assert_eq!(why.what, "All 3 seats are in use.");
    service::cancel_invitation(&stand.s, &owner, "acme", third.id, None).await.unwrap();
    assert!(stand.invite(&owner, "fourth@acme.test").await.is_ok());
    assert_eq!(stand.seats(&owner).await, (2, 1));
}

async fn sixty_four_racers_get_three_seats(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let racers = (0..64).map(|n| {
        let (stand, owner) = (&stand, &owner);
        async move {
            let Ok(invited) = stand.invite(owner, &format!("racer{n}@acme.test")).await else { return false };
            let in_ = service::accept_as_new(&stand.s, &token(&invited), PASSWORD.to_owned(), Visit::default()).await;
            in_.is_ok()
        }
    });
    let won = futures::future::join_all(racers).await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 2, "the owner has the third");
    assert_eq!(stand.seats(&owner).await, (3, 0));
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 3);
}

async fn sixty_four_racers_for_one_link_make_one_member(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    let racers = (0..64).map(|_| {
        let (s, token) = (&stand.s, token(&invited));
        async move { service::accept_as_new(s, &token, PASSWORD.to_owned(), Visit::default()).await }
    });
    let all = futures::future::join_all(racers).await;
    assert_eq!(all.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in all {
        assert!(["-", "account-exists", "invitation-used", "busy"].contains(&code(answer).as_str()));
    }
    assert_eq!(stand.seats(&owner).await, (2, 0));
}

async fn a_company_that_moves_to_its_own_domain_refuses_a_guest_at_the_door(stand: Stand) {
    let owner = stand.acme().await;
    let guest = stand.invite(&owner, "guest@other.test").await.unwrap();
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    let answer = service::accept_as_new(&stand.s, &token(&guest), PASSWORD.to_owned(), Visit::default()).await;
    assert_eq!(code(answer), "other-domain");
    assert!(
        matches!(stand.sign_in("guest@other.test", PASSWORD).await, Err(service::Error::SignIn)),
        "no half account"
    );
    assert_eq!(stand.seats(&owner).await, (1, 1));
}

async fn the_letter_waits_until_it_is_taken(stand: Stand) {
    let owner = stand.acme().await;
    stand.invite(&owner, "second@acme.test").await.unwrap();
    assert!(service::letters(&stand.s).await.unwrap().is_empty(), "it goes through the outbox");
    stand.settle().await;
    stand.settle().await;
    let letters = service::letters(&stand.s).await.unwrap();
    assert_eq!(letters.len(), 1, "once");
    assert!(letters[0].text.contains("https://usher.test/invitations/"));
}
