//! Names in addresses.

use domain::Slug;
use domain::slug::{RESERVED, SlugError};
use proptest::prelude::*;

#[test]
fn a_name_suggests_its_slug() {
    for (name, slug) in [
        ("Acme", Some("acme")),
        ("Acme & Söhne", Some("acme-sohne")),
        ("Acme & So\u{308}hne", Some("acme-sohne")),
        ("  ACME,  Inc.  ", Some("acme-inc")),
        ("Levi's", Some("levis")),
        ("Ærø Straße", Some("aero-strasse")),
        ("3M", Some("3m")),
        ("Zażółć", Some("zazolc")),
        ("a", None),
        ("", None),
        ("北京", None),
        ("Billing", None),
        ("---", None),
    ] {
        assert_eq!(Slug::suggest(name).as_ref().map(Slug::as_str), slug, "{name}");
    }
}

#[test]
fn a_long_name_is_cut_between_letters() {
    let slug = Slug::suggest(&"a".repeat(100)).expect("a slug");
    assert_eq!(slug.as_str().len(), 40);
    let cut_at_a_hyphen = format!("{} {}", "a".repeat(39), "b".repeat(39));
    assert_eq!(Slug::suggest(&cut_at_a_hyphen).expect("a slug").as_str(), "a".repeat(39));
    let umlauts = "ß".repeat(39);
    assert_eq!(Slug::suggest(&format!("x{umlauts}")).expect("a slug").as_str().len(), 40);
}

#[test]
fn what_is_no_slug_is_refused_with_its_reason() {
    for (text, reason) in [
        ("", SlugError::Length),
        ("a", SlugError::Length),
        (&*"a".repeat(41), SlugError::Length),
        ("Acme", SlugError::Characters),
        ("ac me", SlugError::Characters),
        ("ac_me", SlugError::Characters),
        ("-acme", SlugError::Characters),
        ("acme-", SlugError::Characters),
        ("ac--me", SlugError::Characters),
        ("xn--acme", SlugError::Characters),
        ("acmé", SlugError::Characters),
        ("../..", SlugError::Characters),
        ("www", SlugError::Reserved),
        ("new", SlugError::Reserved),
    ] {
        assert_eq!(text.parse::<Slug>(), Err(reason), "{text}");
    }
    assert!("ac".parse::<Slug>().is_ok() && "a".repeat(40).parse::<Slug>().is_ok() && "4-2".parse::<Slug>().is_ok());
}

#[test]
fn every_reserved_word_would_be_a_slug_otherwise() {
    for word in RESERVED {
        assert_eq!(word.parse::<Slug>(), Err(SlugError::Reserved), "{word}");
    }
}

proptest! {
    #[test]
    fn a_suggestion_is_a_slug_whatever_the_name(name in any::<String>()) {
        if let Some(slug) = Slug::suggest(&name) {
            prop_assert_eq!(slug.as_str().parse(), Ok(slug.clone()));
            prop_assert_eq!(Slug::suggest(slug.as_str()), Some(slug.clone()), "and suggests itself");
        }
    }

    #[test]
    fn any_plain_name_has_a_suggestion(name in "[A-Za-z0-9ÄÖÜäöüß ,.&'’-]{0,80}") {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric()).count();
        let slug = Slug::suggest(&name);
        prop_assert!(slug.is_some() || letters < 2 || RESERVED.iter().any(|word| word.len() <= name.len()));
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let _ = text.parse::<Slug>();
    }
}
