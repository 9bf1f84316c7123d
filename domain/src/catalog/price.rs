//! Amounts, prices and seats of one plan.

use std::num::NonZeroU32;

use toml::Spanned;

use super::mistake::Mistake;
use super::{LARGEST_AMOUNT, file};
use crate::plan::{Limit, SeatRule};
use crate::{Currency, Money, Price, SeatLimit};

/// An amount that can be charged.
pub(super) fn amount(written: &Spanned<i64>, currency: Currency) -> Result<Money, Mistake> {
    let minor = *written.get_ref();
    if minor < 0 {
        return Err(Mistake::at(written, "An amount cannot be negative. Write what is charged, in minor units."));
    }
    if minor > LARGEST_AMOUNT {
        return Err(Mistake::at(
            written,
            format!("This amount is too large. Write at most {LARGEST_AMOUNT} minor units."),
        ));
    }
    let step = currency.step();
    if minor % step != 0 {
        let (code, zeros) = (currency.code(), step.to_string().replacen('1', "", 1));
        return Err(Mistake::at(
            written,
            format!("An amount in {code} is charged in steps of {step} minor units. Let it end in {zeros}."),
        ));
    }
    Ok(Money::new(minor, currency))
}

/// The prices of one plan.
pub(super) fn prices(written: &[Spanned<file::Price>], included: u32, usage: bool) -> Result<Vec<Price>, Mistake> {
    let mut prices: Vec<Price> = Vec::with_capacity(written.len());
    for here in written {
        let raw = here.get_ref();
        let part = |part: &Option<Spanned<i64>>| part.as_ref().map(|part| amount(part, raw.currency)).transpose();
        let price = Price {
            interval: raw.interval,
            currency: raw.currency,
            base: part(&raw.base)?,
            per_seat: part(&raw.per_seat)?,
        };
        let Price { interval, currency, .. } = price;
        let wrong = |reason: String| Err(Mistake::at(here, reason));
        if price.base.is_none() && price.per_seat.is_none() {
            return wrong("A price needs an amount. Give it `base`, `per_seat`, or both.".into());
        }
        if included > 0 && price.base.is_none() {
            return wrong(format!(
                "{included} seats are included, but in nothing. Give this price a `base`, or drop `included`."
            ));
        }
        if !usage && [price.base, price.per_seat].into_iter().flatten().all(|part| part.minor == 0) {
            return wrong(
                "This price is for nothing. Give it an amount, or drop it: the free plan has no prices.".into(),
            );
        }
        if prices.iter().any(|other| other.interval == interval && other.currency == currency) {
            return wrong(format!("There is another price per {interval} in {currency}. Keep one of them."));
        }
        if let Some(first) = prices.first()
            && (first.base.is_some() != price.base.is_some() || first.per_seat.is_some() != price.per_seat.is_some())
        {
            return wrong(
                "All prices of a plan have the same parts. Give each `base`, or each `per_seat`, or each both.".into(),
            );
        }
        prices.push(price);
    }
    Ok(prices)
}

/// The seats of one plan; overage is added by [`overage`], when the prices are known.
pub(super) fn seats(here: &Spanned<file::Seats>, per_seat: bool) -> Result<SeatRule, Mistake> {
    let raw = here.get_ref();
    let included = raw.included.as_ref().map_or(0, |included| *included.get_ref());
    let min = raw.min.as_ref().map_or(1, |min| *min.get_ref());
    let max = match raw.max.get_ref().0 {
        Limit::Unlimited => SeatLimit::Unlimited,
        Limit::AtMost(most) => {
            let Some(most) = u32::try_from(most).ok().and_then(NonZeroU32::new) else {
                let reason = format!("`max` is 1 to {} seats. Write one of these, or \"unlimited\".", u32::MAX);
                return Err(Mistake::at(&raw.max, reason));
            };
            SeatLimit::Capped(most)
        }
    };
    if let (Some(cap), Some(written)) = (max.cap(), &raw.min)
        && min > cap
    {
        return Err(Mistake::at(
            written,
            format!("`min` is above `max`, which is {cap}. Make one of them fit the other."),
        ));
    }
    if let (Some(cap), Some(written)) = (max.cap(), &raw.included)
        && included > cap
    {
        return Err(Mistake::at(
            written,
            format!("More seats are included than `max`, which is {cap}. Make them fit."),
        ));
    }
    if let Some(written) = &raw.included
        && included > 0
        && !per_seat
        && max.cap() != Some(included)
    {
        return Err(Mistake::at(
            written,
            "Seats beyond the included ones have no price. Give the prices a `per_seat`, or make `included` and `max` the same.",
        ));
    }
    Ok(SeatRule {
        included,
        min,
        max,
        overage: None,
        viewers_hold_seats: raw.viewers == file::Viewers::Seated,
        growth: raw.growth,
        shrink: raw.shrink,
    })
}

/// The price of a seat beyond `max`. It is one amount for one period, so the plan has one interval and one currency.
pub(super) fn overage(here: &Spanned<file::Seats>, prices: &[Price], max: SeatLimit) -> Result<Option<Money>, Mistake> {
    let Some(written) = &here.get_ref().overage else { return Ok(None) };
    if max == SeatLimit::Unlimited {
        return Err(Mistake::at(
            written,
            "There are no seats beyond an unlimited `max`. Write a number there, or drop `overage`.",
        ));
    }
    match prices {
        [] => Err(Mistake::at(
            written,
            "Overage is billed with a price, and this plan has none. Give it one, or drop `overage`.",
        )),
        [price] => amount(written, price.currency).map(Some),
        _ => Err(Mistake::at(
            written,
            "Overage is one amount for one seat and one period. Sell this plan at one price, and the others as plans of their own.",
        )),
    }
}

/// The one currency that a plan is sold in, for amounts that stand outside its prices.
pub(super) fn only_currency(prices: &[Price]) -> Option<Currency> {
    let first = prices.first()?.currency;
    prices.iter().all(|price| price.currency == first).then_some(first)
}
