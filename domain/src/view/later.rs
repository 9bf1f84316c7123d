//! What the page about a smaller plan is told: the rehearsal of a change that begins with the next period.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::rehearsal::Loss;
use crate::{EmailAddress, Interval, Money, Timestamp};

/// What would begin with the next period, and what it does to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterView {
    /// The frame.
    pub desk: Desk,
    /// The plan now, by its name.
    pub from: String,
    /// The plan then: its key and its name.
    pub plan: String,
    /// For people.
    pub to: String,
    /// Paid how often then.
    pub interval: Interval,
    /// When it begins; until then nothing changes, and nothing is due.
    pub at: Timestamp,
    /// The first invoice then.
    pub lines: Vec<LaterLine>,
    /// All of them.
    pub total: Money,
    /// Who keeps a seat, in the order of the team page.
    pub keep: Vec<EmailAddress>,
    /// Whose seats rest, the newest first.
    pub rest: Vec<EmailAddress>,
    /// Whose invitations are taken back.
    pub uninvited: Vec<EmailAddress>,
    /// Whose seats rest no longer.
    pub back: Vec<EmailAddress>,
    /// What the plan has less of.
    pub losses: Vec<Loss>,
    /// This is scheduled already.
    pub scheduled: bool,
    /// What is scheduled instead and would be dropped, by its name.
    pub replaces: Option<String>,
    /// Stands for all of the above. Who confirms, confirms exactly this.
    pub hash: String,
}

/// One line of the invoice to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterLine {
    /// Of what.
    pub words: String,
    /// How many.
    pub quantity: u32,
    /// For one.
    pub unit: Money,
    /// For all.
    pub amount: Money,
}
