//! Tax numbers, as far as a look at them can say that they are none.
//!
//! A number with the right form need not exist: the payment provider asks the offices, and its answer is shown beside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Which kind of number, in the provider's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxIdKind {
    /// VAT number of a country of the European Union.
    EuVat,
    /// VAT number of the United Kingdom.
    GbVat,
    /// VAT number of Switzerland.
    ChVat,
    /// VAT number of Norway.
    NoVat,
    /// Employer identification number of the United States.
    UsEin,
    /// Business number of Canada.
    CaBn,
    /// Business number of Australia.
    AuAbn,
    /// GST number of New Zealand.
    NzGst,
    /// GST number of India.
    InGst,
    /// Corporate number of Japan.
    JpCn,
}

/// The countries whose VAT numbers are European: prefix, fewest and most characters after it, and whether letters are
/// among them.
const EU: &[(&str, usize, usize, bool)] = &[
    ("AT", 9, 9, true),
    ("BE", 10, 10, false),
    ("BG", 9, 10, false),
    ("CY", 9, 9, true),
    ("CZ", 8, 10, false),
    ("DE", 9, 9, false),
    ("DK", 8, 8, false),
    ("EE", 9, 9, false),
    ("EL", 9, 9, false),
    ("ES", 9, 9, true),
    ("FI", 8, 8, false),
    ("FR", 11, 11, true),
    ("HR", 11, 11, false),
    ("HU", 8, 8, false),
    ("IE", 8, 9, true),
    ("IT", 11, 11, false),
    ("LT", 9, 12, false),
    ("LU", 8, 8, false),
    ("LV", 11, 11, false),
    ("MT", 8, 8, false),
    ("NL", 12, 12, true),
    ("PL", 10, 10, false),
    ("PT", 9, 9, false),
    ("RO", 2, 10, false),
    ("SE", 12, 12, false),
    ("SI", 8, 8, false),
    ("SK", 10, 10, false),
    ("XI", 9, 12, false),
];

impl TaxIdKind {
    /// All of them, in the order of the choice.
    pub const ALL: [Self; 10] = [
        Self::EuVat,
        Self::GbVat,
        Self::ChVat,
        Self::NoVat,
        Self::UsEin,
        Self::CaBn,
        Self::AuAbn,
        Self::NzGst,
        Self::InGst,
        Self::JpCn,
    ];

