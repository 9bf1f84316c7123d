//! Who is who, and who is a colleague of whom.

use domain::email::{DomainRule, EmailError, LONGEST, LONGEST_LOCAL, admits};
use domain::{EmailAddress, EmailDomain};
use proptest::prelude::*;

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap_or_else(|no| panic!("{text}: {no:?}"))
}

fn domain(text: &str) -> EmailDomain {
    text.parse().unwrap_or_else(|no| panic!("{text}: {no:?}"))
}

fn refused(text: &str) -> EmailError {
    text.parse::<EmailAddress>().map_or_else(|no| no, |yes| panic!("{text} was taken as {}", yes.folded()))
}

#[test]
fn the_same_mailbox_is_the_same_however_it_is_written() {
    for (written, folded) in [
        ("Second@ACME.test", "second@acme.test"),
        ("  second@acme.test\t", "second@acme.test"),
        ("jane@BÜCHER.example", "jane@xn--bcher-kva.example"),
        ("jane@xn--bcher-kva.example", "jane@xn--bcher-kva.example"),
        ("jane@bücher。example", "jane@xn--bcher-kva.example"),
        ("JÖRG@acme.test", "jörg@acme.test"),
        ("jane@ＡＣＭＥ.test", "jane@acme.test"),
    ] {
        assert_eq!(address(written).folded(), folded);
        assert_eq!(address(written), address(folded));
        assert_eq!(address(written).as_str(), written.trim(), "it is shown as it was written");
    }
}

#[test]
fn tags_and_dots_name_other_mailboxes() {
    assert_ne!(address("jane+usher@acme.test"), address("jane@acme.test"));
    assert_ne!(address("j.ane@acme.test"), address("jane@acme.test"));
}

#[test]
fn a_letter_that_only_looks_like_another_is_another() {
    let kelvin = "\u{212a}im@acme.test";
    assert_ne!(address(kelvin), address("kim@acme.test"), "the Kelvin sign is no k");
    assert_ne!(address("i\u{307}pek@acme.test".replace("i\u{307}", "İ").as_str()), address("ipek@acme.test"));
    assert_ne!(address("jаne@acme.test"), address("jane@acme.test"), "a Cyrillic а is no a");
}

fn rule(text: &str, subdomains: bool) -> DomainRule {
    DomainRule { domain: domain(text), subdomains }
}

#[test]
fn colleagues_have_the_same_domain_whole() {
    let ours = [rule("acme.test", false)];
    for theirs in ["second@ACME.test", "second@acme.TEST", "SECOND@Acme.Test"] {
        assert_eq!(admits(&address(theirs), &ours), Ok(()), "{theirs}");
    }
    for theirs in [
        "owner@acme.test.evil.example",
        "owner@evil-acme.test",
        "owner@evilacme.test",
        "owner@mail.acme.test",
        "owner@acme.tests",
        "owner@аcme.test", // a Cyrillic а
        "owner@acmе.test", // a Cyrillic е
        "acme.test@evil.example",
        "owner@test",
    ] {
        if let Ok(theirs) = theirs.parse::<EmailAddress>() {
            assert!(admits(&theirs, &ours).is_err(), "{theirs}");
        }
    }
    assert_eq!(domain("аcme.test").as_str(), "xn--cme-5cd.test");
    assert!(admits(&address("jane@acme.test"), &[]).is_err(), "without a domain nobody is a colleague");
    assert!(admits(&address("jane@acme.example"), &[rule("acme.test", false), rule("acme.example", false)]).is_ok());
}

#[test]
fn a_subdomain_is_another_domain_until_its_company_opts_it_in() {
    let (shut, open) = ([rule("acme.test", false)], [rule("acme.test", true)]);
    for theirs in ["jane@mail.acme.test", "jane@eu.mail.ACME.test"] {
        assert!(admits(&address(theirs), &shut).is_err() && admits(&address(theirs), &open).is_ok(), "{theirs}");
    }
    for theirs in ["jane@evilacme.test", "jane@mail.acme.test.evil.example", "jane@test.acme", "jane@other.test"] {
        assert!(admits(&address(theirs), &open).is_err(), "{theirs}");
    }
    let two = [rule("acme.test", true), rule("bücher.example", false)];
    assert!(admits(&address("jane@mail.bücher.example"), &two).is_err(), "each domain is opted in by itself");
    assert!(admits(&address("jane@xn--bcher-kva.example"), &two).is_ok(), "and compared as it travels");
}

#[test]
fn what_is_no_address_is_refused_with_its_reason() {
    use EmailError::{Domain, Empty, Form};
    for (text, reason) in [
        ("", Empty),
        ("   \u{a0}\n", Empty),
        ("jane", Form),
        ("@acme.test", Form),
        (".jane@acme.test", Form),
        ("jane.@acme.test", Form),
        ("ja..ne@acme.test", Form),
        ("ja ne@acme.test", Form),
        ("ja\0ne@acme.test", Form),
        ("ja\nne@acme.test", Form),
        ("ja\u{202e}ne@acme.test", Form),
        ("jane@acme@acme.test", Form),
        ("\"jane\"@acme.test", Form),
        ("jane <jane@acme.test>", Form),
        ("jane,joe@acme.test", Form),
        ("jane@", Domain),
        ("jane@acme", Domain),
        ("jane@acme.test.", Domain),
        ("jane@.acme.test", Domain),
        ("jane@acme..test", Domain),
        ("jane@-acme.test", Domain),
        ("jane@acme-.test", Domain),
        ("jane@ac_me.test", Domain),
        ("jane@ac me.test", Domain),
        ("jane@acme.test\0", Domain),
        ("jane@acme\u{202e}.test", Domain),
        ("jane@acme\r\nbcc.test", Domain),
        ("jane@127.0.0.1", Domain),
        ("jane@[127.0.0.1]", Domain),
        ("jane@acme.test:25", Domain),
        ("jane@acme.test/path", Domain),
        ("jane@xn--a.test", Domain),
        ("jane@xn--.test", Domain),
    ] {
        assert_eq!(refused(text), reason, "{text:?}");
    }
}

