//! What use beyond the allowance costs.
//!
//! The same arithmetic is done twice: here, so that a screen and a quote can say what a bill will be, and by the
//! provider, which is told the units beyond the allowance and has the same tiers. Both count in whole minor units, and
//! nothing is ever rounded, because a tier's price is a whole number of them.

use crate::money::MoneyError;
use crate::plan::{Beyond, Limit, Meter, MeterPrice, Tier};
use crate::{Currency, Money};

impl Meter {
    /// How many of the used units are beyond the allowance and billed. None where use stops at the allowance.
    #[must_use]
    pub fn beyond(&self, used: u64) -> u64 {
        match (&self.beyond, self.allowance) {
            (Beyond::Overage(_), Limit::AtMost(allowance)) => used.saturating_sub(allowance),
            (Beyond::Overage(_), Limit::Unlimited) | (Beyond::Stop, _) => 0,
        }
    }

    /// What so much use in a period costs; `None` where use is never billed.
    pub fn cost(&self, used: u64) -> Option<Result<Money, MoneyError>> {
        match &self.beyond {
            Beyond::Overage(price) => Some(price.amount(self.beyond(used))),
            Beyond::Stop => None,
        }
    }
}

impl MeterPrice {
    /// What it is charged in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        match self {
            Self::Unit(unit) => unit.currency,
            Self::Graduated(tiers) | Self::Volume(tiers) => {
                tiers.first().map_or(Currency::USD, |tier| tier.unit.currency)
            }
            Self::Package { price, .. } => price.currency,
        }
    }

    /// What so many units beyond the allowance cost. Never less for more units, but with tiers by volume, where a lower
    /// price for all of them is the point.
    pub fn amount(&self, units: u64) -> Result<Money, MoneyError> {
        let minor = match self {
            Self::Unit(unit) => i128::from(unit.minor) * i128::from(units),
            Self::Graduated(tiers) => graduated(tiers, units),
            Self::Volume(tiers) => volume(tiers, units),
            Self::Package { size, price } => i128::from(price.minor) * i128::from(units.div_ceil((*size).max(1))),
        };
        Money::from_wide(minor, self.currency())
    }
}

/// Each unit at the price of its own tier, and each tier's flat amount once a unit is in it.
fn graduated(tiers: &[Tier], units: u64) -> i128 {
    let mut below = 0_u64;
    let mut sum = 0_i128;
    for tier in tiers {
        if units <= below {
            break;
        }
        let end = tier.up_to.unwrap_or(u64::MAX).min(units);
        sum += i128::from(tier.unit.minor) * i128::from(end - below) + flat(tier);
        below = end;
    }
    sum
}

/// All units at the price of the tier that the last one is in, and that tier's flat amount.
fn volume(tiers: &[Tier], units: u64) -> i128 {
    let reached = tiers.iter().find(|tier| tier.up_to.is_none_or(|up_to| units <= up_to));
    match reached {
        Some(tier) if units > 0 => i128::from(tier.unit.minor) * i128::from(units) + flat(tier),
        _ => 0,
    }
}

fn flat(tier: &Tier) -> i128 {
    tier.flat.map_or(0, |flat| i128::from(flat.minor))
}
