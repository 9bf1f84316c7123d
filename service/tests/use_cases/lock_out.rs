//! Too many wrong passwords, and too much of everything.

use std::num::NonZeroU32;
use std::time::Duration;

use service::{Error, Limits, Services, SignIn, SignUp, SignedIn, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    after_ten_wrong_passwords_strangers_have_to_wait;
    strangers_who_are_shut_out_leave_the_owners_browser_in;
    the_owners_browser_is_counted_too;
    an_unknown_address_is_shut_in_the_same_words;
    a_letter_opens_what_strangers_have_shut;
    a_crowd_gets_no_more_tries_than_one;
    the_right_password_forgives_the_wrong_ones;
    a_cookie_that_somebody_has_written_is_a_strangers;
    who_is_signed_in_cannot_guess_either;
    one_source_tries_so_often_a_minute;
    one_address_gets_so_many_letters_an_hour;
}

const LIMITS: Limits = Limits {
    per_source: NonZeroU32::MAX,
    letters: NonZeroU32::MAX,
    wrong_passwords: 10,
    closed_for: Duration::from_mins(15),
};

async fn try_in(s: &Services, email: &str, password: &str, device: Option<&str>) -> Result<SignedIn, Error> {
    let input = SignIn { email: email.to_owned(), password: password.to_owned(), device: device.map(str::to_owned) };
    service::sign_in(s, input, Visit::default()).await
}

async fn guess(s: &Services, email: &str, times: u32) {
    for _ in 0..times {
        assert_eq!(code(try_in(s, email, "a wrong password", None).await), "sign-in");
    }
}

async fn after_ten_wrong_passwords_strangers_have_to_wait(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    guess(&s, "owner@acme.test", 10).await;
    match try_in(&s, "OWNER@acme.test", PASSWORD, None).await {
        Err(Error::TooMany { after }) => assert_eq!(after, Duration::from_mins(15)),
        other => panic!("{other:?}"),
    }
    stand.pass(Duration::from_mins(15));
    guess(&s, "owner@acme.test", 1).await;
    assert_eq!(code(try_in(&s, "owner@acme.test", PASSWORD, None).await), "too-many", "one more try, and shut again");
    stand.pass(Duration::from_mins(15));
    assert!(try_in(&s, "owner@acme.test", PASSWORD, None).await.is_ok());
}

async fn strangers_who_are_shut_out_leave_the_owners_browser_in(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    let known = try_in(&s, "owner@acme.test", PASSWORD, None).await.unwrap().device;
    guess(&s, "owner@acme.test", 10).await;
    assert_eq!(code(try_in(&s, "owner@acme.test", PASSWORD, None).await), "too-many");
    let again = try_in(&s, "owner@acme.test", PASSWORD, Some(&known)).await.unwrap();
    assert_eq!(again.device, known, "the browser is the same");
    assert_eq!(code(try_in(&s, "owner@acme.test", PASSWORD, None).await), "too-many", "strangers stay out");
}

async fn the_owners_browser_is_counted_too(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    let known = try_in(&s, "owner@acme.test", PASSWORD, None).await.unwrap().device;
    for _ in 0..10 {
        assert_eq!(code(try_in(&s, "owner@acme.test", "a wrong password", Some(&known)).await), "sign-in");
    }
    assert_eq!(code(try_in(&s, "owner@acme.test", PASSWORD, Some(&known)).await), "too-many");
    assert!(try_in(&s, "owner@acme.test", PASSWORD, None).await.is_ok(), "and for itself only");
}

async fn an_unknown_address_is_shut_in_the_same_words(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    let mut said = Vec::new();
    for email in ["owner@acme.test", "nobody@acme.test", "no address"] {
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(format!("{:?}", try_in(&s, email, "a wrong password", None).await));
        }
        said.push(answers);
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0], said[2]);
}

async fn a_letter_opens_what_strangers_have_shut(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    guess(&s, "owner@acme.test", 10).await;
    service::forgot(&s, "owner@acme.test", Visit::default()).await.unwrap();
    let link = stand.link("owner@acme.test", "/reset").await;
    let new = "quite another password";
    let signed_in = service::reset(&s, &link, new.to_owned(), Visit::default()).await.unwrap();
    assert!(try_in(&s, "owner@acme.test", new, None).await.is_ok());
    guess(&s, "owner@acme.test", 10).await;
    assert!(try_in(&s, "owner@acme.test", new, Some(&signed_in.device)).await.is_ok(), "this browser is known now");
}

