//! The organization's name in addresses: `/app/{slug}`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Two to forty of `a-z`, `0-9` and single inner hyphens, and none of the reserved words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Words that would be mistaken for a part of Usher, as a path or as a subdomain.
pub const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "dashboard",
    "dev",
    "docs",
    "ftp",
    "healthz",
    "help",
    "imap",
    "invitations",
    "localhost",
    "login",
    "logout",
    "mail",
    "new",
    "null",
    "ns1",
    "ns2",
    "pkg",
    "pop",
    "pricing",
    "readyz",
    "root",
    "settings",
    "signup",
    "smtp",
    "static",
    "status",
    "stripe",
    "support",
    "system",
    "team",
    "undefined",
    "usage",
    "usher",
    "webhooks",
    "www",
];

/// Why a text is no slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlugError {
    /// Fewer than two or more than forty characters.
    Length,
    /// Something else than `a-z`, `0-9` and single inner hyphens.
    Characters,
    /// A reserved word.
    Reserved,
}

impl Slug {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug that a company's name suggests, if any: `Acme & Söhne` → `acme-sohne`.
    #[must_use]
    pub fn suggest(name: &str) -> Option<Self> {
        let mut text = String::new();
        for letter in name.chars().flat_map(char::to_lowercase) {
            match letter {
                'a'..='z' | '0'..='9' => text.push(letter),
                'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => text.push('a'),
                'ç' | 'ć' | 'č' => text.push('c'),
                'è' | 'é' | 'ê' | 'ë' => text.push('e'),
                'ì' | 'í' | 'î' | 'ï' => text.push('i'),
                'ñ' => text.push('n'),
                'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => text.push('o'),
                'ù' | 'ú' | 'û' | 'ü' => text.push('u'),
                'ß' => text.push_str("ss"),
                'æ' => text.push_str("ae"),
                'œ' => text.push_str("oe"),
                'ł' => text.push('l'),
                'š' | 'ś' => text.push('s'),
                'ž' | 'ź' | 'ż' => text.push('z'),
                // Accents that stand beside their letter, and apostrophes, which stand inside words.
                '\u{300}'..='\u{36f}' | '\'' | '’' => {}
                _ if !text.is_empty() && !text.ends_with('-') => text.push('-'),
                _ => {}
            }
        }
        text.truncate(40);
        text.trim_matches('-').parse().ok()
    }
}

impl FromStr for Slug {
    type Err = SlugError;
    fn from_str(text: &str) -> Result<Self, SlugError> {
        if !(2..=40).contains(&text.len()) {
            return Err(SlugError::Length);
        }
        let plain = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !plain || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(SlugError::Characters);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Slug {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|no: SlugError| Refusal::from(no).what)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SlugError> for Refusal {
    fn from(no: SlugError) -> Self {
        match no {
            SlugError::Length => Self::new("slug-length", "An address has 2 to 40 characters.", "Choose another one."),
            SlugError::Characters => Self::new(
                "slug-characters",
                "An address is made of a to z, 0 to 9 and single hyphens between them.",
                "Leave everything else out.",
            ),
            SlugError::Reserved => Self::new(
                "slug-reserved",
                "This address is reserved.",
                "Choose another one, such as your company's name.",
            ),
        }
    }
}
