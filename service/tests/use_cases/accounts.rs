//! Signing up, in and out.

use std::time::Duration;

use service::{Error, SignUp, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    an_address_has_one_account_however_it_is_written;
    nobody_learns_whether_an_address_has_an_account_by_signing_in;
    a_session_ends_when_it_is_ended_and_after_thirty_days;
    what_is_typed_wrong_is_said_at_its_field;
}

async fn an_address_has_one_account_however_it_is_written(stand: Stand) {
    stand.sign_up("Owner@Acme.test").await;
    assert_eq!(code(service::make_account(&stand.s, " owner@ACME.TEST ", PASSWORD.to_owned()).await), "account-made");
    assert!(stand.sign_in("OWNER@acme.test", PASSWORD).await.is_ok());
}

async fn nobody_learns_whether_an_address_has_an_account_by_signing_in(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    for (email, password) in [
        ("owner@acme.test", "another long password"),
        ("nobody@acme.test", PASSWORD),
        ("no address", PASSWORD),
        ("owner@acme.test", ""),
        ("owner@acme.test", &"x".repeat(100_000)),
    ] {
        assert!(matches!(stand.sign_in(email, password).await, Err(Error::SignIn)), "{email}");
    }
}

async fn a_session_ends_when_it_is_ended_and_after_thirty_days(stand: Stand) {
    stand.sign_up("owner@acme.test").await;
    let ended = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    let kept = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    assert_ne!(ended, kept, "each sign-in has a token of its own");
    let who = async |token: &str| service::who(&stand.s, token, Visit::default()).await.unwrap();
    service::sign_out(&stand.s, ended.as_str()).await.unwrap();
    service::sign_out(&stand.s, ended.as_str()).await.unwrap();
    service::sign_out(&stand.s, "no token at all").await.unwrap();
    assert!(who(ended.as_str()).await.is_none());
    assert_eq!(who(kept.as_str()).await.unwrap().email.as_str(), "owner@acme.test");
    stand.pass(Duration::from_hours(30 * 24 - 1));
    assert!(who(kept.as_str()).await.is_some());
    stand.pass(Duration::from_hours(1));
    assert!(who(kept.as_str()).await.is_none());
    for nonsense in ["", "x", &"A".repeat(43), &"é".repeat(43), "'; drop table sessions; --"] {
        assert!(who(nonsense).await.is_none(), "{nonsense}");
    }
    assert!(!format!("{kept:?}").contains(kept.as_str()));
}

async fn what_is_typed_wrong_is_said_at_its_field(stand: Stand) {
    let long = format!("{}@acme.test", "x".repeat(300));
    for (email, password, at, why) in [
        ("", PASSWORD, "email", "email-empty"),
        ("owner", PASSWORD, "email", "email-form"),
        (long.as_str(), PASSWORD, "email", "email-long"),
        ("owner@acme", PASSWORD, "email", "email-domain"),
        ("owner@acme.test", "short", "password", "password-short"),
        ("owner@acme.test", "aaaaaaaaaaaa", "password", "password-obvious"),
        ("owner@acme.test", "OWNER@acme.test", "password", "password-obvious"),
    ] {
        let input = SignUp { email: email.to_owned(), password: password.to_owned(), next: None };
        match service::sign_up(&stand.s, input, Visit::default()).await {
            Err(Error::Invalid { field, problem }) => assert_eq!((field, problem.code.as_str()), (at, why)),
            other => panic!("{email}: {}", code(other)),
        }
    }
}
