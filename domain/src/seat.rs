//! Seats: how many there may be, how many are held, and when the next one is refused.
//!
//! The invariant that Usher exists for: `active + reserved ≤ cap`, under any interleaving, on any number of nodes.
//! This file says what it means; `store` keeps it with one guarded update per move:
//!
//! - `active` is the number of members who are neither removed nor suspended and take a seat ([`takes_a_seat`]);
//! - `reserved` is the number of pending invitations to such a role;
//! - an organization has an active owner, always;
//! - `active + reserved ≤ cap`, but when the owners alone are more than a cap that fell ([`who_keeps`]).

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Refusal, Role, Timestamp};

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

/// Whether somebody of this role takes a seat when active: all do, but viewers where the plan lets them sit for nothing.
#[must_use]
pub fn takes_a_seat(role: Role, viewers_free: bool) -> bool {
    !(viewers_free && role == Role::Viewer)
}

/// Somebody who holds a seat, or held one: a member or an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<Id> {
    /// Which.
    pub id: Id,
    /// Owners keep their seats, whatever the cap.
    pub owner: bool,
    /// Since when. Of two, the newer one goes first; of two at the same moment, the one with the later id.
    pub since: Timestamp,
}

/// What a new cap does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeps<Member, Invitation> {
    /// Pending invitations to cancel, the newest first.
    pub cancel: Vec<Invitation>,
    /// Members to suspend, the newest first.
    pub suspend: Vec<Member>,
    /// Members suspended for an earlier cap who come back, the oldest first.
    pub back: Vec<Member>,
}

/// Who keeps a seat under `limit`, of those who hold one (`members`, `invitations`), and who comes back of those whom
/// an earlier cap has suspended (`resting`).
///
/// Too many: the newest invitations are cancelled first, then the newest members are suspended, never an owner; so the
/// owners alone may stay above the cap. Room: whoever rests comes back, the oldest first, as far as there are seats.
#[must_use]
pub fn who_keeps<Member: Copy + Ord, Invitation: Copy + Ord>(
    limit: SeatLimit,
    members: &[Holder<Member>],
    invitations: &[Holder<Invitation>],
    resting: &[Holder<Member>],
) -> Keeps<Member, Invitation> {
    let held = members.len() + invitations.len();
    let cap = limit.cap().map_or(usize::MAX, |cap| usize::try_from(cap).unwrap_or(usize::MAX));
    let over = held.saturating_sub(cap);
    let cancel: Vec<_> = oldest_first(invitations.iter()).into_iter().rev().take(over).collect();
    let others = members.iter().filter(|member| !member.owner);
    let suspend = oldest_first(others).into_iter().rev().take(over - cancel.len()).collect();
    let back = oldest_first(resting.iter()).into_iter().take(cap.saturating_sub(held)).collect();
    Keeps { cancel, suspend, back }
}

fn oldest_first<'h, Id: Copy + Ord + 'h>(holders: impl Iterator<Item = &'h Holder<Id>>) -> Vec<Id> {
    let mut ids: Vec<_> = holders.map(|holder| (holder.since, holder.id)).collect();
    ids.sort_unstable();
    ids.into_iter().map(|(_, id)| id).collect()
}
