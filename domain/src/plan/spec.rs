//! Prices as the provider keeps them: the parts of one of ours, each by itself.

use super::{MeterPrice, Part, PlanKey};
use crate::{Interval, Money};

/// One price as the provider keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSpec {
    /// Of this plan.
    pub plan: PlanKey,
    /// Its name, for the provider's pages.
    pub plan_name: String,
    /// Of this version of it ([`super::Plan::fingerprint`]). Whoever buys it is known by it.
    pub version: String,
    /// Which part.
    pub part: Part,
    /// Paid how often.
    pub interval: Interval,
    /// For one; nothing for a part that is counted in use.
    pub unit: Money,
    /// What is counted, for [`Part::Use`].
    pub meter: Option<MeterSpec>,
}

/// A meter as the provider keeps it. It is told the units beyond the allowance only, as differences to be added up,
/// whatever our own aggregation is: so its tiers are ours, and there is one arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterSpec {
    /// Its key in the catalogue.
    pub key: String,
    /// For people.
    pub name: String,
    /// What the units cost.
    pub price: MeterPrice,
}

impl MeterSpec {
    /// The name by which the provider knows what is counted: one for a meter's key, whatever the plan.
    #[must_use]
    pub fn event_name(&self) -> String {
        format!("usher_{}", self.key)
    }
}

impl PriceSpec {
    /// The name by which it is found again at the provider. The version is in it, and with that every amount, so a changed
    /// price is another one and none is ever edited in place.
    #[must_use]
    pub fn lookup_key(&self) -> String {
        let Self { plan, version, part, interval, unit, .. } = self;
        let of = format!("usher_{plan}@{version}_{interval}_{}_{}", unit.currency, part.as_str());
        match &self.meter {
            Some(meter) => format!("{of}_{}", meter.key),
            None => format!("{of}_{}", unit.minor),
        }
    }
}

#[cfg(feature = "server")]
impl super::Plan {
    /// The provider's prices behind one of this plan's prices: the base first, then seats, then use.
    #[must_use]
    pub fn price_specs(&self, price: &super::Price) -> Vec<PriceSpec> {
        let version = self.fingerprint();
        let spec = |part, unit, meter| PriceSpec {
            plan: self.key.clone(),
            plan_name: self.name.clone(),
            version: version.clone(),
            part,
            interval: price.interval,
            unit,
            meter,
        };
        let fixed = [(Part::Base, price.base), (Part::PerSeat, price.per_seat), (Part::Overage, self.seats.overage)];
        let fixed = fixed.into_iter().filter_map(|(part, unit)| Some(spec(part, unit?, None)));
        let counted = self.meters.iter().filter_map(|(key, meter)| match &meter.beyond {
            super::Beyond::Overage(each) => {
                let meter = MeterSpec { key: key.clone(), name: meter.name.clone(), price: each.clone() };
                Some(spec(Part::Use, Money::zero(price.currency), Some(meter)))
            }
            super::Beyond::Stop => None,
        });
        fixed.chain(counted).collect()
    }
}
