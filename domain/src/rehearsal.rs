//! What a smaller plan will do, before it does it: who keeps a seat, who would rest, what is lost, what stays to be read.
//!
//! The rule that moves people when the cap falls ([`who_keeps`]) is asked here with the same arguments beforehand
//! ([`seats`], which `store` asks, too), so a rehearsal and what then happens cannot differ by anything but time: people
//! may come and go in between.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::number::grouped;
use crate::plan::{Limit, Meter, NamedLimit};
use crate::seat::{Holder, Keeps, takes_a_seat, who_keeps};
use crate::{Plan, Role, SeatLimit, Timestamp};

/// Whether a member's seat rests, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It does not.
    No,
    /// Somebody has let it rest: it stays so, whatever the plan.
    ByPerson,
    /// An earlier plan had fewer seats than people: it comes back when there is room.
    ByPlan,
}

/// A member, as far as seats have a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person<Id> {
    /// Which.
    pub id: Id,
    /// As what.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// Whether their seat rests.
    pub rest: Rest,
}

/// A pending invitation, as far as seats have a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest<Id> {
    /// Which.
    pub id: Id,
    /// As what.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// Who is moved by a cap, with viewers on seats or not.
///
/// Whoever sits for nothing needs no room, so they come back from a rest for the plan first of all.
#[must_use]
pub fn seats<M: Copy + Ord, I: Copy + Ord>(
    limit: SeatLimit,
    viewers_free: bool,
    people: &[Person<M>],
    guests: &[Guest<I>],
) -> Keeps<M, I> {
    let holder = |person: &Person<M>| Holder { id: person.id, owner: person.role == Role::Owner, since: person.since };
    let seated = |role: Role| takes_a_seat(role, viewers_free);
    let held: Vec<_> =
        people.iter().filter(|person| person.rest == Rest::No && seated(person.role)).map(holder).collect();
    let (resting, free): (Vec<_>, Vec<_>) =
        people.iter().filter(|person| person.rest == Rest::ByPlan).partition(|person| seated(person.role));
    let resting: Vec<_> = resting.into_iter().map(holder).collect();
    let waiting: Vec<_> = guests
        .iter()
        .filter(|guest| seated(guest.role))
        .map(|guest| Holder { id: guest.id, owner: false, since: guest.since })
        .collect();
    let mut keeps = who_keeps(limit, &held, &waiting, &resting);
    keeps.back.splice(0..0, free.into_iter().map(|person| person.id));
    keeps
}

/// The seats of a plan, rehearsed.
#[must_use]
pub fn of_plan<M: Copy + Ord, I: Copy + Ord>(plan: &Plan, people: &[Person<M>], guests: &[Guest<I>]) -> Keeps<M, I> {
    seats(plan.seats.limit(), !plan.seats.viewers_hold_seats, people, guests)
}

/// Something that the other plan has less of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Fewer seats.
    Seats {
        /// How many there may be then.
        to: SeatLimit,
    },
    /// Something is not in it at all.
    Feature(String),
    /// Fewer of something that is kept, such as projects.
    Limit {
        /// Of what.
        name: String,
        /// How many then.
        to: u64,
    },
    /// Less of something that is used.
    Allowance {
        /// Of what.
        name: String,
        /// How much in a period then.
        to: u64,
    },
    /// What was done is kept for a shorter time.
    Kept {
        /// So many days then.
        days: u32,
    },
    /// Viewers do not sit for nothing any more.
    Viewers,
    /// Only people of the company's own domains can be invited then.
    OwnDomains,
    /// This support ends.
    Support(String),
}

impl Loss {
    /// What it means: what stays, what is refused, that nothing is deleted, or what is.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Seats { to } => format!("At most {to}. Whoever is above that rests, and nobody is removed."),
            Self::Feature(name) => format!("{name}: not in it any more."),
            Self::Limit { name, to } => format!(
                "{name}: at most {}. More than that can be read, and no further one can be added; nothing is deleted.",
                grouped(*to)
            ),
            Self::Allowance { name, to } => format!("{name}: {} in a month.", grouped(*to)),
            Self::Kept { days } => {
                format!("History and audit log are kept for {days} days; what is older is deleted.")
            }
            Self::Viewers => "Viewers take a seat, as everybody else does.".to_owned(),
            Self::OwnDomains => {
                "Only people of your own e-mail domains can be invited. Whoever is here stays.".to_owned()
            }
            Self::Support(words) => format!("{words}: not in it any more."),
        }
    }
}

/// What is lost by going from one plan to another, the seats first.
#[must_use]
pub fn losses(from: &Plan, to: &Plan) -> Vec<Loss> {
    let mut lost = Vec::new();
    if let Some(cap) = to.seats.limit().cap()
        && from.seats.limit().cap().is_none_or(|had| had > cap)
    {
        lost.push(Loss::Seats { to: to.seats.limit() });
    }
    if to.seats.viewers_hold_seats && !from.seats.viewers_hold_seats {
        lost.push(Loss::Viewers);
    }
    lost.extend(limits(&from.limits, &to.limits));
    lost.extend(allowances(&from.meters, &to.meters));
    lost.extend(
        from.features
            .iter()
            .filter(|(key, _)| !to.features.contains_key(*key))
            .map(|(_, name)| Loss::Feature(name.clone())),
    );
    if let Some(days) = to.retention_days
        && from.retention_days.is_none_or(|had| had > days)
    {
        lost.push(Loss::Kept { days });
    }
    if to.same_domain && !from.same_domain {
        lost.push(Loss::OwnDomains);
    }
    if let Some(support) = &from.support
        && to.support.as_ref() != Some(support)
    {
        lost.push(Loss::Support(support.clone()));
    }
    lost
}

/// What a plan does not name is not limited by it.
fn limits<'a>(
    from: &'a BTreeMap<String, NamedLimit>,
    to: &'a BTreeMap<String, NamedLimit>,
) -> impl Iterator<Item = Loss> + 'a {
    to.iter().filter_map(|(key, then)| {
        let now = from.get(key).map_or(Limit::Unlimited, |now| now.limit);
        Some(Loss::Limit { name: then.name.clone(), to: fewer(now, then.limit)? })
    })
}

fn allowances<'a>(
    from: &'a BTreeMap<String, Meter>,
    to: &'a BTreeMap<String, Meter>,
) -> impl Iterator<Item = Loss> + 'a {
    to.iter().filter_map(|(key, then)| {
        let now = from.get(key).map_or(Limit::Unlimited, |now| now.allowance);
        Some(Loss::Allowance { name: then.name.clone(), to: fewer(now, then.allowance)? })
    })
}

/// The second number, if it is the smaller one.
fn fewer(now: Limit, then: Limit) -> Option<u64> {
    match (now, then) {
        (Limit::Unlimited, Limit::AtMost(then)) => Some(then),
        (Limit::AtMost(now), Limit::AtMost(then)) if then < now => Some(then),
        (_, Limit::Unlimited | Limit::AtMost(_)) => None,
    }
}
