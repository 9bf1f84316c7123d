//! Signing up: an account is there once its address is proved, and not before.

use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::view::Visitor;
use service::{Caller, Confirmed, Error, SignUp, SignUpStarted, Visit};

use crate::stand::{PASSWORD, Stand, code, token};

claims! {
    an_account_is_there_once_its_address_is_proved;
    another_browser_has_to_choose_the_password_again;
    who_types_a_password_first_gets_nothing_by_it;
    a_known_and_an_unknown_address_get_the_same_answer_by_the_same_work;
    a_known_address_is_told_so_by_letter_and_by_nothing_else;
    a_link_works_once_and_for_a_day;
    the_letter_comes_again_five_times_at_most_and_every_link_works;
    asking_again_for_nothing_sends_nothing;
    joining_by_an_invitation_ends_the_sign_ups_of_that_address;
    a_link_that_is_handed_over_makes_no_account_in_somebody_elses_name;
    the_link_of_the_letter_proves_the_address;
    twenty_clicks_on_one_link_make_one_account;
    one_goes_on_where_one_wanted_to_go;
}

const OTHER: &str = "quite another password";

async fn ask(stand: &Stand, email: &str, password: &str) -> SignUpStarted {
    let input = SignUp { email: email.to_owned(), password: password.to_owned(), next: None };
    service::sign_up(&stand.s, input, Visit::default()).await.unwrap()
}

async fn confirm(
    stand: &Stand,
    token: &str,
    browser: Option<&str>,
    password: Option<&str>,
) -> Result<Confirmed, Error> {
    service::confirm(&stand.s, token, browser, password.map(str::to_owned), Visit::default()).await
}

async fn who(stand: &Stand, confirmed: &Confirmed) -> Caller {
    let session = confirmed.signed_in.session.as_str();
    service::who(&stand.s, session, Visit::default()).await.unwrap().unwrap()
}

async fn an_account_is_there_once_its_address_is_proved(stand: Stand) {
    let started = ask(&stand, "Owner@Acme.test", PASSWORD).await;
    assert!(matches!(stand.sign_in("owner@acme.test", PASSWORD).await, Err(Error::SignIn)), "nothing is there yet");
    let link = stand.link("Owner@Acme.test", "/confirm").await;
    let view = service::confirmation(&stand.s, &link, Some(&started.browser)).await.unwrap();
    assert_eq!((view.email.as_str(), view.same_browser), ("Owner@Acme.test", true));
    assert!(matches!(stand.sign_in("owner@acme.test", PASSWORD).await, Err(Error::SignIn)), "looking proves nothing");
    let done = confirm(&stand, &link, Some(&started.browser), None).await.unwrap();
    assert_eq!(who(&stand, &done).await.email.as_str(), "Owner@Acme.test");
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn another_browser_has_to_choose_the_password_again(stand: Stand) {
    let started = ask(&stand, "owner@acme.test", PASSWORD).await;
    let link = stand.link("owner@acme.test", "/confirm").await;
    for browser in [None, Some(""), Some("x"), Some(&*link)] {
        assert!(!service::confirmation(&stand.s, &link, browser).await.unwrap().same_browser);
        assert_eq!(code(confirm(&stand, &link, browser, None).await), "password-short");
        assert_eq!(code(confirm(&stand, &link, browser, Some("short")).await), "password-short");
    }
    confirm(&stand, &link, None, Some(OTHER)).await.unwrap();
    assert!(stand.sign_in("owner@acme.test", OTHER).await.is_ok());
    assert!(matches!(stand.sign_in("owner@acme.test", PASSWORD).await, Err(Error::SignIn)), "what was typed is gone");
    assert_eq!(code(confirm(&stand, &link, Some(&started.browser), None).await), "account-made");
}

async fn who_types_a_password_first_gets_nothing_by_it(stand: Stand) {
    let thief = ask(&stand, "owner@acme.test", OTHER).await;
    let of_the_thief = stand.link("owner@acme.test", "/confirm").await;
    stand.pass(Duration::from_mins(1));
    let owner = ask(&stand, "owner@acme.test", PASSWORD).await;
    let of_the_owner = stand.link("owner@acme.test", "/confirm").await;
    assert_ne!(of_the_thief, of_the_owner);
    // Both letters are in the owner's mailbox. Whichever they open in their browser, the thief's password is worth
    // nothing: on the thief's link it is asked for anew.
    assert!(!service::confirmation(&stand.s, &of_the_thief, Some(&owner.browser)).await.unwrap().same_browser);
    confirm(&stand, &of_the_owner, Some(&owner.browser), None).await.unwrap();
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
    assert!(matches!(stand.sign_in("owner@acme.test", OTHER).await, Err(Error::SignIn)));
    assert_eq!(code(confirm(&stand, &of_the_thief, Some(&thief.browser), None).await), "account-made");
}

async fn a_known_and_an_unknown_address_get_the_same_answer_by_the_same_work(stand: Stand) {
    stand.sign_up("known@acme.test").await;
    let mut used = Vec::new();
    for email in ["known@acme.test", "nobody@acme.test"] {
        let before = stand.dice.0.load(Ordering::SeqCst);
        let started = ask(&stand, email, PASSWORD).await;
        assert_eq!(started.browser.len(), 43);
        service::resend_confirmation(&stand.s, email, Visit::default()).await.unwrap();
        service::forgot(&stand.s, email, Visit::default()).await.unwrap();
        // Every salt, id and token is made of chance: as much of it, as many hashes and rows.
        used.push(stand.dice.0.load(Ordering::SeqCst).wrapping_sub(before));
        assert!(matches!(stand.sign_in(email, OTHER).await, Err(Error::SignIn)));
        assert_eq!(code(service::confirmation(&stand.s, &started.browser, None).await), "not-found");
    }
    assert_eq!(used[0], used[1]);
}

async fn a_known_address_is_told_so_by_letter_and_by_nothing_else(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    ask(&stand, "OWNER@acme.test", OTHER).await;
    let letters = stand.letters("OWNER@acme.test").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "You have an account already");
    assert!(letters[0].text.contains("https://usher.test/login") && letters[0].text.contains("/forgot"));
    assert!(!letters[0].text.contains("/confirm/"));
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok(), "nothing has changed");
    assert!(matches!(stand.sign_in("owner@acme.test", OTHER).await, Err(Error::SignIn)));
}

