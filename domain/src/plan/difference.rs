//! In what a plan, or a version of one, is another than the one before.

use std::collections::BTreeMap;

use super::{Limit, Plan, Price, SeatRule};
use crate::rehearsal::losses;
use crate::{Money, SeatLimit};

/// Something that is another thing than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What, and what it was and is: `Projects: 10 to 3`.
    pub words: String,
    /// Whoever has the one before would miss something.
    pub worse: bool,
}

/// All that a subscriber notices, the seats first. Prices are not in it: what they come to depends on who is here.
#[must_use]
pub fn differences(from: &Plan, to: &Plan) -> Vec<Difference> {
    let by_seat = [from, to].iter().any(|plan| plan.prices.iter().any(|price| price.per_seat.is_some()));
    let mut all = seats(&from.seats, &to.seats, by_seat);
    let now = |limits: &BTreeMap<String, super::NamedLimit>, key: &String| limits.get(key).map(|it| it.limit);
    for (key, name) in names(&from.limits, &to.limits, |limit| &limit.name) {
        all.extend(number(name, now(&from.limits, key), now(&to.limits, key)));
    }
    let now = |meters: &BTreeMap<String, super::Meter>, key: &String| meters.get(key).map(|it| it.allowance);
    for (key, name) in names(&from.meters, &to.meters, |meter| &meter.name) {
        all.extend(number(name, now(&from.meters, key), now(&to.meters, key)));
    }
    for (key, name) in names(&from.features, &to.features, |name| name) {
        match (from.features.contains_key(key), to.features.contains_key(key)) {
            (true, false) => all.push(Difference { words: format!("{name}: gone"), worse: true }),
            (false, true) => all.push(Difference { words: format!("{name}: new"), worse: false }),
            _ => {}
        }
    }
    let days = |days: Option<u32>| days.map_or("for ever".to_owned(), |days| format!("{days} days"));
    if from.retention_days != to.retention_days {
        let worse = to.retention_days.is_some_and(|then| from.retention_days.is_none_or(|now| then < now));
        let words = format!("History kept: {} to {}", days(from.retention_days), days(to.retention_days));
        all.push(Difference { words, worse });
    }
    match (from.same_domain, to.same_domain) {
        (false, true) => all.push(Difference { words: "Invitations: own domains only".to_owned(), worse: true }),
        (true, false) => all.push(Difference { words: "Invitations: any domain".to_owned(), worse: false }),
        _ => {}
    }
    all
}

/// Whether nobody who has the one misses anything with the other: it costs the same, whoever comes or goes, and nothing
/// of it is less.
#[must_use]
pub fn is_no_worse((from, paid): (&Plan, &Price), (to, price): (&Plan, &Price)) -> bool {
    let billed = |rule: &SeatRule| match rule.overage {
        // With overage the cap is a price, too: who is beyond it pays more.
        Some(_) => Some(rule.clone()),
        None if price.per_seat.is_some() => Some(SeatRule { max: SeatLimit::Unlimited, ..rule.clone() }),
        None => None,
    };
    paid == price
        && billed(&from.seats) == billed(&to.seats)
        && losses(from, to).is_empty()
        && differences(from, to).iter().all(|difference| !difference.worse)
}

/// Every key of both, with its name in the newer one.
fn names<'a, T>(
    from: &'a BTreeMap<String, T>,
    to: &'a BTreeMap<String, T>,
    name: impl Fn(&'a T) -> &'a String,
) -> BTreeMap<&'a String, &'a String> {
    from.iter().chain(to).map(|(key, value)| (key, name(value))).collect()
}

/// What a plan does not name is not limited by it.
fn number(name: &str, from: Option<Limit>, to: Option<Limit>) -> Option<Difference> {
    let (from, to) = (from.unwrap_or(Limit::Unlimited), to.unwrap_or(Limit::Unlimited));
    let worse = match (from, to) {
        (Limit::Unlimited, Limit::AtMost(_)) => true,
        (Limit::AtMost(now), Limit::AtMost(then)) => then < now,
        (_, Limit::Unlimited) => false,
    };
    let words = |limit| match limit {
        Limit::Unlimited => "no limit".to_owned(),
        Limit::AtMost(most) => most.to_string(),
    };
    (from != to).then(|| Difference { words: format!("{name}: {} to {}", words(from), words(to)), worse })
}

/// Where seats have no price, it is of no interest how they are billed.
fn seats(from: &SeatRule, to: &SeatRule, by_seat: bool) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut told = |words: String, worse| all.push(Difference { words, worse });
    if from.max != to.max {
        let words = |limit: SeatLimit| limit.cap().map_or("no limit".to_owned(), |cap| cap.to_string());
        let worse = to.max.cap().is_some_and(|then| from.max.cap().is_none_or(|now| then < now));
        told(format!("Seats: {} to {}", words(from.max), words(to.max)), worse);
    }
    if by_seat && from.included != to.included {
        told(format!("Seats included: {} to {}", from.included, to.included), to.included < from.included);
    }
    if by_seat && from.min != to.min {
        told(format!("Fewest seats billed: {} to {}", from.min, to.min), to.min > from.min);
    }
    if from.overage != to.overage {
        let words = |each: Option<Money>| each.map_or("not allowed".to_owned(), |each| format!("{each} each"));
        let worse = match (from.overage, to.overage) {
            (Some(now), Some(then)) => then.minor > now.minor,
            (Some(_), None) => true,
            (None, _) => false,
        };
        told(format!("Seats beyond the plan: {} to {}", words(from.overage), words(to.overage)), worse);
    }
    match (from.viewers_hold_seats, to.viewers_hold_seats) {
        (false, true) => told("Viewers: take a seat".to_owned(), true),
        (true, false) => told("Viewers: take no seat".to_owned(), false),
        _ => {}
    }
    let billed = by_seat || to.overage.is_some();
    if billed && (from.growth, from.shrink) != (to.growth, to.shrink) {
        // Which of two ways to pay is the better one is in the eye of who pays.
        told("Seats that are added or given up: paid at another time".to_owned(), true);
    }
    all
}
