//! Letters leave the house: through a real mail server, in a process of its own, that wants TLS and a password.

use std::sync::Arc;
use std::time::Duration;

use service::{MailError, Mailer as _, SmtpMailer, work};
use store::Mail;
use testkit::{Letters, MailServer};

use crate::stand::Stand;

const FROM: &str = "Usher <usher@usher.test>";

claims! {
    a_letter_that_is_not_taken_now_is_sent_again_until_it_is;
    a_letter_is_kept_ready_while_the_server_is_away_for_three_days;
    a_letter_that_nobody_wants_is_put_aside_and_holds_up_no_other;
}

fn mailer(server: &MailServer) -> SmtpMailer {
    SmtpMailer::new(&server.url(), FROM, Some(server.certificate().as_bytes())).unwrap()
}

fn letter() -> Mail {
    Mail {
        to: "second@acme.test".to_owned(),
        subject: "Join Acmé".to_owned(),
        text: "Hello\n.\nthere".to_owned(),
        html: "<p>Hello</p>".to_owned(),
    }
}

async fn a_letter_that_is_not_taken_now_is_sent_again_until_it_is(stand: Stand) {
    let mut server = MailServer::start().await;
    let stand = stand.posting(Arc::new(mailer(&server)));
    let owner = stand.acme().await;
    stand.settle().await;
    server.postpone(2).await;
    stand.invite(&owner, "second@acme.test").await.unwrap();
    // Each time, later than the time before.
    for wait in [2, 4] {
        stand.settle().await;
        stand.pass(Duration::from_micros(wait * 1_000_000 - 1));
        assert!(!work::step(&stand.s).await.unwrap(), "not before its time");
        stand.pass(Duration::from_micros(1));
    }
    stand.settle().await;
    let taken = server.next().await;
    assert_eq!(
        (taken.to.as_slice(), taken.user.as_str(), taken.tls),
        (&["second@acme.test".to_owned()][..], "usher", true)
    );
    assert!(taken.text.contains("From: Usher <usher@usher.test>"), "{}", taken.text);
    assert!(taken.text.contains("multipart/alternative"), "{}", taken.text);
    // The link may be folded where the transfer encoding folds lines.
    let unfolded = taken.text.replace("=\r\n", "").replace("=\n", "");
    assert!(unfolded.contains("https://usher.test/invitations/"), "{}", taken.text);
    // It was sent once: the next letter is another one.
    stand.invite(&owner, "third@acme.test").await.unwrap();
    stand.settle().await;
    assert_eq!(server.next().await.to, ["third@acme.test"]);
}

async fn a_letter_is_kept_ready_while_the_server_is_away_for_three_days(stand: Stand) {
    let letters = Arc::new(Letters::default());
    let stand = stand.posting(letters.clone());
    let owner = stand.acme().await;
    stand.settle().await;
    let hours = async |hours: u64| {
        for _ in 0..hours {
            stand.pass(Duration::from_hours(1));
            stand.settle().await;
        }
    };
    for (away, sent) in [(72, 1), (96, 0)] {
        letters.be_away(true);
        let to = format!("after-{away}@acme.test");
        stand.invite(&owner, &to).await.unwrap();
        hours(away).await;
        letters.be_away(false);
        hours(2).await;
        assert_eq!(letters.all().iter().filter(|letter| letter.to == to).count(), sent, "after {away} hours");
    }
}

async fn a_letter_that_nobody_wants_is_put_aside_and_holds_up_no_other(stand: Stand) {
    let mut server = MailServer::start().await;
    let stand = stand.posting(Arc::new(mailer(&server)));
    let owner = stand.acme().await;
    stand.settle().await;
    stand.invite(&owner, "nobody@acme.test").await.unwrap();
    stand.invite(&owner, "second@acme.test").await.unwrap();
    stand.settle().await;
    assert_eq!(server.next().await.to, ["second@acme.test"]);
    stand.pass(Duration::from_mins(50));
    assert!(!work::step(&stand.s).await.unwrap(), "nothing is tried again");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_neither_letter_nor_password() {
    let server = MailServer::start().await;
    let trusting_the_web = SmtpMailer::new(&server.url(), FROM, None).unwrap();
    let sent = trusting_the_web.send(&letter()).await;
    assert!(matches!(sent, Err(MailError::Later(_))), "{sent:?}");
    let another = MailServer::start().await;
    let trusting_another = SmtpMailer::new(&server.url(), FROM, Some(another.certificate().as_bytes())).unwrap();
    assert!(trusting_another.send(&letter()).await.is_err());
}

#[tokio::test]
async fn a_wrong_password_is_told_to_the_operator_and_not_repeated_to_anybody() {
    let mut server = MailServer::start().await;
    let url = server.url_as("a wrong password");
    let wrong = SmtpMailer::new(&url, FROM, Some(server.certificate().as_bytes())).unwrap();
    let error = wrong.send(&letter()).await.unwrap_err();
    assert!(!error.to_string().contains("a wrong password"), "{error}");
    assert!(matches!(error, MailError::Later(_)), "the letter waits until the password is right: {error:?}");
    mailer(&server).send(&letter()).await.unwrap();
    assert!(server.next().await.tls);
}

#[tokio::test]
async fn without_tls_the_server_takes_nothing() {
    let server = MailServer::start().await;
    let plain = SmtpMailer::new(&server.plain_url(), FROM, None).unwrap();
    assert!(plain.send(&letter()).await.is_err());
}