    /// The provider's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EuVat => "eu_vat",
            Self::GbVat => "gb_vat",
            Self::ChVat => "ch_vat",
            Self::NoVat => "no_vat",
            Self::UsEin => "us_ein",
            Self::CaBn => "ca_bn",
            Self::AuAbn => "au_abn",
            Self::NzGst => "nz_gst",
            Self::InGst => "in_gst",
            Self::JpCn => "jp_cn",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::EuVat => "EU VAT number",
            Self::GbVat => "UK VAT number",
            Self::ChVat => "Swiss VAT number",
            Self::NoVat => "Norwegian VAT number",
            Self::UsEin => "US employer number (EIN)",
            Self::CaBn => "Canadian business number",
            Self::AuAbn => "Australian business number (ABN)",
            Self::NzGst => "New Zealand GST number",
            Self::InGst => "Indian GST number",
            Self::JpCn => "Japanese corporate number",
        }
    }

    /// One that has the right form.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::EuVat => "DE123456789",
            Self::GbVat => "GB123456789",
            Self::ChVat => "CHE-123.456.789 MWST",
            Self::NoVat => "123456789MVA",
            Self::UsEin => "12-3456789",
            Self::CaBn | Self::NzGst => "123456789",
            Self::AuAbn => "51824753556",
            Self::InGst => "12ABCDE3456FGZH",
            Self::JpCn => "1234567891234",
        }
    }

    /// Whether a number, written large and without spaces, has the form of this kind.
    fn fits(self, number: &str) -> bool {
        let digits = |text: &str, fewest: usize, most: usize| {
            (fewest..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        match self {
            Self::EuVat => EU.iter().any(|(prefix, fewest, most, letters)| {
                number.strip_prefix(prefix).is_some_and(|rest| {
                    (*fewest..=*most).contains(&rest.len())
                        && rest.bytes().all(|b| b.is_ascii_digit() || (*letters && b.is_ascii_uppercase()))
                        && rest.bytes().any(|b| b.is_ascii_digit())
                })
            }),
            Self::GbVat => number.strip_prefix("GB").is_some_and(|rest| digits(rest, 9, 9) || digits(rest, 12, 12)),
            Self::ChVat => number.strip_prefix("CHE-").is_some_and(|rest| {
                let (number, tax) = rest.split_at_checked(11).unwrap_or((rest, ""));
                let parts: Vec<&str> = number.split('.').collect();
                parts.len() == 3 && parts.iter().all(|part| digits(part, 3, 3)) && matches!(tax, "MWST" | "TVA" | "IVA")
            }),
            Self::NoVat => number.strip_suffix("MVA").is_some_and(|rest| digits(rest, 9, 9)),
            Self::UsEin => number.split_once('-').is_some_and(|(a, b)| digits(a, 2, 2) && digits(b, 7, 7)),
            Self::CaBn => digits(number, 9, 9),
            Self::AuAbn => digits(number, 11, 11) && abn(number),
            Self::NzGst => digits(number, 8, 9),
            Self::InGst => {
                let all = number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
                number.len() == 15 && all && number.get(..2).is_some_and(|state| digits(state, 2, 2))
            }
            Self::JpCn => digits(number, 13, 13),
        }
    }
}

/// The check of an Australian number: its digits, the first less one, weighed and added, are a multiple of 89.
fn abn(number: &str) -> bool {
    const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    sum.checked_sub(10).is_some_and(|sum| sum.is_multiple_of(89))
}

impl fmt::Display for TaxIdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TaxIdKind {
    type Err = TaxIdError;
    fn from_str(word: &str) -> Result<Self, TaxIdError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(TaxIdError::Kind)
    }
}

/// A tax number with the right form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxId {
    /// Of which kind.
    pub kind: TaxIdKind,
    /// Written as the provider takes it.
    pub number: String,
}

impl TaxId {
    /// Reads what somebody has typed: spaces and small letters do not matter.
    pub fn read(kind: TaxIdKind, typed: &str) -> Result<Self, TaxIdError> {
        let mut number: String =
            typed.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_ascii_uppercase()).collect();
        if kind == TaxIdKind::EuVat {
            number.retain(|letter| !matches!(letter, '.' | '-'));
        }
        if !kind.fits(&number) {
            return Err(TaxIdError::Form(kind));
        }
        if kind == TaxIdKind::ChVat {
            // The provider wants a space before the tax's name.
            number.insert(15, ' ');
        }
        Ok(Self { kind, number })
    }
}

/// Why a text is no tax number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxIdError {
    /// There is no such kind.
    #[error("there is no such kind of tax number")]
    Kind,
    /// Numbers of this kind look otherwise.
    #[error("numbers of this kind look otherwise")]
    Form(TaxIdKind),
}

impl From<TaxIdError> for Refusal {
    fn from(error: TaxIdError) -> Self {
        match error {
            TaxIdError::Kind => {
                Self::new("tax-id-kind", "There is no such kind of tax number.", "Choose one from the list.")
            }
            TaxIdError::Form(kind) => Self::new(
                "tax-id-form",
                format!("This is no {}.", kind.label()),
                format!("Such a number looks like {}.", kind.example()),
            ),
        }
    }
}

/// What the provider has found out about a tax number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxIdState {
    /// It is being asked.
    Pending,
    /// It exists, and is theirs.
    Verified,
    /// The office does not know it.
    Unverified,
    /// There is nobody to ask.
    Unavailable,
}

impl TaxIdState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Verified, Self::Unverified, Self::Unavailable];

    /// The provider's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Unavailable => "unavailable",
        }
    }
}

impl FromStr for TaxIdState {
    type Err = std::convert::Infallible;
    /// A word that we do not know says nothing about the number.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Unavailable))
    }
}
