//! Every letter, whoever wrote what in it.

use domain::{EmailDomain, Role, Timestamp};

use super::*;
use crate::mail::{InvitationLetter, SeatLetter, Sender, deleted, invitation, seat};

const HOME: &str = "https://usher.test/app/acme";
/// What somebody might call a company, to do harm.
const NAME: &str = "<b>Acme</b> \"&\" {Co}</title><img src=https://evil.example/pixel>";

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

/// One of each kind.
fn all() -> Vec<Mail> {
    let (to, by, who) = (address("to@acme.test"), address("o'wner&co@acme.test"), address("third@acme.test"));
    let (domain, some): (EmailDomain, _) = ("acme.test".parse().unwrap(), [who.clone()]);
    let from = Sender { name: NAME, home: HOME, companies: "https://usher.test/app" };
    let (by, who, at) = (&by, &who, Timestamp::from_secs(1_795_000_000));
    let (reason, plan) = (Some("</p><script>alert(1)</script>"), "Team");
    let role = Role::Member;
    let kinds = [
        SeatLetter::Suspended { by, until: Some(at), reason },
        SeatLetter::Suspended { by, until: None, reason: None },
        SeatLetter::Displaced { plan },
        SeatLetter::Uninvited { plan },
        SeatLetter::PlanShrank { plan, members: &some, invited: &some },
        SeatLetter::Reactivated,
        SeatLetter::NoSeatToReturnTo { who },
        SeatLetter::RoleChanged { by, from: Role::Owner, to: role },
        SeatLetter::Removed { by },
        SeatLetter::Asked { who, by: Some(by), role, note: reason },
        SeatLetter::Asked { who, by: None, role, note: None },
        SeatLetter::OnTheWaitList { who },
        SeatLetter::Welcome { role },
        SeatLetter::ColleagueInvited { who },
        SeatLetter::DomainStopped { domain: &domain, record: "usher-domain=abc" },
        SeatLetter::NewcomerDeclined { reason },
        SeatLetter::Declined { who, reason },
    ];
    let link = "https://usher.test/invitations/abc";
    let invited = InvitationLetter { to: &to, organization: NAME, invited_by: by, role, link, expires_at: at };
    let mut letters: Vec<Mail> = kinds.iter().map(|kind| seat(&to, &from, kind)).collect();
    letters.push(invitation(&invited));
    letters.push(deleted(&to, NAME, by, at, "https://usher.test/app"));
    letters
}

#[test]
fn every_letter_says_one_thing_to_do_as_text_and_as_html() {
    for mail in all() {
        let links: Vec<&str> = mail.text.lines().filter(|line| line.starts_with("https://usher.test/")).collect();
        let [link] = links[..] else { panic!("one link in a line of its own: {}", mail.text) };
        assert_eq!(mail.html.matches(&format!("href=\"{link}\"")).count(), 2, "a button, and the link itself");
        assert!(!mail.subject.is_empty() && !mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        assert_eq!(mail.to, "to@acme.test");
    }
}

#[test]
fn nothing_that_people_write_is_html_in_a_letter() {
    for mail in all() {
        for tag in ["<b>", "<script", "<img", "</p><script"] {
            assert!(!mail.html.contains(tag), "{tag} in {}", mail.html);
        }
        assert_eq!(mail.html.matches("</title>").count(), 1);
    }
}

#[test]
fn a_letter_loads_nothing_and_so_tells_nobody_that_it_was_opened() {
    for mail in all() {
        for loads in [" src=\"", "url(", "@import", "<link", "<script", "background=\""] {
            assert!(!mail.html.contains(loads), "{loads} in {}", mail.html);
        }
    }
}

#[test]
fn a_letter_is_short_enough_that_no_mail_program_cuts_it() {
    // Large ones cut at 102 KB.
    assert!(all().iter().all(|mail| mail.html.len() < 16_000));
}
