//! Which passwords are taken.

use domain::password::{LONGEST, PasswordError, SHORTEST, check};
use proptest::prelude::*;

#[test]
fn a_few_words_are_taken() {
    for password in ["correct horse battery", "ein lösbares Rätsel", "1a2b3c4d5e", "密码密码密码密码一二"] {
        assert_eq!(check(password, "jane@acme.test"), Ok(()), "{password}");
    }
}

#[test]
fn length_is_counted_in_characters_at_the_least_and_in_bytes_at_the_most() {
    assert_eq!(check("", "jane@acme.test"), Err(PasswordError::Short));
    assert_eq!(check("äöüäöüäöü", "jane@acme.test"), Err(PasswordError::Short));
    assert_eq!(check("äöüäöüäöüä", "jane@acme.test"), Ok(()));
    assert_eq!(check(&"ab".repeat(LONGEST / 2), "jane@acme.test"), Ok(()));
    assert_eq!(check(&format!("{}c", "ab".repeat(LONGEST / 2)), "jane@acme.test"), Err(PasswordError::Long));
    assert_eq!(check(&"a".repeat(1_000_000), "jane@acme.test"), Err(PasswordError::Long));
}

#[test]
fn the_first_guesses_are_refused() {
    for password in ["jane@acme.test", "JANE@acme.TEST", "aaaaaaaaaaaa", "            "] {
        assert_eq!(check(password, " jane@acme.test "), Err(PasswordError::Obvious), "{password:?}");
    }
}

proptest! {
    #[test]
    fn what_is_taken_has_the_right_length(password in any::<String>(), address in any::<String>()) {
        if check(&password, &address).is_ok() {
            prop_assert!(password.chars().count() >= SHORTEST && password.len() <= LONGEST);
        }
    }
}
