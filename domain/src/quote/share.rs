//! A part of an amount, rounded once.

use crate::Currency;

/// `part` of `whole` of `amount`, to the nearest unit that can be charged, halves away from nothing; `None` when there
/// is no whole, or when it is too large to be an amount.
#[must_use]
pub(super) fn share(amount: i64, part: i64, whole: i64, currency: Currency) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let step = i128::from(step(currency));
    let over = i128::from(whole) * step;
    let exact = i128::from(amount) * i128::from(part);
    let (units, rest) = (exact / over, exact % over);
    let away = if rest.abs() * 2 >= over { exact.signum() } else { 0 };
    i64::try_from((units + away) * step).ok()
}

/// The least that two amounts can differ by: those with three decimals are charged in tens.
fn step(currency: Currency) -> i64 {
    if currency.decimals() == 3 { 10 } else { 1 }
}