async fn a_crowd_gets_no_more_tries_than_one(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    let crowd = (0..40).map(|_| {
        let s = s.clone();
        tokio::spawn(async move { code(try_in(&s, "owner@acme.test", "a wrong password", None).await) })
    });
    let mut heard = 0;
    for one in crowd.collect::<Vec<_>>() {
        match one.await.unwrap().as_str() {
            "sign-in" => heard += 1,
            "too-many" => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(heard, 10);
}

async fn the_right_password_forgives_the_wrong_ones(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    for _ in 0..3 {
        guess(&s, "owner@acme.test", 9).await;
        assert!(try_in(&s, "owner@acme.test", PASSWORD, None).await.is_ok());
    }
    guess(&s, "owner@acme.test", 9).await;
    stand.pass(Duration::from_hours(24) + Duration::from_secs(1));
    guess(&s, "owner@acme.test", 9).await;
    assert!(try_in(&s, "owner@acme.test", PASSWORD, None).await.is_ok(), "so does a day");
}

async fn a_cookie_that_somebody_has_written_is_a_strangers(stand: Stand) {
    let s = stand.strict(LIMITS);
    stand.sign_up("owner@acme.test").await;
    stand.sign_up("other@acme.test").await;
    let of_another = try_in(&s, "other@acme.test", PASSWORD, None).await.unwrap().device;
    guess(&s, "owner@acme.test", 10).await;
    let (name, signature) = of_another.split_once('.').unwrap();
    for cookie in [
        of_another.clone(),
        format!("{}.{signature}", "A".repeat(43)),
        format!("{name}."),
        format!(".{signature}"),
        name.to_owned(),
        String::new(),
    ] {
        assert_eq!(code(try_in(&s, "owner@acme.test", PASSWORD, Some(&cookie)).await), "too-many", "{cookie}");
    }
}

async fn who_is_signed_in_cannot_guess_either(stand: Stand) {
    let s = stand.strict(LIMITS);
    let me = stand.sign_up("owner@acme.test").await;
    for _ in 0..5 {
        assert_eq!(code(service::delete_account(&s, &me, "a wrong password".to_owned()).await), "password-wrong");
        let changed = service::change_address(&s, &me, "thief@other.test", "a wrong password".to_owned()).await;
        assert_eq!(code(changed), "password-wrong");
    }
    let new = "quite another password".to_owned();
    assert_eq!(code(service::change_password(&s, &me, PASSWORD.to_owned(), new).await), "too-many");
    assert!(try_in(&s, "owner@acme.test", PASSWORD, None).await.is_ok(), "signing in is another matter");
}

async fn one_source_tries_so_often_a_minute(stand: Stand) {
    let s = stand.strict(Limits { per_source: NonZeroU32::new(5).unwrap(), ..LIMITS });
    let from = |ip: &str| Visit { ip: Some(ip.to_owned()), user_agent: None };
    let knock = async |ip: &str, n: u32| {
        let input = SignIn { email: format!("{n}@acme.test"), password: PASSWORD.to_owned(), device: None };
        code(service::sign_in(&s, input, from(ip)).await)
    };
    for n in 0..5 {
        assert_eq!(knock("192.0.2.1", n).await, "sign-in");
    }
    assert_eq!(knock("192.0.2.1", 6).await, "too-many");
    assert_eq!(knock("192.0.2.2", 6).await, "sign-in", "others are not slowed down");
    let sign_up = SignUp { email: "new@acme.test".to_owned(), password: PASSWORD.to_owned(), next: None };
    match service::sign_up(&s, sign_up, from("192.0.2.1")).await {
        Err(Error::TooMany { after }) => assert_eq!(after, Duration::from_secs(12)),
        other => panic!("{}", code(other)),
    }
    stand.pass(Duration::from_secs(12));
    assert_eq!(knock("192.0.2.1", 7).await, "sign-in");
    assert_eq!(knock("192.0.2.1", 8).await, "too-many");
}

async fn one_address_gets_so_many_letters_an_hour(stand: Stand) {
    let s = stand.strict(Limits { letters: NonZeroU32::new(3).unwrap(), ..LIMITS });
    stand.sign_up("owner@acme.test").await;
    for email in ["owner@acme.test", "nobody@acme.test"] {
        for asked in 0..3 {
            assert_eq!(code(service::forgot(&s, email, Visit::default()).await), "-", "{asked}");
        }
        assert_eq!(code(service::forgot(&s, &email.to_uppercase(), Visit::default()).await), "too-many");
        assert_eq!(code(service::resend_confirmation(&s, email, Visit::default()).await), "too-many");
    }
    stand.pass(Duration::from_mins(20));
    assert_eq!(code(service::forgot(&s, "owner@acme.test", Visit::default()).await), "-");
    assert_eq!(code(service::forgot(&s, "owner@acme.test", Visit::default()).await), "too-many");
}
