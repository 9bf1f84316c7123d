//! Money: whole minor units and a currency. No float ever touches an amount.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency by its ISO 4217 code, lower case as Stripe writes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is no currency code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency; write three lower-case letters such as usd")]
pub struct CurrencyError(pub String);

/// Amounts have no minor unit (Stripe's list of zero-decimal currencies).
const ZERO_DECIMALS: &[&str] =
    &["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/// Amounts have three decimals (Stripe takes them in tens).
const THREE_DECIMALS: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];
/// Without decimals in life, and with two in Stripe's API for old times' sake: an amount ends in 00.
const WHOLE_AT_STRIPE: &[&str] = &["isk", "ugx"];

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"usd");

    /// `usd`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("xxx")
    }

    /// How many decimals an amount is shown with: 0, 2 or 3.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        if ZERO_DECIMALS.contains(&self.code()) {
            0
        } else if THREE_DECIMALS.contains(&self.code()) {
            3
        } else {
            2
        }
    }

    /// What a charged amount is a multiple of, in minor units: 10 with three decimals, 100 where the minor unit is only on
    /// paper, else 1.
    #[must_use]
    pub fn step(&self) -> i64 {
        match self.code() {
            code if THREE_DECIMALS.contains(&code) => 10,
            code if WHOLE_AT_STRIPE.contains(&code) => 100,
            _ => 1,
        }
    }

    fn symbol(self) -> Option<&'static str> {
        Some(match self.code() {
            "usd" => "$",
            "eur" => "€",
            "gbp" => "£",
            "jpy" => "¥",
            _ => return None,
        })
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_lowercase) => Ok(Self([a, b, c])),
            _ => Err(CurrencyError(text.chars().take(20).collect())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;
    fn try_from(text: String) -> Result<Self, CurrencyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents, yen, fils) of one currency. May be negative: a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

/// Two amounts that cannot be put together, or a sum that is too large to be an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Dollars and euros do not add up.
    #[error("amounts of different currencies cannot be added")]
    Currencies,
    /// More than ± 92 thousand million million of minor units.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// An amount.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount that was computed in wider numbers.
    pub fn from_wide(minor: i128, currency: Currency) -> Result<Self, MoneyError> {
        i64::try_from(minor).map(|minor| Self { minor, currency }).map_err(|_| MoneyError::TooLarge)
    }

    /// Without currency and grouping, for tables and programs: `4999.00`, `-12.50`, `500`, `1.250`.
    #[must_use]
    pub fn plain(self) -> String {
        let decimals = self.currency.decimals();
        let (scale, size) = (10_u64.pow(decimals), self.minor.unsigned_abs());
        let sign = if self.minor < 0 { "-" } else { "" };
        match decimals {
            0 => format!("{sign}{size}"),
            _ => format!("{sign}{}.{:0width$}", size / scale, size % scale, width = decimals as usize),
        }
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies);
        }
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::TooLarge)
    }

    /// So many times this.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        self.minor.checked_mul(i64::from(quantity)).map(|minor| Self { minor, ..self }).ok_or(MoneyError::TooLarge)
    }
}

/// `$4,999.00`, `-$12.50`, `¥500`, `CHF 1'200` is written `CHF 1,200.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals();
        let scale = 10_u64.pow(decimals);
        let size = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        let grouped = crate::number::grouped(size / scale);
        match self.currency.symbol() {
            Some(symbol) => write!(f, "{sign}{symbol}{grouped}")?,
            None => write!(f, "{sign}{} {grouped}", self.currency.code().to_uppercase())?,
        }
        match decimals {
            0 => Ok(()),
            _ => write!(f, ".{:0width$}", size % scale, width = decimals as usize),
        }
    }
}
