//! What ties the lines together, and what tells that they no longer are. Functions of their arguments.

use std::fmt;

use domain::view::AuditHead;
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use crate::parse;

/// The first bytes of what is hashed: another encoding gets another name.
const ENCODING: &[u8] = b"usher audit 1";

/// A line as it is stored, but for its hash.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Line {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) entity: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) actor: String,
    pub(super) actor_user: Option<String>,
    pub(super) actor_member: Option<String>,
    pub(super) actor_note: Option<String>,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
}

impl Line {
    /// SHA-256 over the hash of the line before (none for the first) and every column of this one. Numbers are eight
    /// bytes, the first the highest; a text is its length as such a number and its bytes; what may be missing begins
    /// with a byte that says whether it is there. So no two lines have the same encoding.
    pub(super) fn hash(&self, tenant: &str, previous: Option<&[u8]>) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(ENCODING);
        maybe(&mut hash, previous);
        bytes(&mut hash, tenant.as_bytes());
        hash.update(self.seq.to_be_bytes());
        bytes(&mut hash, self.id.as_bytes());
        hash.update(self.at.to_be_bytes());
        bytes(&mut hash, self.action.as_bytes());
        bytes(&mut hash, self.entity.as_bytes());
        maybe(&mut hash, self.before.as_deref().map(str::as_bytes));
        maybe(&mut hash, self.after.as_deref().map(str::as_bytes));
        bytes(&mut hash, self.actor.as_bytes());
        for column in [&self.actor_user, &self.actor_member, &self.actor_note, &self.ip, &self.user_agent] {
            maybe(&mut hash, column.as_deref().map(str::as_bytes));
        }
        hash.finalize().into()
    }
}

fn bytes(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn maybe(hash: &mut Sha256, value: Option<&[u8]>) {
    hash.update([u8::from(value.is_some())]);
    if let Some(value) = value {
        bytes(hash, value);
    }
}

/// What an organization's row says of its chain.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Chain {
    /// How many lines were ever written: the number of the last one.
    #[sqlx(rename = "audit_count")]
    pub count: i64,
    /// The last one's hash.
    #[sqlx(rename = "audit_head")]
    pub head: Option<Vec<u8>>,
    /// How many of the first lines are gone by age.
    #[sqlx(rename = "audit_dropped")]
    pub dropped: i64,
    /// The hash of the last of those.
    #[sqlx(rename = "audit_anchor")]
    pub anchor: Option<Vec<u8>>,
}

impl Chain {
    /// The last line's number and hash, to be kept elsewhere; `None` before there is a line.
    #[must_use]
    pub fn head(&self) -> Option<AuditHead> {
        self.head.as_ref().map(|hash| AuditHead { number: self.count, hash: parse::hexadecimal(hash) })
    }
}

/// Where a chain is broken: the first place from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// Lines that are in the log and not in the chain.
    Unnumbered {
        /// One of them.
        id: String,
    },
    /// A line is not there.
    Missing {
        /// Its number.
        number: i64,
    },
    /// A line is not what was written, or what stands before it is not.
    Changed {
        /// Its number.
        number: i64,
        /// Its id as it is now.
        id: String,
    },
    /// A line has a number that was never given.
    Added {
        /// Its number.
        number: i64,
        /// Its id.
        id: String,
    },
    /// The last line is another one than the organization's row says.
    Head,
    /// What is noted of the lines that are gone by age contradicts itself.
    Anchor,
    /// A line that was noted elsewhere has another hash now, or was never written.
    Noted {
        /// Its number.
        number: i64,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnumbered { id } => write!(f, "line {id} is in the log and not in the chain"),
            Self::Missing { number } => write!(f, "line {number} is missing"),
            Self::Changed { number, id } => write!(f, "line {number} ({id}) is not what was written"),
            Self::Added { number, id } => write!(f, "line {number} ({id}) was never written by Usher"),
            Self::Head => f.write_str("the last line is not the one that was written last"),
            Self::Anchor => f.write_str("what is noted of the lines that are gone by age contradicts itself"),
            Self::Noted { number } => write!(f, "line {number} is not the one that was noted"),
        }
    }
}

/// Looks at the lines of a chain, one after the other, in the order of their numbers.
pub(super) struct Walk<'c> {
    tenant: &'c str,
    chain: &'c Chain,
    last: i64,
    hash: Option<Vec<u8>>,
}

impl<'c> Walk<'c> {
    pub(super) fn begin(tenant: &'c str, chain: &'c Chain) -> Result<Self, Break> {
        let consistent = chain.dropped >= 0
            && chain.dropped <= chain.count
            && (chain.dropped == 0) == chain.anchor.is_none()
            && (chain.count == 0) == chain.head.is_none();
        if !consistent {
            return Err(Break::Anchor);
        }
        Ok(Self { tenant, chain, last: chain.dropped, hash: chain.anchor.clone() })
    }

    /// The next line and the hash that is stored with it.
    pub(super) fn step(&mut self, line: &Line, stored: Option<&[u8]>) -> Result<(), Break> {
        let expected = self.last + 1;
        if line.seq > self.chain.count || line.seq < expected {
            return Err(Break::Added { number: line.seq, id: line.id.clone() });
        }
        if line.seq > expected {
            return Err(Break::Missing { number: expected });
        }
        let hash = line.hash(self.tenant, self.hash.as_deref());
        if stored != Some(hash.as_slice()) {
            return Err(Break::Changed { number: line.seq, id: line.id.clone() });
        }
        self.last = line.seq;
        self.hash = Some(hash.to_vec());
        Ok(())
    }

    /// The number and the hash of the line that was looked at last.
    pub(super) fn here(&self) -> (i64, Option<&[u8]>) {
        (self.last, self.hash.as_deref())
    }

    /// After the last line.
    pub(super) fn end(self) -> Result<(), Break> {
        if self.last < self.chain.count {
            return Err(Break::Missing { number: self.last + 1 });
        }
        if self.hash == self.chain.head { Ok(()) } else { Err(Break::Head) }
    }
}

#[cfg(test)]
mod tests;
