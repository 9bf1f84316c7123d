//! The page where plan, interval and seats are changed: the choice, and what it costs.

use serde::{Deserialize, Serialize};

use super::{Desk, SubscriptionView};
use crate::ids::QuoteId;
use crate::quote::{Due, QuoteLineKind, Renewal};
use crate::subscription::Scheduled;
use crate::time::Period;
use crate::{EmailAddress, Interval, Money, Plan, PlanKey, Refusal, Subscription, Timestamp};

/// The page where plan, interval and seats are changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// The frame.
    pub desk: Desk,
    /// The plan now.
    pub plan: Plan,
    /// What is bought.
    pub subscription: Option<SubscriptionView>,
    /// What can be chosen, in order; the plan of now among them.
    pub plans: Vec<Plan>,
    /// What is chosen.
    pub wish: ChangeWish,
    /// How many seats can be chosen; `None` where the plan has no price for each.
    pub seats: Option<SeatChoice>,
    /// What it costs, or why it cannot be.
    pub answer: ChangeAnswer,
    /// Owners, for who has to ask one.
    pub owners: Vec<EmailAddress>,
}

/// A plan, paid so often, with so many seats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeWish {
    /// The plan.
    pub plan: PlanKey,
    /// Paid how often.
    pub interval: Interval,
    /// With so many seats.
    pub seats: u32,
}

/// How many seats can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatChoice {
    /// The fewest: everybody who is here needs one.
    pub fewest: u32,
    /// The most.
    pub most: u32,
    /// Those that are billed now.
    pub now: u32,
}

/// What is said to a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAnswer {
    /// Nothing is chosen yet, or the asker may not choose.
    Nothing,
    /// This is what it costs now.
    Quote(Box<QuoteView>),
    /// It happens when the paid period is over, and nothing is paid now.
    AtPeriodEnd(Renewal),
    /// It cannot be.
    Refused(Refusal),
    /// It was agreed to.
    Placed(Box<PlacedView>),
}

/// What a change costs, to be agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteView {
    /// Which.
    pub id: QuoteId,
    /// The SHA-256 of what is shown, in hexadecimal: who agrees, agrees to this.
    pub hash: String,
    /// What is shown.
    pub sheet: QuoteSheet,
    /// Until when it can be agreed to.
    pub expires_at: Timestamp,
}

/// The invoice to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteSheet {
    /// What for.
    pub wish: ChangeWish,
    /// The plan's name.
    pub plan_name: String,
    /// Whether it is another plan than the one of then.
    pub other_plan: bool,
    /// Whether it is paid at other times than then.
    pub other_interval: bool,
    /// So many seats more than then; 0 where there are not more.
    pub more_seats: u32,
    /// Its lines.
    pub lines: Vec<QuoteSheetLine>,
    /// What is paid now, and with what.
    pub due: Due,
    /// What is given back shrinks until it is agreed to: then it is at most this.
    pub at_most: Option<Money>,
    /// The payment after this one.
    pub renewal: Renewal,
    /// What is arranged for later, and is given up by agreeing.
    #[serde(default)]
    pub gives_up: Option<GivenUp>,
}

/// What is arranged for later. It is of the plan of today, so who buys something now gives it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// When the plan was to end.
    pub ends_at: Option<Timestamp>,
    /// What was to begin with the next period.
    pub scheduled: Option<Scheduled>,
    /// The name of the plan that was to begin.
    pub plan_name: Option<String>,
}

impl GivenUp {
    /// Whether all of it is arranged as it is said here.
    #[must_use]
    pub fn is_arranged_in(&self, bought: &Subscription) -> bool {
        (self.ends_at, self.scheduled.as_ref()) == (bought.ends_at, bought.scheduled.as_ref())
    }

    /// `the change to Team, paid monthly, on 22 November 2027`.
    #[must_use]
    pub fn words(&self) -> String {
        let change = self.scheduled.as_ref().map(|next| {
            let to = self.plan_name.as_ref().map(|name| format!(" to {name}")).unwrap_or_default();
            let paid = next.interval.map(|interval| format!(", paid {},", interval.adverb())).unwrap_or_default();
            format!("the change{to}{paid} on {}", next.at.date())
        });
        let end = self.ends_at.map(|at| format!("the end of the plan on {}", at.date()));
        let all: Vec<String> = change.into_iter().chain(end).collect();
        all.join(" and ")
    }
}

/// One line of the invoice to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteSheetLine {
    /// What it is for.
    pub kind: QuoteLineKind,
    /// For people.
    pub words: String,
    /// How many.
    pub quantity: u32,
    /// Below nothing for what is given back.
    pub amount: Money,
    /// For which time.
    pub period: Period,
}

impl QuoteSheetLine {
    /// What must be the same in the provider's invoice.
    #[must_use]
    pub const fn essence(&self) -> (QuoteLineKind, u32, i64, i64, i64) {
        (self.kind, self.quantity, self.amount.minor, self.period.from.secs(), self.period.until.secs())
    }
}

/// A change that was agreed to, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedView {
    /// Which.
    pub id: QuoteId,
    /// What was shown.
    pub sheet: QuoteSheet,
    /// How it stands.
    pub state: Placed,
}

/// How a change that was agreed to stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placed {
    /// The provider has not answered yet.
    OnItsWay,
    /// It happens when it is paid.
    Waiting {
        /// Where it is paid.
        pay_url: Option<String>,
        /// When it is given up.
        until: Option<Timestamp>,
    },
    /// It is done.
    Done,
    /// It was refused, and nothing has changed.
    Refused(Refusal),
}

/// A change that waits for its payment, as the billing tab says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingChange {
    /// So many seats more; 0 when it is about something else.
    pub more_seats: u32,
    /// The name of the plan, when that would be another one.
    pub plan: Option<String>,
    /// Where it is paid.
    pub pay_url: Option<String>,
    /// The quote behind it, when it was agreed to here.
    pub quote: Option<QuoteId>,
    /// When it is given up.
    pub until: Timestamp,
}
