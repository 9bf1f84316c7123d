//! Which banner the billing tab shows: at most one, the gravest first.
//!
//! One function decides, of the page's data alone; [`super::news`] draws what it says. What was just done comes first,
//! because whoever did it waits for the answer.

use domain::subscription::Pause;
use domain::view::{BillingView, CheckoutOutcome, NextView, OpenCheckout, TrialView};
use domain::{Access, Permission, SubscriptionStatus as Status, Timestamp};

use super::super::api::Back;

/// So many days before a trial ends there is a banner about it; earlier the plan's card says it.
const TRIAL_ENDS_SOON: u32 = 7;

/// The one thing to know now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Paid, and on its way.
    Activating,
    /// Paid.
    Welcome,
    /// The payment page has expired.
    PageExpired,
    /// The payment page was left.
    PageLeft,
    /// The plan is over.
    Over,
    /// The provider has given up collecting.
    Unpaid,
    /// The plan rests.
    Paused,
    /// The last payment did not go through.
    PastDue,
    /// A payment page is open.
    Unfinished(OpenCheckout),
    /// Only the collecting of money rests, until then if that is known.
    NotCollected(Option<Timestamp>),
    /// The trial ends, and there is no card, or it is soon.
    Trial(TrialView),
    /// The end is decided.
    Ends(Timestamp),
    /// Something else begins with the next period.
    Changes(NextView),
}

/// The gravest of what there is to know.
#[must_use]
pub fn notice(view: &BillingView, back: Option<Back>) -> Option<Notice> {
    let status = view.subscription.as_ref().map(|bought| bought.status);
    let active = status.is_some_and(|status| status.access() == Access::Full);
    match back {
        Some(Back::Paid(CheckoutOutcome::Activating)) if !active => return Some(Notice::Activating),
        Some(Back::Paid(CheckoutOutcome::Active | CheckoutOutcome::Activating)) => return Some(Notice::Welcome),
        Some(Back::Paid(CheckoutOutcome::Expired)) => return Some(Notice::PageExpired),
        Some(Back::Cancelled) if !active => return Some(Notice::PageLeft),
        Some(Back::Cancelled | Back::Paid(CheckoutOutcome::Open)) | None => {}
    }
    match (status, view.desk.access) {
        (Some(Status::Unpaid), _) => return Some(Notice::Unpaid),
        (Some(Status::Paused), _) => return Some(Notice::Paused),
        (Some(Status::PastDue), _) => return Some(Notice::PastDue),
        (None | Some(Status::Canceled), Access::ReadOnly) => return Some(Notice::Over),
        _ => {}
    }
    if let Some(open) = view.open_checkout.clone().filter(|_| view.desk.role.may(Permission::BillingManage)) {
        return Some(Notice::Unfinished(open));
    }
    let bought = view.subscription.as_ref().filter(|bought| bought.status.is_live())?;
    let course = view.course.as_ref()?;
    if let Some(Pause::Collection { resumes_at }) = course.pause {
        return Some(Notice::NotCollected(resumes_at));
    }
    if let Some(at) = bought.ends_at {
        return Some(Notice::Ends(at));
    }
    if let Some(trial) = course.trial.filter(|trial| bought.card.is_none() || trial.days_left <= TRIAL_ENDS_SOON) {
        return Some(Notice::Trial(trial));
    }
    course.next.clone().filter(|next| next.other).map(Notice::Changes)
}
