//! Plans and prices: what can be bought, and what a buyer then has.

mod difference;
mod spec;
#[cfg(feature = "server")]
mod version;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use difference::{Difference, differences, is_no_worse};
pub use spec::{MeterSpec, PriceSpec};

use crate::billed::{Growth, Shrink};
use crate::money::MoneyError;
use crate::seat::SeatCount;
use crate::{Currency, Money, SeatLimit};

/// A plan's name for programs: `all_access`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanKey(String);

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key; write 1 to 40 of a-z, 0-9 and _, a letter first")]
pub struct KeyError(pub String);

impl PlanKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PlanKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let plain = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if (1..=40).contains(&text.len()) && plain && text.starts_with(|c: char| c.is_ascii_lowercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError(text.chars().take(60).collect()))
        }
    }
}

impl TryFrom<String> for PlanKey {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PlanKey> for String {
    fn from(key: PlanKey) -> Self {
        key.0
    }
}

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How often a price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Every month.
    Month,
    /// Every year.
    Year,
}

impl Interval {
    /// `month`, `year`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
    /// `monthly`, `yearly`.
    #[must_use]
    pub const fn adverb(self) -> &'static str {
        match self {
            Self::Month => "monthly",
            Self::Year => "yearly",
        }
    }
}

/// A word that names no interval.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an interval; write month or year")]
pub struct UnknownInterval(pub String);

impl FromStr for Interval {
    type Err = UnknownInterval;
    fn from_str(text: &str) -> Result<Self, UnknownInterval> {
        match text {
            "month" => Ok(Self::Month),
            "year" => Ok(Self::Year),
            other => Err(UnknownInterval(other.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who sees a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// On the pricing page.
    Public,
    /// Sold to who has the link.
    Hidden,
    /// Kept by who has it, not sold any more.
    Legacy,
}

/// A plan × interval × currency. At least one of `base` and `per_seat` is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Paid how often.
    pub interval: Interval,
    /// Paid in what.
    pub currency: Currency,
    /// Flat, whatever the seats.
    pub base: Option<Money>,
    /// For each billable seat (see [`SeatRule::billable`]).
    pub per_seat: Option<Money>,
}

impl Price {
    /// What a period costs with so many active members: the base once, each billable seat, each seat beyond the cap.
    pub fn amount(&self, seats: &SeatRule, active: u32) -> Result<Money, MoneyError> {
        let mut amount = self.base.unwrap_or(Money::zero(self.currency));
        if let Some(per_seat) = self.per_seat {
            amount = amount.plus(per_seat.times(seats.billable(active))?)?;
        }
        if let Some(overage) = seats.overage {
            amount = amount.plus(overage.times(seats.over(active))?)?;
        }
        Ok(amount)
    }
}

/// Without a cap, so many seats more than are needed can be bought at once: a digit too many is refused, not billed.
pub const MOST_TO_SPARE: u32 = 1_000;

/// How a plan deals with seats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRule {
    /// Seats inside `base`, not billed one by one.
    pub included: u32,
    /// The fewest that are billed, and the fewest one can buy.
    pub min: u32,
    /// The most that can be held.
    pub max: SeatLimit,
    /// Seats beyond `max` are allowed at this price each and per period; `None`: the cap is hard.
    pub overage: Option<Money>,
    /// Whether viewers take a seat, as everybody else does; if not, they sit for nothing.
    pub viewers_hold_seats: bool,
    /// When more seats are paid for.
    #[serde(default, skip_serializing_if = "usual")]
    pub growth: Growth,
    /// When fewer seats are paid for.
    #[serde(default, skip_serializing_if = "usual")]
    pub shrink: Shrink,
}

/// What is as usual is not written, so that a plan recorded before there was a choice is the same plan.
fn usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl SeatRule {
    /// How many seats are billed one by one, at the price per seat, when so many members are active.
    /// Included seats are never billed, the base is never multiplied, and seats of [`SeatRule::over`] are not in it.
    #[must_use]
    pub fn billable(&self, active: u32) -> u32 {
        (active - self.over(active)).max(self.min).saturating_sub(self.included)
    }

    /// How many seats are billed as overage when so many members are active: those beyond `max`, where that is allowed.
    #[must_use]
    pub fn over(&self, active: u32) -> u32 {
        match (self.overage, self.max.cap()) {
            (Some(_), Some(cap)) => active.saturating_sub(cap),
            _ => 0,
        }
    }

    /// How many seats can be bought by who holds so many: one for each member and the fewest of the plan at least, and
    /// its cap at most, or [`MOST_TO_SPARE`] more than are needed. `None`: the plan is too small for who is here.
    #[must_use]
    pub fn on_sale(&self, held: SeatCount) -> Option<RangeInclusive<u32>> {
        let fewest = self.min.max(1).max(held.active);
        let most = self.limit().cap().unwrap_or_else(|| fewest.max(held.held()).saturating_add(MOST_TO_SPARE));
        (held.held() <= most && fewest <= most).then_some(fewest..=most)
    }

    /// The cap that the gate enforces.
    #[must_use]
    pub fn limit(&self) -> SeatLimit {
        if self.overage.is_some() { SeatLimit::Unlimited } else { self.max }
    }
}

/// A number that may be without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// No limit.
    Unlimited,
    /// No more than this.
    AtMost(u64),
}

/// How many uses become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// All quantities added.
    Sum,
    /// The largest quantity.
    Max,
    /// The latest quantity.
    Last,
    /// How many events.
    Count,
}

