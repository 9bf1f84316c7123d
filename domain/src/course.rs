//! The course of a subscription: what its owner may do with it besides changing what is bought.
//!
//! Each step is a function of what the provider has now; the same function says it at the button and at the deed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Refusal, Subscription, SubscriptionStatus as Status, Timestamp};

/// So long before the renewal fewer seats bought ahead become what is billed, so that the renewal's invoice has them.
pub const FLOOR_FALLS_BEFORE: Duration = Duration::from_hours(2);

/// Why somebody goes. Asked, never demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It costs too much.
    TooExpensive,
    /// Something is not there.
    MissingFeatures,
    /// Something else is used instead.
    SwitchedService,
    /// It is not used enough.
    Unused,
    /// Nobody helped.
    CustomerService,
    /// It is hard to use.
    TooComplex,
    /// It does not work well.
    LowQuality,
    /// Something else.
    Other,
}

impl Reason {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 8] = [
        Self::TooExpensive,
        Self::MissingFeatures,
        Self::SwitchedService,
        Self::Unused,
        Self::CustomerService,
        Self::TooComplex,
        Self::LowQuality,
        Self::Other,
    ];

    /// `too_expensive`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooExpensive => "too_expensive",
            Self::MissingFeatures => "missing_features",
            Self::SwitchedService => "switched_service",
            Self::Unused => "unused",
            Self::CustomerService => "customer_service",
            Self::TooComplex => "too_complex",
            Self::LowQuality => "low_quality",
            Self::Other => "other",
        }
    }

    /// In the words of who goes.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooExpensive => "It costs too much",
            Self::MissingFeatures => "Something we need is missing",
            Self::SwitchedService => "We use something else now",
            Self::Unused => "We do not use it enough",
            Self::CustomerService => "We did not get the help we needed",
            Self::TooComplex => "It is too hard to use",
            Self::LowQuality => "It does not work well enough",
            Self::Other => "Something else",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no reason")]
pub struct UnknownReason(pub String);

impl FromStr for Reason {
    type Err = UnknownReason;
    fn from_str(word: &str) -> Result<Self, UnknownReason> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == word)
            .ok_or_else(|| UnknownReason(word.chars().take(40).collect()))
    }
}

/// Something that is done with a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Ends it with the period that is paid.
    Cancel,
    /// Takes that back.
    Resume,
    /// Stops it now, to be taken up again.
    Pause,
    /// Takes it up again.
    Unpause,
    /// Begins to pay before the trial is over.
    EndTrial,
    /// Buys seats, or another plan, now. What is arranged for later is given up by that.
    Buy,
    /// Lets something smaller begin with the next period.
    Schedule,
    /// Takes that back.
    Undo,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Cancel, Self::Resume, Self::Pause, Self::Unpause, Self::EndTrial, Self::Buy, Self::Schedule, Self::Undo];
}

/// The step is not for a subscription in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotThisStep {
    /// Its end is decided.
    Ends(Timestamp),
    /// No end is decided that could be taken back.
    DoesNotEnd,
    /// It is stopped.
    Paused,
    /// It is not stopped.
    Runs,
    /// It is not in its trial.
    NoTrial,
    /// A payment is due.
    PaymentDue,
    /// Something is to begin with the next period.
    Changes(Timestamp),
    /// Nothing is to begin with the next period.
    NothingScheduled,
    /// Nothing is bought, or it is over.
    NotThere,
}

impl Subscription {
    /// Whether its payments are collected again by taking it up: it is paused, or only its invoices are not collected.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        matches!(self.status, Status::Paused) || self.pause.is_some()
    }

    /// Whether this may be done with it now.
    pub fn may(&self, step: Step) -> Result<(), NotThisStep> {
        if !self.status.is_live() {
            return Err(NotThisStep::NotThere);
        }
        match step {
            Step::Resume => return self.ends_at.map(drop).ok_or(NotThisStep::DoesNotEnd),
            Step::Unpause => return if self.is_paused() { Ok(()) } else { Err(NotThisStep::Runs) },
            Step::Undo => return self.scheduled.as_ref().map(drop).ok_or(NotThisStep::NothingScheduled),
            Step::Cancel | Step::Pause | Step::EndTrial | Step::Buy | Step::Schedule => {}
        }
        // Who buys goes on with the plan, and gives its end up. An end inside of the period has been given back for already.
        if let Some(at) = self.ends_at
            && (step != Step::Buy || at < self.period.until)
        {
            return Err(NotThisStep::Ends(at));
        }
        match (step, self.status) {
            (_, Status::Paused) => Err(NotThisStep::Paused),
            (Step::Cancel, Status::Trialing | Status::Active | Status::PastDue) => Ok(()),
            (_, Status::PastDue | Status::Unpaid) => Err(NotThisStep::PaymentDue),
            (Step::EndTrial, Status::Active) => Err(NotThisStep::NoTrial),
            (Step::Pause | Step::EndTrial, _) => match &self.scheduled {
                Some(next) => Err(NotThisStep::Changes(next.at)),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Days of the trial that are left, the running one counted; `None` when it is not in its trial.
    #[must_use]
    pub fn trial_days_left(&self, now: Timestamp) -> Option<u32> {
        let ends = self.trial_ends_at.filter(|_| self.status == Status::Trialing)?;
        let left = ends.secs().saturating_sub(now.secs()).max(0);
        u32::try_from(left.saturating_add(86_399) / 86_400).ok()
    }
}

impl From<NotThisStep> for Refusal {
    fn from(no: NotThisStep) -> Self {
        match no {
            NotThisStep::Ends(at) => Self::new(
                "plan-ends",
                format!("The plan ends on {}, and everything stays as it is until then.", at.date()),
                "Resume it first on the billing page, if it is to go on.",
            ),
            NotThisStep::DoesNotEnd => {
                Self::new("plan-goes-on", "The plan goes on; no end is decided.", "There is nothing to resume.")
            }
            NotThisStep::Paused => Self::new(
                "plan-paused",
                "The plan is paused, and nothing is billed.",
                "Go on with it first on the billing page.",
            ),
            NotThisStep::Runs => Self::new("plan-runs", "The plan is not paused.", "There is nothing left to do."),
            NotThisStep::NoTrial => {
                Self::new("no-trial", "The plan is not in its trial.", "There is nothing left to do.")
            }
            NotThisStep::PaymentDue => Self::new(
                "payment-due",
                "A payment is due, so this cannot be done now. Nobody loses a seat.",
                "Pay first on the billing page.",
            ),
            NotThisStep::Changes(at) => Self::new(
                "change-scheduled",
                format!("A change of the plan is scheduled for {}.", at.date()),
                "Undo it first on the billing page.",
            ),
            NotThisStep::NothingScheduled => Self::new(
                "nothing-scheduled",
                "No change of the plan is scheduled, or it has happened already.",
                "There is nothing left to undo.",
            ),
            NotThisStep::NotThere => Self::new(
                "nothing-bought",
                "There is no paid plan that this could be done with.",
                "Choose a plan on the billing page.",
            ),
        }
    }
}
