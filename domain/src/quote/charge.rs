//! What was charged for a line of a subscription, and how much of it can still be given back.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::subscription::{ProviderItemId, ProviderPriceId};
use crate::time::Period;

/// One line of an invoice, or one that waits for the next: money charged for a stretch of time, or given back for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The provider's names for it. What waited for an invoice has one more once it stands in it.
    pub names: Vec<String>,
    /// The line of the subscription that it is for.
    pub item: ProviderItemId,
    /// The price.
    pub price: ProviderPriceId,
    /// How many.
    pub quantity: u32,
    /// In minor units; below nothing it was given back.
    pub amount: i64,
    /// What so many of that price cost for a whole period, in minor units.
    pub full: i64,
    /// How long that whole period is, in seconds.
    pub whole: i64,
    /// From when until when it is charged.
    pub period: Period,
    /// What it gives back, by one of its names. What gives back and does not say what, gives back the newest charge of
    /// the same price and quantity that ends with it.
    pub credits: Option<String>,
}

impl Charge {
    /// Whether it gives money back.
    const fn gives_back(&self) -> bool {
        self.amount < 0 || self.credits.is_some()
    }
}

/// A stretch of time that was charged and not given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owed {
    /// The charge's first name.
    pub(super) name: Option<String>,
    /// At which price.
    price: ProviderPriceId,
    /// How many.
    pub(super) quantity: u32,
    /// What of the charge is left to be given back.
    pub(super) left: i64,
    /// As [`Charge::full`].
    pub(super) full: i64,
    /// As [`Charge::whole`].
    pub(super) whole: i64,
    /// From when until when it is charged and not given back.
    pub(super) period: Period,
}

/// What was charged for `item` for the time after `at`, the newest charge first.
#[must_use]
pub(super) fn owed(charges: &[Charge], item: &ProviderItemId, at: Timestamp) -> Vec<Owed> {
    let ours = || charges.iter().filter(|charge| &charge.item == item);
    let mut owed: Vec<(&[String], Owed)> = ours()
        .filter(|charge| !charge.gives_back())
        .map(|charge| {
            let Charge { names, price, quantity, amount, full, whole, period, .. } = charge;
            let (name, left) = (names.first().cloned(), *amount);
            (
                &**names,
                Owed {
                    name,
                    price: price.clone(),
                    quantity: *quantity,
                    left,
                    full: *full,
                    whole: *whole,
                    period: *period,
                },
            )
        })
        .collect();
    for credit in ours().filter(|charge| charge.gives_back()) {
        let given = match &credit.credits {
            Some(name) => owed.iter_mut().find(|(names, _)| names.contains(name)),
            None => owed.iter_mut().rev().find(|(_, owed)| {
                owed.price == credit.price
                    && owed.quantity == credit.quantity
                    && owed.period.until == credit.period.until
            }),
        };
        if let Some((_, given)) = given {
            given.left = given.left.saturating_add(credit.amount);
            given.period.until = given.period.until.min(credit.period.from);
        }
    }
    owed.into_iter()
        .rev()
        .map(|(_, owed)| owed)
        .filter(|owed| owed.period.until > at && owed.period.until > owed.period.from)
        .collect()
}
