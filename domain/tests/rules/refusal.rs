//! Every "no" says what happened and what to do.

use domain::access::NotNow;
use domain::email::{DomainRule, EmailError, OtherDomain};
use domain::password::PasswordError;
use domain::permission::NotPermitted;
use domain::seat::SeatsFull;
use domain::slug::SlugError;
use domain::{Access, EmailDomain, Permission, Refusal, Role, SeatCount};

fn all() -> Vec<Refusal> {
    let domain = |text: &str| text.parse::<EmailDomain>().expect("a domain");
    let mut all: Vec<Refusal> = Vec::new();
    all.extend([EmailError::Empty, EmailError::Long, EmailError::Form, EmailError::Domain].map(Refusal::from));
    all.extend([PasswordError::Short, PasswordError::Long, PasswordError::Obvious].map(Refusal::from));
    all.extend([SlugError::Length, SlugError::Characters, SlugError::Reserved].map(Refusal::from));
    let ours = [DomainRule { domain: domain("acme.test"), subdomains: false }];
    for (theirs, ours) in [("other.test", &[][..]), ("other.test", &ours), ("mail.acme.test", &ours)] {
        all.push(OtherDomain { theirs: domain(theirs), ours: ours.to_vec() }.into());
    }
    for (cap, reserved) in [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 2)] {
        all.push(SeatsFull { cap, count: SeatCount { active: cap - reserved, reserved } }.into());
    }
    all.extend([Access::NoGrowth, Access::ReadOnly].map(|access| NotNow(access).into()));
    for role in Role::ALL {
        all.extend(Permission::ALL.map(|permission| NotPermitted { role, permission }.into()));
    }
    all
}

#[test]
fn every_refusal_is_whole_sentences_with_a_code() {
    for Refusal { code, what, next } in all() {
        assert!(!code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
        for sentence in [&what, &next] {
            assert!(sentence.ends_with('.') && sentence.len() > 10, "{code}: {sentence}");
            assert_eq!(sentence.trim(), sentence, "{code}");
            assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{code}: {sentence}");
        }
    }
}

#[test]
fn a_refusal_travels_as_json() {
    for refusal in all() {
        let json = serde_json::to_string(&refusal).expect("json");
        assert_eq!(serde_json::from_str::<Refusal>(&json).expect("a refusal"), refusal);
    }
}

#[test]
fn full_seats_are_counted_in_words() {
    let full = |cap, reserved| Refusal::from(SeatsFull { cap, count: SeatCount { active: cap - reserved, reserved } });
    assert_eq!(full(1, 0).what, "The only seat is in use.");
    assert_eq!(full(2, 0).what, "Both seats are in use.");
    assert_eq!(full(3, 0).what, "All 3 seats are in use.");
    assert!(full(3, 1).next.contains("invitation") && !full(3, 0).next.contains("invitation"));
}