async fn a_link_works_once_and_for_a_day(stand: Stand) {
    let late = ask(&stand, "late@acme.test", PASSWORD).await;
    let link = stand.link("late@acme.test", "/confirm").await;
    stand.pass(Duration::from_hours(24));
    assert_eq!(code(confirm(&stand, &link, Some(&late.browser), None).await), "confirmation-expired");
    let again = ask(&stand, "late@acme.test", PASSWORD).await;
    let link = stand.link("late@acme.test", "/confirm").await;
    stand.pass(Duration::from_hours(24) - Duration::from_secs(1));
    confirm(&stand, &link, Some(&again.browser), None).await.unwrap();
    assert_eq!(code(confirm(&stand, &link, Some(&again.browser), None).await), "account-made");
    for nonsense in ["", "x", &"A".repeat(43), &"é".repeat(43), "'; drop table users; --"] {
        assert_eq!(code(confirm(&stand, nonsense, None, Some(PASSWORD)).await), "not-found", "{nonsense}");
    }
}

async fn the_letter_comes_again_five_times_at_most_and_every_link_works(stand: Stand) {
    let started = ask(&stand, "owner@acme.test", PASSWORD).await;
    let first = stand.link("owner@acme.test", "/confirm").await;
    for _ in 0..9 {
        stand.pass(Duration::from_mins(1));
        service::resend_confirmation(&stand.s, " OWNER@acme.test", Visit::default()).await.unwrap();
        stand.settle().await;
    }
    let letters = stand.letters("owner@acme.test").await;
    assert_eq!(letters.len(), 5);
    let last = stand.link("owner@acme.test", "/confirm").await;
    for link in [&first, &last] {
        assert!(service::confirmation(&stand.s, link, Some(&started.browser)).await.unwrap().same_browser);
    }
    confirm(&stand, &first, Some(&started.browser), None).await.unwrap();
    assert_eq!(code(confirm(&stand, &last, Some(&started.browser), None).await), "account-made");
    service::resend_confirmation(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    assert_eq!(stand.letters("owner@acme.test").await.len(), 5, "there is nothing left to prove");
}

async fn asking_again_for_nothing_sends_nothing(stand: Stand) {
    service::resend_confirmation(&stand.s, "nobody@acme.test", Visit::default()).await.unwrap();
    service::forgot(&stand.s, "nobody@acme.test", Visit::default()).await.unwrap();
    assert!(stand.letters("nobody@acme.test").await.is_empty());
    assert_eq!(code(service::forgot(&stand.s, "nobody", Visit::default()).await), "email-form");
}

async fn joining_by_an_invitation_ends_the_sign_ups_of_that_address(stand: Stand) {
    let owner = stand.acme().await;
    let thief = ask(&stand, "second@acme.test", OTHER).await;
    let link = stand.link("second@acme.test", "/confirm").await;
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    service::accept_as_new(&stand.s, &token(&invited), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(code(confirm(&stand, &link, Some(&thief.browser), None).await), "account-made");
    assert!(stand.sign_in("second@acme.test", PASSWORD).await.is_ok());
    assert!(matches!(stand.sign_in("second@acme.test", OTHER).await, Err(Error::SignIn)));
}

async fn a_link_that_is_handed_over_makes_no_account_in_somebody_elses_name(stand: Stand) {
    let thief = stand.acme().await;
    let s = stand.mailing();
    let invited = stand.invite(&thief, "victim@acme.test").await.unwrap();
    let copied = service::invitation_link(&s, &thief, "acme", invited.id).await.unwrap();
    for link in [&invited, &copied] {
        let shown = service::invitation(&s, None, &token(link)).await.unwrap();
        assert_eq!(shown.visitor, Visitor::Unproved, "said before it is tried");
        let taken = service::accept_as_new(&s, &token(link), OTHER.to_owned(), Visit::default()).await;
        assert_eq!(code(taken), "address-unproved");
        stand.letters("victim@acme.test").await;
    }
    assert!(matches!(stand.sign_in("victim@acme.test", OTHER).await, Err(Error::SignIn)), "there is no account");
    // An honest reader of the letter that was sent then goes on to the invitation.
    let link = stand.link("victim@acme.test", "/confirm").await;
    let done = confirm(&stand, &link, None, Some(PASSWORD)).await.unwrap();
    assert_eq!(done.next, Some(format!("/invitations/{}", token(&copied))));
    let me = who(&stand, &done).await;
    service::accept(&s, &me, &token(&copied)).await.unwrap();
    assert_eq!(stand.seats(&thief).await, (2, 0));
    let again = stand.invite(&thief, "third@acme.test").await.unwrap();
    stand.sign_up("third@acme.test").await;
    let known = service::accept_as_new(&s, &token(&again), OTHER.to_owned(), Visit::default()).await;
    assert_eq!(code(known), "account-exists");
}

async fn the_link_of_the_letter_proves_the_address(stand: Stand) {
    let owner = stand.acme().await;
    let s = stand.mailing();
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    let letter = stand.link("second@acme.test", "/invitations").await;
    assert_ne!(letter, token(&invited), "who invites does not have it");
    assert_eq!(service::invitation(&s, None, &letter).await.unwrap().visitor, Visitor::New);
    service::accept_as_new(&s, &letter, PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 0));
    assert!(stand.sign_in("second@acme.test", PASSWORD).await.is_ok());
    let used = service::accept_as_new(&s, &token(&invited), OTHER.to_owned(), Visit::default()).await;
    assert_eq!(code(used), "invitation-used", "both end together");
}

async fn twenty_clicks_on_one_link_make_one_account(stand: Stand) {
    let started = ask(&stand, "owner@acme.test", PASSWORD).await;
    let link = stand.link("owner@acme.test", "/confirm").await;
    let clicks = (0..20).map(|_| {
        let (s, link, browser) = (stand.s.clone(), link.clone(), started.browser.clone());
        tokio::spawn(async move { service::confirm(&s, &link, Some(&browser), None, Visit::default()).await })
    });
    let mut made = 0;
    for click in clicks.collect::<Vec<_>>() {
        match click.await.unwrap() {
            Ok(_) => made += 1,
            no => assert!(["confirmation-used", "account-made"].contains(&code(no).as_str())),
        }
    }
    assert_eq!(made, 1);
}

async fn one_goes_on_where_one_wanted_to_go(stand: Stand) {
    for (wanted, kept) in [
        (Some("/invitations/abc"), Some("/invitations/abc")),
        (Some("https://evil.example"), None),
        (Some(&*format!("/{}", "x".repeat(600))), None),
        (None, None),
    ] {
        let email = format!("owner{}@acme.test", wanted.map_or(0, str::len));
        let input = SignUp { email: email.clone(), password: PASSWORD.to_owned(), next: wanted.map(str::to_owned) };
        let started = service::sign_up(&stand.s, input, Visit::default()).await.unwrap();
        let link = stand.link(&email, "/confirm").await;
        let done = confirm(&stand, &link, Some(&started.browser), None).await.unwrap();
        assert_eq!(done.next.as_deref(), kept);
    }
}
