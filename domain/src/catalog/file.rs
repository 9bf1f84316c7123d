//! The shapes of a catalogue file as they are written. Nothing is checked here but types and names of fields.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use toml::Spanned;

use crate::billed::{Growth, Shrink};
use crate::plan::{Aggregation, Limit, Visibility};
use crate::{Currency, Interval, PlanKey};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalog {
    #[serde(default, rename = "plan")]
    pub(super) plans: Vec<Spanned<Plan>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) key: Spanned<PlanKey>,
    pub(super) name: Spanned<String>,
    pub(super) description: Spanned<String>,
    pub(super) order: Spanned<u32>,
    pub(super) visibility: Option<Spanned<Visibility>>,
    pub(super) highlighted: Option<Spanned<bool>>,
    pub(super) badge: Option<Spanned<String>>,
    pub(super) custom_price: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) prices: Vec<Spanned<Price>>,
    pub(super) seats: Spanned<Seats>,
    pub(super) trial_days: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) same_domain: bool,
    #[serde(default)]
    pub(super) features: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(super) limits: BTreeMap<Spanned<String>, NamedLimit>,
    #[serde(default)]
    pub(super) meters: BTreeMap<Spanned<String>, Spanned<Meter>>,
    pub(super) retention_days: Option<Spanned<u32>>,
    pub(super) support: Option<Spanned<String>>,
    pub(super) successor: Option<Spanned<PlanKey>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    pub(super) interval: Interval,
    pub(super) currency: Currency,
    pub(super) base: Option<Spanned<i64>>,
    pub(super) per_seat: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seats {
    pub(super) included: Option<Spanned<u32>>,
    pub(super) min: Option<Spanned<u32>>,
    pub(super) max: Spanned<Count>,
    pub(super) overage: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) viewers: Viewers,
    #[serde(default)]
    pub(super) growth: Growth,
    #[serde(default)]
    pub(super) shrink: Shrink,
}

/// What a viewer's place costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Viewers {
    /// A seat, like everybody's.
    #[default]
    Seated,
    /// Nothing.
    Free,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedLimit {
    pub(super) name: Spanned<String>,
    pub(super) limit: Count,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meter {
    pub(super) name: Spanned<String>,
    pub(super) allowance: Spanned<Count>,
    pub(super) aggregation: Spanned<Aggregation>,
    pub(super) beyond: Spanned<Beyond>,
    pub(super) price: Option<Spanned<MeterPrice>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Beyond {
    Stop,
    Overage,
}

/// Exactly one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeterPrice {
    pub(super) unit: Option<Spanned<i64>>,
    pub(super) graduated: Option<Spanned<Vec<Spanned<Tier>>>>,
    pub(super) volume: Option<Spanned<Vec<Spanned<Tier>>>>,
    pub(super) package: Option<Spanned<Package>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    pub(super) up_to: Option<Spanned<u64>>,
    pub(super) unit: Spanned<i64>,
    pub(super) flat: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) size: Spanned<u64>,
    pub(super) price: Spanned<i64>,
}

/// A whole number from 0, or the word `unlimited`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count(pub(super) Limit);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0, or \"unlimited\"")
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
                let number = u64::try_from(number)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(number), &self))?;
                Ok(Count(Limit::AtMost(number)))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
                Ok(Count(Limit::AtMost(number)))
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<Count, E> {
                match word {
                    "unlimited" => Ok(Count(Limit::Unlimited)),
                    other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}
