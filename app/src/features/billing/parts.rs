//! The parts of the billing tab, drawn from plain values.

mod banner;
mod course;
mod facts;
mod invoices;
mod news;
mod plans;

pub use banner::{Notice, notice};
pub use course::{CourseCard, CourseDeeds, ManagePayment};
pub(crate) use facts::ON_ITS_WAY;
pub use facts::{PlanFacts, SeatFacts, status_word};
pub use invoices::{Invoices, NextInvoice};
pub use news::News;
pub use plans::Plans;

use domain::view::BillingView;
use domain::{Access, SubscriptionStatus as Status};

/// How things stand, in one sentence under the title.
#[must_use]
pub fn state(view: &BillingView) -> String {
    let (plan, company) = (&view.plan.name, &view.desk.name);
    let Some(subscription) = &view.subscription else {
        if view.desk.access == Access::ReadOnly {
            return format!("{plan} has ended. Nothing is billed.");
        }
        return format!("{company} is on the {plan} plan.");
    };
    let end = subscription.period.until.date();
    match (subscription.status, subscription.ends_at) {
        (Status::Canceled | Status::IncompleteExpired, _) => format!("{company} is on the {plan} plan."),
        (Status::Incomplete, _) => format!("{company} is on the {plan} plan. A payment waits to be finished."),
        (_, Some(at)) => format!("{plan}, ends on {}. You keep all features until then.", at.date()),
        (Status::Trialing, None) => format!(
            "{plan}, in its trial until {}.",
            subscription.trial_ends_at.unwrap_or(subscription.period.until).date()
        ),
        (Status::Active, None) => format!("{plan}, renews on {end}."),
        (Status::PastDue, None) => format!("{plan}. The last payment did not go through."),
        (Status::Unpaid, None) => format!("{plan}, closed to changes until the open invoice is paid."),
        (Status::Paused, None) => format!("{plan}, paused."),
    }
}