#[test]
fn what_no_server_would_take_is_too_long() {
    let local = "a".repeat(LONGEST_LOCAL);
    assert_eq!(address(&format!("{local}@acme.test")).folded().len(), LONGEST_LOCAL + 10);
    assert_eq!(refused(&format!("{local}a@acme.test")), EmailError::Long);
    let host = |len: usize| format!("{}.{}.{}.test", "b".repeat(60), "c".repeat(60), "d".repeat(len - 127));
    assert_eq!(address(&format!("{local}@{}", host(LONGEST - LONGEST_LOCAL - 1))).as_str().len(), LONGEST);
    assert_eq!(refused(&format!("{local}@{}", host(LONGEST - LONGEST_LOCAL))), EmailError::Long);
    assert_eq!(refused(&format!("j@{}.test", "a".repeat(64))), EmailError::Domain);
    assert_eq!(refused(&"@".repeat(100_000)), EmailError::Long);
    // Short as it is written, too long as it travels.
    let wide = |labels| format!("{local}@{}test", "ü.".repeat(labels));
    assert!(wide(25).len() < LONGEST && address(&wide(20)).folded().len() > wide(20).len());
    assert_eq!(refused(&wide(25)), EmailError::Long);
}

#[test]
fn serde_keeps_what_was_written_and_refuses_what_is_no_address() {
    let written: EmailAddress = serde_json::from_str("\"Jane@ACME.test\"").expect("an address");
    assert_eq!(serde_json::to_string(&written).expect("json"), "\"Jane@ACME.test\"");
    assert!(serde_json::from_str::<EmailAddress>("\"jane\"").is_err());
    assert!(serde_json::from_str::<EmailDomain>("\"acme.test.\"").is_err());
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,40}@\\PC{1,20}\\.[a-zA-ZäöüßéσΣİKа-я]{2,8}") {
        if let Ok(first) = text.parse::<EmailAddress>() {
            let again = address(first.folded());
            prop_assert_eq!(again.folded(), first.folded());
            prop_assert_eq!(&again, &first);
            prop_assert!(first.folded().len() <= LONGEST);
        }
    }

    #[test]
    fn a_plain_address_folds_to_itself_in_lower_case(
        local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-zA-Z0-9]{1,10}){0,2}",
        host in "[a-zA-Z][a-zA-Z0-9]{0,20}(\\.[a-zA-Z][a-zA-Z0-9]{0,9}){1,3}",
    ) {
        let text = format!("{local}@{host}");
        prop_assert_eq!(address(&text).folded().to_owned(), text.to_lowercase());
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>(), end in any::<String>()) {
        let _ = text.parse::<EmailAddress>();
        let _ = text.parse::<EmailDomain>();
        if let Ok(found) = format!("{text}@{end}").parse::<EmailAddress>() {
            prop_assert!(!found.as_str().contains(char::is_control));
            prop_assert!(found.folded().ends_with(found.domain().as_str()));
        }
    }

    #[test]
    fn a_domain_is_lower_case_labels_and_parses_to_itself(text in "\\PC{1,12}(\\.\\PC{1,12}){0,3}") {
        if let Ok(found) = text.parse::<EmailDomain>() {
            let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
            prop_assert!(found.as_str().bytes().all(plain), "{}", found);
            prop_assert!(found.as_str().contains('.'));
            prop_assert_eq!(domain(found.as_str()), found);
        }
    }

    #[test]
    fn a_rule_lets_in_its_own_labels_and_nothing_that_merely_contains_them(
        ours in "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9]{0,8}){1,2}",
        more in "[a-z][a-z0-9]{0,8}",
        open in any::<bool>(),
    ) {
        let rules = [rule(&ours, open)];
        let comes = |host: String| admits(&address(&format!("jane@{host}")), &rules).is_ok();
        prop_assert!(comes(ours.clone()) && comes(ours.to_uppercase()));
        prop_assert_eq!(comes(format!("{more}.{ours}")), open);
        prop_assert_eq!(comes(format!("{more}.{more}.{ours}")), open);
        for stranger in [format!("{more}{ours}"), format!("{more}-{ours}"), format!("{ours}.{more}"), format!("{ours}{more}")] {
            // A word may happen to make the same labels again, as `a` before `a.a` does not, but `a.a.a` below `a.a` does.
            let below = stranger == ours || (open && stranger.ends_with(&format!(".{ours}")));
            prop_assert_eq!(comes(stranger.clone()), below, "{}", stranger);
        }
    }

    #[test]
    fn the_answer_depends_on_the_domain_alone_and_on_no_order_of_the_rules(
        local in "[a-z]{1,8}", other in "[a-z]{1,8}(\\+[a-z]{1,4})?",
        host in "[ab](\\.[ab]){1,3}",
        rules in prop::collection::vec(("[ab](\\.[ab]){1,3}", any::<bool>()), 0..5),
    ) {
        let mut rules: Vec<_> = rules.iter().map(|(domain, subdomains)| rule(domain, *subdomains)).collect();
        let comes = |local: &str, rules: &[DomainRule]| admits(&address(&format!("{local}@{host}")), rules).is_ok();
        let first = comes(&local, &rules);
        rules.reverse();
        prop_assert_eq!(first, comes(&other, &rules));
        prop_assert!(!first || rules.iter().any(|rule| comes(&local, std::slice::from_ref(rule))));
    }
}