/// One step of a tiered price: units up to and including `up_to`; the last one has no end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The last unit of this tier; `None`: no end.
    pub up_to: Option<u64>,
    /// For each unit in it.
    pub unit: Money,
    /// For reaching it at all.
    pub flat: Option<Money>,
}

/// What use beyond the allowance costs. The first unit beyond it is unit 1 of the tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterPrice {
    /// So much for each unit.
    Unit(Money),
    /// Each unit at the price of its own tier.
    Graduated(Vec<Tier>),
    /// All units at the price of the tier reached.
    Volume(Vec<Tier>),
    /// So much for each begun package of `size` units.
    Package {
        /// Units in a package.
        size: u64,
        /// For one package.
        price: Money,
    },
}

/// What happens at the end of the allowance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// Refused.
    Stop,
    /// Billed.
    Overage(MeterPrice),
}

/// A counted use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// On the screen: `Test runs`.
    pub name: String,
    /// Included in a period.
    pub allowance: Limit,
    /// How events add up.
    pub aggregation: Aggregation,
    /// What happens beyond the allowance.
    pub beyond: Beyond,
}

/// A plan of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// For programs.
    pub key: PlanKey,
    /// For people.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Its place on the pricing page.
    pub order: u32,
    /// Who sees it.
    pub visibility: Visibility,
    /// At most one plan of a catalogue is.
    pub highlighted: bool,
    /// A word on the card, such as `Introductory`.
    pub badge: Option<String>,
    /// Bought by talking to somebody (R1.4's Enterprise): no price on the card.
    pub custom_price: bool,
    /// What it costs. Empty: nothing, or on request when `custom_price`.
    pub prices: Vec<Price>,
    /// Its seats.
    pub seats: SeatRule,
    /// Days before the first payment.
    pub trial_days: u32,
    /// Only people of the organization's e-mail domain can be invited.
    pub same_domain: bool,
    /// Boolean entitlements: key → words for the card.
    pub features: BTreeMap<String, String>,
    /// Static counts, such as projects: key → name and limit. What is not named here is not limited by the plan.
    pub limits: BTreeMap<String, NamedLimit>,
    /// Counted uses. What is not named here is not counted by the plan.
    pub meters: BTreeMap<String, Meter>,
    /// Days that raw usage and the audit log are kept; `None`: for ever.
    pub retention_days: Option<u32>,
    /// What support the plan has.
    pub support: Option<String>,
    /// Where subscribers of a legacy plan are sent.
    pub successor: Option<PlanKey>,
}

/// A static limit with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedLimit {
    /// On the screen: `Projects`.
    pub name: String,
    /// How many.
    pub limit: Limit,
}

impl Plan {
    /// The price for an interval and a currency, if it is sold so.
    #[must_use]
    pub fn price(&self, interval: Interval, currency: Currency) -> Option<&Price> {
        self.prices.iter().find(|price| price.interval == interval && price.currency == currency)
    }

    /// The price for an interval as it is offered: in `currency` where one is asked for; else in US dollars if it is sold in
    /// them, else in what stands first.
    #[must_use]
    pub fn offer(&self, interval: Interval, currency: Option<Currency>) -> Option<&Price> {
        match currency {
            Some(currency) => self.price(interval, currency),
            None => self
                .price(interval, Currency::USD)
                .or_else(|| self.prices.iter().find(|price| price.interval == interval)),
        }
    }

    /// What it is sold in for an interval, in the catalogue's order.
    #[must_use]
    pub fn currencies(&self, interval: Interval) -> Vec<Currency> {
        self.prices.iter().filter(|price| price.interval == interval).map(|price| price.currency).collect()
    }

    /// Whether it is bought at all; the free plan and plans on request are not.
    #[must_use]
    pub fn is_sold(&self) -> bool {
        !self.prices.is_empty()
    }

    /// Whether use is billed beyond an allowance.
    #[must_use]
    pub fn bills_use(&self) -> bool {
        self.meters.values().any(|meter| matches!(meter.beyond, Beyond::Overage(_)))
    }

    /// Whether it is the plan of who has bought nothing.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.prices.is_empty() && !self.custom_price
    }
}

/// Which part of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// [`Price::base`].
    Base,
    /// [`Price::per_seat`].
    PerSeat,
    /// [`SeatRule::overage`].
    Overage,
    /// [`Meter::beyond`]: what is billed by use.
    Use,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Base, Self::PerSeat, Self::Overage, Self::Use];

    /// `base`, `per_seat`, `overage`, `use`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::PerSeat => "per_seat",
            Self::Overage => "overage",
            Self::Use => "use",
        }
    }
}
