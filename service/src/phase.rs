//! What a period of a plan is made of, and what it costs.

use domain::plan::{Part, PriceSpec};
use domain::{Currency, Money, Plan, Price, Subscription};

use crate::Error;

/// The lines of a period with so many seats.
pub(crate) fn lines(plan: &Plan, price: &Price, seats: u32) -> Vec<(PriceSpec, u32)> {
    let quantity = |spec: &PriceSpec| match spec.part {
        Part::Base => 1,
        Part::PerSeat => plan.seats.billable(seats),
        Part::Overage => plan.seats.over(seats),
        // What is counted in use has no quantity.
        Part::Use => 0,
    };
    plan.price_specs(price)
        .into_iter()
        .map(|spec| (quantity(&spec), spec))
        .filter(|(quantity, _)| *quantity > 0)
        .map(|(quantity, spec)| (spec, quantity))
        .collect()
}

/// What these lines come to.
pub(crate) fn total(currency: Currency, lines: &[(PriceSpec, u32)]) -> Result<Money, Error> {
    let mut total = Money::zero(currency);
    for (spec, quantity) in lines {
        total = spec.unit.times(*quantity).and_then(|amount| total.plus(amount)).map_err(broken)?;
    }
    Ok(total)
}

/// What the lines of ours cost in a period.
pub(crate) fn paid(bought: &Subscription) -> Result<Money, Error> {
    let ours = bought.lines.iter().filter(|line| line.part.is_some());
    ours.filter_map(|line| Some((line.unit?, line.quantity)))
        .try_fold(Money::zero(bought.currency), |sum, (unit, quantity)| {
            unit.times(quantity).and_then(|amount| sum.plus(amount))
        })
        .map_err(broken)
}

/// An amount that no money of ours can be.
pub(crate) fn broken(error: domain::money::MoneyError) -> Error {
    Error::Broken(anyhow::Error::new(error))
}
