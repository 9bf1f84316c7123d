//! What the page of the audit log is told.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{Refusal, Timestamp};

/// Which lines are asked for. Every text may be empty: then it asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// A part of the address of who did it.
    pub who: String,
    /// What was done, `member.invited`; or to what kind of thing, `member`.
    pub action: String,
    /// A part of what it was done to, or of how that was and is.
    pub about: String,
    /// The first day, `2027-11-22`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// The page of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// The frame.
    pub desk: Desk,
    /// One page of the lines that were asked for, the newest first.
    pub lines: Vec<AuditLine>,
    /// Older lines have numbers below this one; `None`: there are none.
    pub older: Option<i64>,
    /// The last line of all, for whoever wants to keep it elsewhere.
    pub head: Option<AuditHead>,
    /// How many lines are gone by age.
    pub dropped: i64,
    /// How many days the plan keeps; `None`: for ever.
    pub retention_days: Option<u32>,
    /// Why the log cannot be taken away as a file, if it cannot.
    pub no_export: Option<Refusal>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: AuditActor,
    /// What, for programs.
    pub action: String,
    /// To what.
    pub entity: String,
    /// What is different now.
    pub changes: Vec<AuditChange>,
    /// From which machine.
    pub ip: Option<String>,
    /// With which browser, in its own words.
    pub user_agent: Option<String>,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    /// A member, by their address now.
    Member(String),
    /// Somebody with an invitation to this address.
    Invited(String),
    /// Usher itself, for this reason.
    Usher(String),
}

/// One thing of what was done to, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    /// Which thing.
    pub name: String,
    /// How it was; `None`: it was not there.
    pub before: Option<String>,
    /// How it is; `None`: it is not there any more.
    pub after: Option<String>,
}

/// The last line of a chain: its number and its hash. Written `17:3f…`, kept elsewhere, it proves later that the lines
/// up to it are still the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The line's number.
    pub number: i64,
    /// SHA-256, in lower-case hexadecimal digits.
    pub hash: String,
}

/// A text that is no head of an audit log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the number of a line, a colon, and its hash of 64 digits, as `usher audit verify` prints them")]
pub struct AuditHeadError;

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for AuditHead {
    type Err = AuditHeadError;
    fn from_str(text: &str) -> Result<Self, AuditHeadError> {
        let (number, hash) = text.trim().split_once(':').ok_or(AuditHeadError)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(AuditHeadError)?;
        if hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self { number, hash: hash.to_ascii_lowercase() })
        } else {
            Err(AuditHeadError)
        }
    }
}
