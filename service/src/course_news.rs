//! What the owners are told when the course of their plan has changed, whoever changed it and wherever: the two snapshots
//! say it, so an end that was decided on the provider's page is told like one that was decided here.

use domain::{Plan, Subscription, SubscriptionStatus as Status};
use store::TenantTx;

use crate::mail::CourseLetter;
use crate::tell::tell_owners_of_course;
use crate::{Error, Services};

/// Tells it, once for each change.
pub(crate) async fn tell(
    s: &Services,
    tx: &mut TenantTx,
    before: Option<&Subscription>,
    now: Option<&Subscription>,
) -> Result<(), Error> {
    let (Some(before), Some(now)) = (before, now) else { return Ok(()) };
    if before.id != now.id {
        return Ok(());
    }
    let name =
        |key: Option<&domain::PlanKey>| key.and_then(|key| s.catalog().plan(key)).map(|plan: &Plan| plan.name.as_str());
    let next = now.scheduled.as_ref().and_then(|next| name(next.plan.as_ref()));
    let Some(letter) = news(before, now, next) else { return Ok(()) };
    let plan = name(now.plan.as_ref()).unwrap_or("The plan").to_owned();
    tell_owners_of_course(s, tx, &plan, &letter).await
}

/// The gravest of what has changed; `None` if nothing of it has.
fn news<'a>(before: &Subscription, now: &Subscription, next: Option<&'a str>) -> Option<CourseLetter<'a>> {
    if before.status != now.status && now.status == Status::Canceled {
        return Some(CourseLetter::Over);
    }
    if now.status.is_terminal() {
        return None;
    }
    match (before.status == Status::Paused, now.status == Status::Paused) {
        (false, true) => return Some(CourseLetter::Paused),
        (true, false) => return Some(CourseLetter::Unpaused),
        _ => {}
    }
    match (before.ends_at, now.ends_at) {
        (had, Some(at)) if had != Some(at) => return Some(CourseLetter::Ends { at }),
        (Some(_), None) => return Some(CourseLetter::GoesOn { renews: now.period.until }),
        _ => {}
    }
    match (&before.scheduled, &now.scheduled) {
        (had, Some(will)) if had.as_ref().map(|had| (&had.plan, had.interval)) != Some((&will.plan, will.interval)) => {
            next.map(|to| CourseLetter::Changes { at: will.at, to })
        }
        // It has happened, or it was taken back.
        (Some(had), None) if had.plan != now.plan || had.interval != now.interval => Some(CourseLetter::Stays),
        _ => None,
    }
}
