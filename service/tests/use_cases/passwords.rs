//! Forgotten and changed passwords.

use std::time::Duration;

use service::{Error, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    a_forgotten_password_is_set_anew_with_the_link_of_a_letter;
    a_reset_ends_all_sessions_and_all_other_links;
    a_reset_link_works_once_and_for_an_hour;
    a_reset_takes_back_a_change_of_address_that_waits;
    changing_a_password_ends_all_other_sessions_and_tells_the_owner;
    a_password_is_changed_only_by_who_knows_it;
    of_two_resets_at_once_one_wins;
    a_password_that_changes_while_somebody_signs_in_with_it_leaves_no_session;
}

const NEW: &str = "quite another password";

async fn a_forgotten_password_is_set_anew_with_the_link_of_a_letter(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    service::forgot(&stand.s, " OWNER@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    assert_eq!(service::reset_view(&stand.s, &link).await.unwrap().email.as_str(), "owner@acme.test");
    let reset = async |password: &str| service::reset(&stand.s, &link, password.to_owned(), Visit::default()).await;
    assert_eq!(code(reset("short").await), "password-short");
    assert_eq!(code(reset("owner@acme.test").await), "password-obvious");
    let signed_in = reset(NEW).await.unwrap();
    let me = service::who(&stand.s, signed_in.session.as_str(), Visit::default()).await.unwrap().unwrap();
    assert_eq!(me.email.as_str(), "owner@acme.test");
    assert!(stand.sign_in("owner@acme.test", NEW).await.is_ok());
    assert!(matches!(stand.sign_in("owner@acme.test", PASSWORD).await, Err(Error::SignIn)));
    assert_eq!(stand.letters("owner@acme.test").await[0].subject, "Your password was changed");
    assert!(service::account(&stand.s, &me).await.unwrap().password_changed_at.is_some());
}

async fn a_reset_ends_all_sessions_and_all_other_links(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let session = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    let mut links = Vec::new();
    for _ in 0..2 {
        stand.pass(Duration::from_mins(1));
        service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
        links.push(stand.link("owner@acme.test", "/reset").await);
    }
    service::reset(&stand.s, &links[0], NEW.to_owned(), Visit::default()).await.unwrap();
    assert!(service::who(&stand.s, session.as_str(), Visit::default()).await.unwrap().is_none());
    assert_eq!(service::sessions(&stand.s, &me).await.unwrap().sessions.len(), 1, "only the one that the reset began");
    for link in &links {
        let again = service::reset(&stand.s, link, PASSWORD.to_owned(), Visit::default()).await;
        assert_eq!(code(again), "reset-used");
    }
}

async fn a_reset_link_works_once_and_for_an_hour(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    stand.pass(Duration::from_hours(1));
    assert_eq!(code(service::reset_view(&stand.s, &link).await), "reset-expired");
    assert_eq!(code(service::reset(&stand.s, &link, NEW.to_owned(), Visit::default()).await), "reset-expired");
    for nonsense in ["", "x", &"A".repeat(43)] {
        assert_eq!(code(service::reset(&stand.s, nonsense, NEW.to_owned(), Visit::default()).await), "not-found");
    }
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn a_reset_takes_back_a_change_of_address_that_waits(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    service::change_address(&stand.s, &me, "thief@other.test", PASSWORD.to_owned()).await.unwrap();
    let yes = stand.link("thief@other.test", "/address").await;
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    service::reset(&stand.s, &link, NEW.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(code(service::confirm_address(&stand.s, &yes, Visit::default()).await), "change-ended");
}

async fn changing_a_password_ends_all_other_sessions_and_tells_the_owner(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let other = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    service::change_password(&stand.s, &me, PASSWORD.to_owned(), NEW.to_owned()).await.unwrap();
    let sessions = service::sessions(&stand.s, &me).await.unwrap().sessions;
    assert_eq!(sessions.iter().map(|session| session.is_this).collect::<Vec<_>>(), [true]);
    assert!(service::who(&stand.s, other.as_str(), Visit::default()).await.unwrap().is_none());
    assert_eq!(stand.letters("owner@acme.test").await[0].subject, "Your password was changed");
    assert_eq!(code(service::reset_view(&stand.s, &link).await), "reset-used", "links from before are worth nothing");
    assert!(stand.sign_in("owner@acme.test", NEW).await.is_ok());
}

async fn a_password_is_changed_only_by_who_knows_it(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    for (old, new, at, why) in [
        ("not the password", NEW, "old", "password-wrong"),
        (PASSWORD, PASSWORD, "new", "password-same"),
        (PASSWORD, "short", "new", "password-short"),
    ] {
        match service::change_password(&stand.s, &me, old.to_owned(), new.to_owned()).await {
            Err(Error::Invalid { field, problem }) => assert_eq!((field, problem.code.as_str()), (at, why)),
            other => panic!("{other:?}"),
        }
    }
    assert!(stand.sign_in("owner@acme.test", PASSWORD).await.is_ok());
}

async fn of_two_resets_at_once_one_wins(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    service::forgot(&stand.s, "owner@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    let racers = (0..10).map(|n| {
        let (s, link) = (stand.s.clone(), link.clone());
        tokio::spawn(async move {
            service::reset(&s, &link, format!("a new password, number {n}"), Visit::default()).await.is_ok()
        })
    });
    let mut won = 0;
    for racer in racers.collect::<Vec<_>>() {
        won += u32::from(racer.await.unwrap());
    }
    assert_eq!(won, 1);
}

async fn a_password_that_changes_while_somebody_signs_in_with_it_leaves_no_session(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let thieves = (0..10).map(|_| {
        let s = stand.s.clone();
        tokio::spawn(async move {
            let input =
                service::SignIn { email: "owner@acme.test".to_owned(), password: PASSWORD.to_owned(), device: None };
            service::sign_in(&s, input, Visit::default()).await.ok()
        })
    });
    let thieves: Vec<_> = thieves.collect();
    service::change_password(&stand.s, &me, PASSWORD.to_owned(), NEW.to_owned()).await.unwrap();
    for thief in thieves {
        if let Some(in_) = thief.await.unwrap() {
            let seen = service::who(&stand.s, in_.session.as_str(), Visit::default()).await.unwrap();
            assert!(seen.is_none(), "a session that the old password began is over");
        }
    }
    assert_eq!(service::sessions(&stand.s, &me).await.unwrap().sessions.len(), 1);
}
