//! What is decided about a subscription and has not happened yet, and what of it rests.

use domain::Timestamp;
use domain::subscription::{Pause, ProviderInvoiceId, ProviderScheduleId, Scheduled, SubscriptionStatus, Waiting};

use super::line::{Bought, bought};
use super::meta;
use crate::PaymentError;
use crate::stripe::objects::{self, Expandable};

/// A change that waits for the payment of the newest invoice.
pub(super) fn waiting(
    update: objects::PendingUpdate,
    now: &Bought,
    invoice: Option<&ProviderInvoiceId>,
) -> Result<Waiting, PaymentError> {
    // Without items it is about something else, and what is bought stays.
    let items = update.subscription_items.as_deref();
    let then = match items {
        Some(items) => bought(items.iter().map(|item| (&item.price, item.quantity.unwrap_or(0))))?,
        None => now.clone(),
    };
    Ok(Waiting {
        plan: then.plan,
        interval: then.interval,
        seats: then.seats,
        expires_at: Timestamp::from_secs(update.expires_at),
        invoice: invoice.cloned(),
    })
}

/// What comes after the phase that runs; `None` when nothing does, or when the answer holds the schedule's id alone.
pub(super) fn scheduled(
    schedule: Expandable<objects::Schedule>,
    prices: &[objects::Item],
) -> Result<Option<Scheduled>, PaymentError> {
    let Expandable::Object(schedule) = schedule else { return Ok(None) };
    if !matches!(schedule.status.as_str(), "active" | "not_started") {
        return Ok(None);
    }
    let after = schedule.current_phase.as_ref().map_or(i64::MIN, |phase| phase.end_date);
    let next = schedule.phases.iter().filter(|phase| phase.start_date >= after).min_by_key(|phase| phase.start_date);
    let Some(next) = next else { return Ok(None) };
    // A price that came as an id can still be one that is billed now.
    let lines = next.items.iter().filter_map(|item| {
        let price = match &item.price {
            Expandable::Object(price) => price,
            Expandable::Id(id) => prices.iter().map(|item| &item.price).find(|price| price.id == *id)?,
        };
        Some((price, item.quantity.unwrap_or(0)))
    });
    let then = bought(lines)?;
    Ok(Some(Scheduled {
        id: ProviderScheduleId(schedule.id),
        at: Timestamp::from_secs(next.start_date),
        plan: then.plan,
        interval: then.interval,
        seats: then.seats,
        version: then.version,
        total: then.total,
        moved: schedule.metadata.is_some_and(|said| said.get(meta::MOVED).is_some_and(|mark| mark == "true")),
    }))
}

/// What rests.
pub(super) fn pause(status: SubscriptionStatus, collection: Option<&objects::PauseCollection>) -> Option<Pause> {
    if status == SubscriptionStatus::Paused {
        return Some(Pause::Service);
    }
    collection.map(|rests| Pause::Collection { resumes_at: rests.resumes_at.map(Timestamp::from_secs) })
}
