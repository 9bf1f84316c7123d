//! What can go wrong with webhooks, on purpose and from a seed: the same seed and the same events give the same chaos.

use serde::{Deserialize, Serialize};

use crate::engine::ids::splitmix;

/// How often what goes wrong, in per cent of deliveries. Nothing does by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chaos {
    /// Where chance begins.
    pub seed: u64,
    /// Sent twice.
    pub duplicate: u8,
    /// Held back for a while within the window, so that later ones overtake it.
    pub reorder: u8,
    /// How long the window is, in milliseconds.
    pub window_millis: u32,
    /// Held back for a while.
    pub delay: u8,
    /// How long that is, in milliseconds.
    pub delay_millis: u32,
    /// Lost on the way: it comes with the first retry.
    pub drop: u8,
    /// With the object as it was at an earlier event.
    pub stale: u8,
    /// In the shapes of an older version of the API.
    pub old_version: u8,
    /// Signed with a wrong secret at first.
    pub wrong_signature: u8,
    /// With a second signature beside the good one, as while a secret is rolled.
    pub two_signatures: u8,
    /// Signed 400 seconds ago at first.
    pub old_timestamp: u8,
    /// All that waits leaves at once, in any order.
    pub burst: bool,
}

impl Chaos {
    /// A little of everything.
    #[must_use]
    pub const fn everything(seed: u64) -> Self {
        Self {
            seed,
            duplicate: 20,
            reorder: 30,
            window_millis: 300,
            delay: 5,
            delay_millis: 600,
            drop: 10,
            stale: 10,
            old_version: 10,
            wrong_signature: 5,
            two_signatures: 10,
            old_timestamp: 5,
            burst: true,
        }
    }

    /// Whether anything goes wrong at all.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        *self
            == Self {
                seed: self.seed,
                window_millis: self.window_millis,
                delay_millis: self.delay_millis,
                ..Self::default()
            }
    }

    /// What happens to delivery number `number`.
    pub(crate) fn fate(&self, number: u64) -> Fate {
        let mut drawn = 0;
        let mut draw = |bound: u64| {
            drawn += 1;
            splitmix(self.seed ^ number.rotate_left(32), drawn) % bound.max(1)
        };
        let mut happens = |per_cent: u8| draw(100) < u64::from(per_cent);
        let duplicate = happens(self.duplicate);
        let (reorder, delay) = (happens(self.reorder), happens(self.delay));
        let twist = [
            (self.drop, Twist::Drop),
            (self.stale, Twist::Stale),
            (self.old_version, Twist::OldVersion),
            (self.wrong_signature, Twist::WrongSignature),
            (self.old_timestamp, Twist::OldTimestamp),
            (self.two_signatures, Twist::TwoSignatures),
        ];
        let twist = twist.into_iter().find(|(per_cent, _)| happens(*per_cent)).map(|(_, twist)| twist);
        let window = u32::try_from(draw(u64::from(self.window_millis))).unwrap_or_default();
        let held = if reorder { window } else { 0 } + if delay { self.delay_millis } else { 0 };
        Fate { duplicate, held_millis: held, twist }
    }
}

/// What happens to one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub duplicate: bool,
    pub held_millis: u32,
    pub twist: Option<Twist>,
}

/// What is wrong with the first attempt of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Twist {
    Drop,
    Stale,
    OldVersion,
    WrongSignature,
    OldTimestamp,
    TwoSignatures,
}

impl Twist {
    /// Whether a good endpoint takes the attempt all the same.
    pub(crate) const fn is_taken(self) -> bool {
        matches!(self, Self::Stale | Self::OldVersion | Self::TwoSignatures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_chaos() {
        let fates = |seed| (0..200).map(|number| Chaos::everything(seed).fate(number)).collect::<Vec<_>>();
        assert_eq!(fates(7), fates(7));
        assert_ne!(fates(7), fates(8));
    }

    #[test]
    fn calm_is_calm_and_everything_happens_to_some() {
        let calm = Chaos { seed: 3, window_millis: 500, ..Chaos::default() };
        assert!(calm.is_calm() && !Chaos::everything(3).is_calm());
        assert!((0..500).all(|n| calm.fate(n) == Fate { duplicate: false, held_millis: 0, twist: None }));
        let fates: Vec<Fate> = (0..500).map(|number| Chaos::everything(3).fate(number)).collect();
        for twist in [
            Twist::Drop,
            Twist::Stale,
            Twist::OldVersion,
            Twist::WrongSignature,
            Twist::OldTimestamp,
            Twist::TwoSignatures,
        ] {
            assert!(fates.iter().any(|fate| fate.twist == Some(twist)), "{twist:?}");
        }
        let twice = fates.iter().filter(|fate| fate.duplicate).count();
        assert!((60..140).contains(&twice), "{twice} of 500 came twice");
    }
}
