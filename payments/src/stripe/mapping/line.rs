//! The lines of a subscription, and what lines are as a whole: a plan, an interval, so many seats.

use domain::plan::Part;
use domain::subscription::{Line, ProviderItemId, ProviderPriceId};
use domain::{Interval, Money, PlanKey};

use super::{Known, meta};
use crate::PaymentError;
use crate::stripe::objects;

/// A plan, paid so often, with so many billed seats. Nothing of ours has no plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bought {
    pub plan: Option<PlanKey>,
    pub interval: Option<Interval>,
    pub seats: u32,
    /// Of the plan, where its prices say it.
    pub version: Option<String>,
    /// What a period of ours costs; `None` when a price does not say it.
    pub total: Option<Money>,
}

/// What prices with quantities are as a whole: the line of the seats says it, or else the first that is ours.
pub(super) fn bought<'a>(lines: impl IntoIterator<Item = (&'a objects::Price, u64)>) -> Result<Bought, PaymentError> {
    let ours: Vec<(Known, &objects::Price, u64)> =
        lines.into_iter().filter_map(|(price, quantity)| Some((Known::of(price)?, price, quantity))).collect();
    let seats = ours.iter().find(|(known, ..)| known.part == Part::PerSeat);
    let Some((known, price, _)) = seats.or_else(|| ours.first()) else { return Ok(Bought::default()) };
    Ok(Bought {
        plan: Some(known.plan.clone()),
        interval: Some(known.interval),
        seats: seats.map_or(Ok(0), |(.., quantity)| count(*quantity))?,
        version: price.metadata.get(meta::VERSION).cloned(),
        total: total(ours.iter().map(|(_, price, quantity)| (*price, *quantity))),
    })
}

fn total<'a>(mut lines: impl Iterator<Item = (&'a objects::Price, u64)>) -> Option<Money> {
    let amount = |(price, quantity): (&objects::Price, u64)| {
        Money::new(price.unit_amount?, price.currency.parse().ok()?).times(u32::try_from(quantity).ok()?).ok()
    };
    let first = amount(lines.next()?)?;
    lines.try_fold(first, |sum, line| sum.plus(amount(line)?).ok())
}

/// One line in our words.
pub(super) fn line(item: &objects::Item) -> Result<Line, PaymentError> {
    let known = Known::of(&item.price);
    let currency = item.price.currency.parse();
    let unit = match (item.price.unit_amount, currency) {
        (Some(minor), Ok(currency)) => Some(Money::new(minor, currency)),
        _ => None,
    };
    Ok(Line {
        item: ProviderItemId(item.id.clone()),
        price: ProviderPriceId(item.price.id.clone()),
        part: known.as_ref().map(|known| known.part),
        interval: item.price.recurring.as_ref().and_then(interval),
        plan: known.map(|known| known.plan),
        quantity: count(item.quantity.unwrap_or(0))?,
        unit,
        version: item.price.metadata.get(meta::VERSION).cloned(),
    })
}

/// Ours, if it is one of ours: once in a month or a year.
fn interval(recurring: &objects::Recurring) -> Option<Interval> {
    recurring.interval.parse().ok().filter(|_| recurring.interval_count == 1)
}

fn count(quantity: u64) -> Result<u32, PaymentError> {
    u32::try_from(quantity).map_err(|_| PaymentError::Unknown(format!("{quantity} seats are too many to be true")))
}
