//! What stands on an organization's invoices about itself.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::tax_id::TaxId;

/// An address, in the provider's parts. What is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// Floor, suite, attention of.
    pub line2: String,
    /// The place.
    pub city: String,
    /// Its code.
    pub postal_code: String,
    /// State, county or region.
    pub state: String,
    /// Two letters, large: `DE`.
    pub country: String,
}

impl Address {
    /// Its parts with the provider's names for them.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("line1", &self.line1),
            ("line2", &self.line2),
            ("city", &self.city),
            ("postal_code", &self.postal_code),
            ("state", &self.state),
            ("country", &self.country),
        ]
    }

    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, part)| part.is_empty())
    }
}

/// What stands on invoices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingDetails {
    /// The company as it is called on invoices; empty: as it is called here.
    pub company: String,
    /// Where it is.
    pub address: Address,
    /// The number of the company's own order; empty: none.
    pub po_number: String,
    /// Its tax number.
    pub tax_id: Option<TaxId>,
}

/// What a form of details holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsForm {
    /// The company as it is called on invoices.
    pub company: String,
    /// Where it is.
    pub address: Address,
    /// The number of its own order.
    pub po_number: String,
    /// The kind of its tax number; empty: none.
    pub tax_kind: String,
    /// Its tax number; empty: none.
    pub tax_number: String,
}

impl From<BillingDetails> for DetailsForm {
    fn from(details: BillingDetails) -> Self {
        let BillingDetails { company, address, po_number, tax_id } = details;
        let (tax_kind, tax_number) = tax_id.map(|id| (id.kind.as_str().to_owned(), id.number)).unwrap_or_default();
        Self { company, address, po_number, tax_kind, tax_number }
    }
}

/// Why details cannot stand on an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// Too long for its line.
    #[error("{0} is longer than {1} characters")]
    Long(&'static str, usize),
    /// Not one line of text.
    #[error("{0} is more than one line")]
    Lines(&'static str),
    /// No country.
    #[error("this is no country")]
    Country,
    /// The provider needs to know the country of an address.
    #[error("an address without a country")]
    CountryMissing,
}

impl DetailsError {
    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Long(field, _) | Self::Lines(field) => field,
            Self::Country | Self::CountryMissing => "country",
        }
    }
}

impl From<DetailsError> for Refusal {
    fn from(error: DetailsError) -> Self {
        match error {
            DetailsError::Long(_, most) => Self::new(
                "too-long",
                format!("This is longer than {most} characters, and an invoice has no room for more."),
                "Shorten it.",
            ),
            DetailsError::Lines(_) => Self::new(
                "one-line",
                "This is one line of text.",
                "Leave out line breaks and other control characters.",
            ),
            DetailsError::Country => {
                Self::new("country-unknown", "This is no country.", "Write its two letters, such as DE or US.")
            }
            DetailsError::CountryMissing => Self::new(
                "country-missing",
                "An address needs its country.",
                "Write its two letters, such as DE or US.",
            ),
        }
    }
}

impl BillingDetails {
    /// Trims what was typed, and says what cannot be.
    pub fn read(mut self) -> Result<Self, DetailsError> {
        // The provider takes 30 characters for a field of one's own.
        let fields: [(&'static str, &mut String, usize); 7] = [
            ("company", &mut self.company, 150),
            ("line1", &mut self.address.line1, 200),
            ("line2", &mut self.address.line2, 200),
            ("city", &mut self.address.city, 100),
            ("postal_code", &mut self.address.postal_code, 20),
            ("state", &mut self.address.state, 100),
            ("po_number", &mut self.po_number, 30),
        ];
        for (name, field, most) in fields {
            *field = field.trim().to_owned();
            if field.chars().any(char::is_control) {
                return Err(DetailsError::Lines(name));
            }
            if field.chars().count() > most {
                return Err(DetailsError::Long(name, most));
            }
        }
        let country = self.address.country.trim().to_ascii_uppercase();
        self.address.country = String::new();
        match country.as_bytes() {
            [] if self.address.is_empty() => Ok(self),
            [] => Err(DetailsError::CountryMissing),
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
                self.address.country = country;
                Ok(self)
            }
            _ => Err(DetailsError::Country),
        }
    }
}
