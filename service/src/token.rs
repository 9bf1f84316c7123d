//! Secrets that are handed out once: 32 random bytes, written as 43 characters; only their hash is kept.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::Services;

/// How many characters a token has.
const LENGTH: usize = 43;

/// What a signed-in browser brings: the value of its cookie. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the cookie and for nothing else.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// A fresh token and the hash under which it is kept.
pub(crate) fn fresh(s: &Services) -> (String, [u8; 32]) {
    let text = BASE64URL_NOPAD.encode(&s.chance::<32>());
    let hash = sha256(text.as_bytes());
    (text, hash)
}

/// The hash under which a token is kept; `None` if the text cannot be one of ours, so that nothing is asked for it.
pub(crate) fn hash(text: &str) -> Option<[u8; 32]> {
    let ours = text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    ours.then(|| sha256(text.as_bytes()))
}

/// The hash under which one of our own tokens is kept.
pub(crate) fn of(text: &str) -> [u8; 32] {
    sha256(text.as_bytes())
}

/// The token for who hands a link over, made of the one in the letter. It opens the same door, and nobody can make the
/// letter's out of it: whoever comes with that one has read the letter.
pub(crate) fn handed(letter: &str) -> String {
    BASE64URL_NOPAD.encode(&sha256(format!("handed over: {letter}").as_bytes()))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
