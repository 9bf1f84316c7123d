//! Seats: how many there may be, how many are held, and when the next one is refused.
//!
//! The invariant that Usher exists for: `active + reserved ≤ cap`, under any interleaving, on any number of nodes.
//! This file says what it means; `store` keeps it with one guarded update per seat.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// How many seats an organization may hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatLimit {
    /// As many as they pay for.
    Unlimited,
    /// No more than these.
    Capped(NonZeroU32),
}

impl SeatLimit {
    /// The cap as a number; `None` when there is none.
    #[must_use]
    pub const fn cap(self) -> Option<u32> {
        match self {
            Self::Unlimited => None,
            Self::Capped(cap) => Some(cap.get()),
        }
    }

    /// From a stored cap. A stored zero would be a closed organization, which is not said this way, so it reads as one.
    #[must_use]
    pub fn from_cap(cap: Option<u32>) -> Self {
        cap.map_or(Self::Unlimited, |cap| Self::Capped(NonZeroU32::new(cap).unwrap_or(NonZeroU32::MIN)))
    }
}

impl fmt::Display for SeatLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("unlimited seats"),
            Self::Capped(cap) if cap.get() == 1 => f.write_str("1 seat"),
            Self::Capped(cap) => write!(f, "{cap} seats"),
        }
    }
}

/// How many seats are held, and by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatCount {
    /// Members who may work. These are billed.
    pub active: u32,
    /// Invitations that wait for an answer. These hold a seat and cost nothing yet.
    pub reserved: u32,
}

impl SeatCount {
    /// Seats that nobody else can have.
    #[must_use]
    pub const fn held(self) -> u32 {
        self.active.saturating_add(self.reserved)
    }

    /// Seats left under `limit`; `None` when there is no limit.
    #[must_use]
    pub fn free(self, limit: SeatLimit) -> Option<u32> {
        limit.cap().map(|cap| cap.saturating_sub(self.held()))
    }

    /// Whether one more may be held under `limit`.
    pub fn admit(self, limit: SeatLimit) -> Result<(), SeatsFull> {
        match limit.cap() {
            Some(cap) if self.held() >= cap => Err(SeatsFull { cap, count: self }),
            _ => Ok(()),
        }
    }
}

/// No seat is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatsFull {
    /// How many there are.
    pub cap: u32,
    /// Who holds them.
    pub count: SeatCount,
}

impl From<SeatsFull> for Refusal {
    fn from(full: SeatsFull) -> Self {
        let what = match full.cap {
            1 => "The only seat is in use.".to_owned(),
            2 => "Both seats are in use.".to_owned(),
            cap => format!("All {cap} seats are in use."),
        };
        let next = if full.count.reserved > 0 {
            "Cancel a pending invitation, remove a member, or move to a plan with more seats."
        } else {
            "Remove a member, or move to a plan with more seats."
        };
        Self::new("seats-full", what, next)
    }
}
