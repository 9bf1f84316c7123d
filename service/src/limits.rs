//! How often somebody may try.

use std::time::Duration;

/// How often somebody may try. What is counted for an address is counted whether it has an account or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins, sign-ups and other attempts from one source, in a minute.
    pub per_source: u32,
    /// Letters about accounts to one address, in an hour.
    pub letters: u32,
    /// So many wrong passwords in a row close an account to who typed them.
    pub wrong_passwords: u32,
    /// For so long.
    pub closed_for: Duration,
}

impl Limits {
    /// For people.
    pub const REAL: Self =
        Self { per_source: 60, letters: 6, wrong_passwords: 10, closed_for: Duration::from_mins(15) };
    /// For tests and measurements that are about something else.
    pub const GENEROUS: Self =
        Self { per_source: 1_000_000, letters: 1_000_000, wrong_passwords: 1_000, closed_for: Duration::from_mins(15) };
}
