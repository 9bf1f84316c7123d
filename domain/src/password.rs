//! Which passwords are taken. How they are kept is `service`'s business; this only looks at the text.

use crate::Refusal;

/// The shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, allows eight and asks for fifteen where
/// the password is the only factor; ten is our middle until a second factor exists).
pub const SHORTEST: usize = 10;
/// The longest, in bytes, so that hashing has a bounded cost.
pub const LONGEST: usize = 256;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Shorter than [`SHORTEST`] characters.
    Short,
    /// Longer than [`LONGEST`] bytes.
    Long,
    /// It is the address, or one character again and again.
    Obvious,
}

/// Whether `password` is taken for the account of `address`.
pub fn check(password: &str, address: &str) -> Result<(), PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::Short);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::Long);
    }
    let mut letters = password.chars();
    let first = letters.next();
    if letters.all(|letter| Some(letter) == first) || password.eq_ignore_ascii_case(address.trim()) {
        return Err(PasswordError::Obvious);
    }
    Ok(())
}

impl From<PasswordError> for Refusal {
    fn from(no: PasswordError) -> Self {
        match no {
            PasswordError::Short => Self::new(
                "password-short",
                format!("A password has at least {SHORTEST} characters."),
                "Add a few words; spaces are welcome.",
            ),
            PasswordError::Long => {
                Self::new("password-long", format!("A password has at most {LONGEST} bytes."), "Choose a shorter one.")
            }
            PasswordError::Obvious => Self::new(
                "password-obvious",
                "This password would be the first guess.",
                "Choose one that is not your address and not one letter repeated.",
            ),
        }
    }
}
