//! What the screens are told about the course of a plan.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::course::Step;
use crate::rehearsal::Loss;
use crate::subscription::Pause;
use crate::{Interval, Money, Refusal, Timestamp};

/// How the plan goes on, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseView {
    /// What the subscription allows now, whoever asks.
    pub steps: Vec<Step>,
    /// Its trial, while it is in it.
    pub trial: Option<TrialView>,
    /// What of it rests.
    pub pause: Option<Pause>,
    /// What begins with the next period.
    pub next: Option<NextView>,
    /// Seats that are bought ahead of the people, if some are.
    pub ahead: Option<AheadView>,
}

impl CourseView {
    /// Whether the subscription allows this now.
    #[must_use]
    pub fn may(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }
}

/// A trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialView {
    /// When it ends.
    pub ends_at: Timestamp,
    /// Days left, the running one counted.
    pub days_left: u32,
}

/// Seats that are bought ahead of the people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AheadView {
    /// So many are billed at least.
    pub seats: u32,
    /// The fewest that there could be, as things stand.
    pub fewest: u32,
    /// So many from that renewal on, if that is decided.
    pub then: Option<(u32, Timestamp)>,
}

/// What begins with the next period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextView {
    /// When.
    pub at: Timestamp,
    /// The plan then, by its name; `None` when its prices are none of ours.
    pub plan: Option<String>,
    /// Paid how often then.
    pub interval: Option<Interval>,
    /// The plan or the interval is another one then; otherwise only the number of seats is.
    pub other: bool,
    /// Seats that are billed then; 0 when there is no price per seat.
    pub seats: u32,
    /// What a period costs then, where that is known.
    pub total: Option<Money>,
    /// Who runs Usher has arranged it.
    pub moved: bool,
    /// What else is another thing then, where an owner has not seen it beforehand.
    pub differences: Vec<String>,
}

/// The page before the end of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingView {
    /// The frame.
    pub desk: Desk,
    /// The plan, by its name.
    pub plan: String,
    /// Why it cannot be ended now, if it cannot.
    pub not_now: Option<Refusal>,
    /// When it would end.
    pub ends_at: Option<Timestamp>,
    /// It is in its trial: nothing was paid yet.
    pub trial: bool,
    /// The plan that would have begun then, which is dropped.
    pub dropped: Option<String>,
    /// It could be paused instead.
    pub may_pause: bool,
    /// Members who may work now.
    pub people: u32,
    /// The free plan, by its name.
    pub free: String,
    /// What the free plan has less of.
    pub losses: Vec<Loss>,
    /// How many members' seats would rest on the free plan.
    pub would_rest: u32,
    /// How many pending invitations would be taken back on the free plan.
    pub would_cancel: u32,
}
