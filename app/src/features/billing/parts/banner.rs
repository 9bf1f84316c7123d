//! Which banner the billing tab shows: at most one, the gravest first.
//!
//! One function decides, of the page's data alone; [`super::news`] draws what it says. What was just done comes first,
//! because whoever did it waits for the answer.

use domain::subscription::Pause;
use domain::view::{BillingView, CheckoutOutcome, DebtView, NextView, OpenCheckout, TrialView, WaitingChange};
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
    /// An invoice is owed.
    Debt(DebtView),
    /// The last payment did not go through, and its invoice is not known yet.
    PastDue,
    /// A change waits for its payment.
    Waits(WaitingChange),
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
    match (status, view.desk.access, &view.debt) {
        (Some(Status::Paused), ..) => return Some(Notice::Paused),
        (None | Some(Status::Canceled), Access::ReadOnly, _) => return Some(Notice::Over),
        (_, _, Some(debt)) => return Some(Notice::Debt(debt.clone())),
        (Some(Status::Unpaid), ..) => return Some(Notice::Unpaid),
        (Some(Status::PastDue), ..) => return Some(Notice::PastDue),
        _ => {}
    }
    if let Some(waiting) = view.waiting_change.clone() {
        return Some(Notice::Waits(waiting));
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

#[cfg(test)]
mod tests {
    use domain::course::Step;
    use domain::ids::OrgId;
    use domain::time::Period;
    use domain::view::{CourseView, Desk, Me, Seats, SubscriptionView};
    use domain::{Catalog, Currency, Interval, Money, Role, SeatCount, SeatLimit};

    use super::*;

    const DAY: i64 = 86_400;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_secs(1_795_000_000 + days * DAY)
    }

    /// An owner's tab with a plan in this state.
    fn tab(status: Status) -> BillingView {
        let plan = Catalog::built_in().free().clone();
        let bought = SubscriptionView {
            status,
            interval: Interval::Month,
            per_seat: None,
            base: None,
            quantity: 0,
            total: Money::zero(Currency::USD),
            period: Period { from: at(0), until: at(30) },
            ends_at: None,
            trial_ends_at: None,
            card: Some("Visa 4242".to_owned()),
        };
        let course = CourseView { steps: vec![Step::Cancel], trial: None, pause: None, next: None, ahead: None };
        BillingView {
            desk: Desk {
                org: OrgId::new(at(0), [0; 10]),
                slug: "acme".parse().expect("a slug"),
                name: "Acme".to_owned(),
                domain: None,
                me: Me { email: "owner@acme.test".parse().expect("an address") },
                role: Role::Owner,
                seats: Seats { count: SeatCount::default(), limit: SeatLimit::Unlimited },
                plan: plan.name.clone(),
                access: status.access(),
                organizations: Vec::new(),
            },
            plan,
            subscription: Some(bought),
            open_checkout: None,
            plans: Vec::new(),
            selling: true,
            currency: None,
            owners: Vec::new(),
            seat_change_pending: false,
            waiting_change: None,
            debt: None,
            invoices: Vec::new(),
            course: status.is_live().then_some(course),
            portal: true,
        }
    }

    #[test]
    fn the_gravest_is_said_and_nothing_else() {
        let mut view = tab(Status::Active);
        assert_eq!(notice(&view, None), None);
        let course = view.course.as_mut().expect("a course");
        let next = NextView {
            at: at(30),
            plan: Some("Team".to_owned()),
            interval: None,
            other: true,
            seats: 0,
            total: None,
            moved: false,
            differences: Vec::new(),
        };
        course.next = Some(next.clone());
        assert_eq!(notice(&view, None), Some(Notice::Changes(next)));
        let soon = TrialView { ends_at: at(3), days_left: 3 };
        view.course.as_mut().expect("a course").trial = Some(soon);
        assert_eq!(notice(&view, None), Some(Notice::Trial(soon)));
        view.subscription.as_mut().expect("a plan").ends_at = Some(at(30));
        assert_eq!(notice(&view, None), Some(Notice::Ends(at(30))));
        view.course.as_mut().expect("a course").pause = Some(Pause::Collection { resumes_at: None });
        assert_eq!(notice(&view, None), Some(Notice::NotCollected(None)));
        for (status, says) in
            [(Status::PastDue, Notice::PastDue), (Status::Paused, Notice::Paused), (Status::Unpaid, Notice::Unpaid)]
        {
            view.subscription.as_mut().expect("a plan").status = status;
            assert_eq!(notice(&view, None), Some(says));
        }
        assert_eq!(notice(&view, Some(Back::Paid(CheckoutOutcome::Activating))), Some(Notice::Activating));
    }

    #[test]
    fn a_long_trial_is_quiet_unless_there_is_no_card() {
        let mut view = tab(Status::Trialing);
        let far = TrialView { ends_at: at(20), days_left: 20 };
        view.course.as_mut().expect("a course").trial = Some(far);
        assert_eq!(notice(&view, None), None);
        view.subscription.as_mut().expect("a plan").card = None;
        assert_eq!(notice(&view, None), Some(Notice::Trial(far)));
    }

    #[test]
    fn what_is_over_is_said_as_over() {
        let mut view = tab(Status::Canceled);
        view.subscription = None;
        assert_eq!(notice(&view, None), Some(Notice::Over));
    }
}
