//! What people write to people: a reason, a note.

use crate::{Error, refusal};

/// The longest, in characters.
const LONGEST: usize = 500;

/// What was written, without the spaces around it; nothing if that is nothing. Control characters become spaces, but
/// for the ends of lines.
pub(crate) fn words(field: &'static str, written: Option<String>) -> Result<Option<String>, Error> {
    let Some(written) = written else { return Ok(None) };
    let plain: String = written
        .replace("\r\n", "\n")
        .chars()
        .map(|letter| if letter.is_control() && letter != '\n' { ' ' } else { letter })
        .collect();
    let plain = plain.trim();
    match plain.chars().count() {
        0 => Ok(None),
        1..=LONGEST => Ok(Some(plain.to_owned())),
        _ => Err(Error::invalid(field, refusal::words_long())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_and_have_an_end() {
        let said = |text: &str| words("reason", Some(text.to_owned())).map_err(|_| ());
        assert_eq!(said(" on leave\r\nuntil May\0 \u{7}"), Ok(Some("on leave\nuntil May".to_owned())));
        assert_eq!(said(" \n "), Ok(None));
        assert!(said(&"ä".repeat(500)).is_ok());
        assert!(said(&"ä".repeat(501)).is_err());
    }
}
