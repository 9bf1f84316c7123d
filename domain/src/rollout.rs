//! For whom billing says no: a company that has users before it has prices switches it on in steps (R5.12).
//!
//! [`Rollout::stance`] is the one decision. Every gate asks it: the seat gate, the gate of what an unpaid organization
//! may do, and what is sold at all.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How far billing is switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is sold and nothing refused; seats are counted.
    Off,
    /// Everything is decided, and what would have been refused is counted. Nothing is refused.
    Monitor,
    /// For organizations that were made since a day; for the others as [`Mode::Off`].
    New,
    /// For all.
    #[default]
    Everyone,
}

/// Something that says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// No more seats than the plan has.
    Seats,
    /// No growth while a payment is late, reading only when the plan has ended.
    Access,
    /// Plans are shown and sold.
    Plans,
}

impl Gate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Seats, Self::Access, Self::Plans];

    /// `seats`, `access`, `plans`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Access => "access",
            Self::Plans => "plans",
        }
    }
}

/// What a gate does for one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It is not there.
    Off,
    /// It decides, and its no is counted and not said.
    Watch,
    /// Its no is a no.
    Enforce,
}

impl Stance {
    /// Whether a no is a no.
    #[must_use]
    pub const fn enforces(self) -> bool {
        matches!(self, Self::Enforce)
    }
}

/// What the operator has set: one mode, and other ones for single gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    general: Mode,
    seats: Option<Mode>,
    access: Option<Mode>,
    plans: Option<Mode>,
    since: Option<Timestamp>,
}

impl Rollout {
    /// The same mode for every gate. `since` is the day of [`Mode::New`].
    #[must_use]
    pub const fn new(general: Mode, since: Option<Timestamp>) -> Self {
        Self { general, seats: None, access: None, plans: None, since }
    }

    /// Another mode for one gate.
    #[must_use]
    pub const fn with(mut self, gate: Gate, mode: Mode) -> Self {
        match gate {
            Gate::Seats => self.seats = Some(mode),
            Gate::Access => self.access = Some(mode),
            Gate::Plans => self.plans = Some(mode),
        }
        self
    }

    /// The day of [`Mode::New`].
    #[must_use]
    pub const fn since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    /// The mode of a gate.
    #[must_use]
    pub fn mode(&self, gate: Gate) -> Mode {
        let own = match gate {
            Gate::Seats => self.seats,
            Gate::Access => self.access,
            Gate::Plans => self.plans,
        };
        own.unwrap_or(self.general)
    }

    /// What a gate does for an organization that was made then. Without a day, no organization is new.
    #[must_use]
    pub fn stance(&self, gate: Gate, made_at: Timestamp) -> Stance {
        match self.mode(gate) {
            Mode::Everyone => Stance::Enforce,
            Mode::New if self.since.is_some_and(|since| made_at >= since) => Stance::Enforce,
            Mode::Monitor => Stance::Watch,
            Mode::Off | Mode::New => Stance::Off,
        }
    }

    /// Whether some gate is switched on by a day, and no day is set.
    #[must_use]
    pub fn lacks_a_day(&self) -> bool {
        self.since.is_none() && Gate::ALL.into_iter().any(|gate| self.mode(gate) == Mode::New)
    }
}

/// A text that is no rollout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of off, monitor, new and everyone, nor one of them for a gate, such as seats=monitor")]
pub struct RolloutError(pub String);

impl FromStr for Mode {
    type Err = RolloutError;

    fn from_str(word: &str) -> Result<Self, RolloutError> {
        match word {
            "off" => Ok(Self::Off),
            "monitor" => Ok(Self::Monitor),
            "new" => Ok(Self::New),
            "everyone" => Ok(Self::Everyone),
            other => Err(RolloutError(other.chars().take(40).collect())),
        }
    }
}

impl FromStr for Rollout {
    type Err = RolloutError;

    /// `everyone`, or `everyone, seats=monitor`: one mode, and others for single gates.
    fn from_str(text: &str) -> Result<Self, RolloutError> {
        let mut rollout = Self::default();
        for (place, part) in text.split(',').map(str::trim).enumerate() {
            let wrong = || RolloutError(part.chars().take(40).collect());
            match part.split_once('=') {
                None if place == 0 => rollout.general = part.parse()?,
                None => return Err(wrong()),
                Some((name, mode)) => {
                    let gate = Gate::ALL.into_iter().find(|gate| gate.as_str() == name.trim()).ok_or_else(wrong)?;
                    rollout = rollout.with(gate, mode.trim().parse()?);
                }
            }
        }
        Ok(rollout)
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Watch => "watched",
            Self::Enforce => "enforced",
        })
    }
}
