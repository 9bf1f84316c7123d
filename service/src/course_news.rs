//! What the owners are told when the course of their plan has changed, whoever changed it and wherever: the two snapshots
//! say it, so an end that was decided on the provider's page is told like one that was decided here.

use domain::plan::differences;
use domain::subscription::Scheduled;
use domain::{Plan, Subscription, SubscriptionStatus as Status};
use store::TenantTx;

use crate::mail::CourseLetter;
use crate::tell::tell_owners_of_course;
use crate::{Error, Services, phase};

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
    let plan = s.plan_bought(now).await?;
    let next = match &now.scheduled {
        Some(next) => match &next.plan {
            Some(key) => s.plan_version(key, next.version.as_deref()).await?,
            None => None,
        },
        None => None,
    };
    let words = match (moved(before, now), &plan, &next) {
        (Some(Moved::Later), Some(plan), Some(next)) => told(plan, next),
        (Some(Moved::Now), Some(plan), _) => match s.plan_bought(before).await? {
            Some(had) if differences(&had, plan).iter().all(|difference| !difference.worse) => told(&had, plan),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let costs = now.scheduled.as_ref().and_then(|next| Some((phase::paid(now).ok()?, next.total?, next.interval?)));
    let letter = news(before, now, next.as_deref().map(|plan| plan.name.as_str())).map(|letter| match letter {
        CourseLetter::Changes { at, to } if moved(before, now) == Some(Moved::Later) => {
            let other = now.plan != now.scheduled.as_ref().and_then(|next| next.plan.clone());
            CourseLetter::Moves { at, to: other.then_some(to), costs, words: &words }
        }
        letter => letter,
    });
    let letter = letter.or_else(|| {
        (moved(before, now) == Some(Moved::Now) && !words.is_empty()).then_some(CourseLetter::Better { words: &words })
    });
    let Some(letter) = letter else { return Ok(()) };
    let plan = plan.map_or_else(|| "The plan".to_owned(), |plan| plan.name.clone());
    tell_owners_of_course(s, tx, &plan, &letter).await
}

/// Who runs Usher has moved them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// To another version of their plan, at once.
    Now,
    /// To something that begins with the next period.
    Later,
}

fn moved(before: &Subscription, now: &Subscription) -> Option<Moved> {
    if now.scheduled.as_ref().is_some_and(|next| next.moved) {
        return Some(Moved::Later);
    }
    let same = (&before.plan, before.interval) == (&now.plan, now.interval) && before.scheduled.is_none();
    (same && now.version().is_some() && before.version() != now.version()).then_some(Moved::Now)
}

/// What is another thing, in words.
fn told(from: &Plan, to: &Plan) -> Vec<String> {
    differences(from, to).into_iter().map(|difference| difference.words).collect()
}

/// Whether what is to begin is another thing than what was to begin before. A version that was not known yet is none.
fn is_other(had: Option<&Scheduled>, will: &Scheduled) -> bool {
    had.is_none_or(|had| {
        (&had.plan, had.interval, had.moved) != (&will.plan, will.interval, will.moved)
            || (had.version.is_some() && had.version != will.version)
    })
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
        (had, Some(will)) if is_other(had.as_ref(), will) => next.map(|to| CourseLetter::Changes { at: will.at, to }),
        // It has happened, or it was taken back.
        (Some(had), None) if had.is_other_than(now) => Some(CourseLetter::Stays),
        _ => None,
    }
}
