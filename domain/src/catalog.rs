//! The plan catalogue: the operator's TOML file as typed, checked values.
//!
//! `file` has the shapes as they are written, `plan` turns one into a [`Plan`], `whole` looks at all plans together,
//! `mistake` says where and what is wrong. They are compiled for the server only: a browser gets plans, not files.

use serde::Serialize;

use crate::plan::Visibility;
use crate::{Plan, PlanKey};

#[cfg(feature = "server")]
mod file;
#[cfg(feature = "server")]
mod meter;
#[cfg(feature = "server")]
mod mistake;
#[cfg(feature = "server")]
mod plan;
#[cfg(feature = "server")]
mod price;
#[cfg(feature = "server")]
mod whole;

#[cfg(feature = "server")]
pub use mistake::CatalogError;

/// The largest amount in a catalogue, in minor units. So many times any number of seats is still an amount.
pub const LARGEST_AMOUNT: i64 = 999_999_999;

/// All plans, checked: keys are unique, exactly one plan is free, at most one is highlighted, successors exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Catalog {
    plans: Vec<Plan>,
}

impl Catalog {
    /// All plans in the order of the page, hidden and legacy ones too.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// The plan of that key.
    #[must_use]
    pub fn plan(&self, key: &PlanKey) -> Option<&Plan> {
        self.plans.iter().find(|plan| &plan.key == key)
    }

    /// The plans on the pricing page, in its order.
    pub fn public(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter(|plan| plan.visibility == Visibility::Public)
    }

    /// The plan of who has bought nothing.
    ///
    /// # Panics
    /// Never on a catalogue that [`Catalog::parse`] has made: exactly one of its plans is free.
    #[must_use]
    pub fn free(&self) -> &Plan {
        #[expect(clippy::expect_used, reason = "checked when the catalogue was read")]
        self.plans.iter().find(|plan| plan.is_free()).expect("a catalogue has a free plan")
    }
}

#[cfg(feature = "server")]
impl Catalog {
    /// The catalogue in `text`. `name` is the file's name, for messages.
    ///
    /// The first mistake is returned with its line, and with a sentence that says what to do about it.
    pub fn parse(name: &str, text: &str) -> Result<Self, CatalogError> {
        let read = || -> Result<Self, mistake::Mistake> {
            let raw: file::Catalog = toml::from_str(text)?;
            Ok(Self { plans: whole::check(raw)? })
        };
        read().map_err(|mistake| mistake.in_file(name, text))
    }

    /// The catalogue that comes with the program, `catalog/default.toml`.
    ///
    /// # Panics
    /// Never in a build whose tests have passed: one of them reads the file.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: std::sync::LazyLock<Catalog> = std::sync::LazyLock::new(|| {
            Catalog::parse("catalog/default.toml", include_str!("../../catalog/default.toml"))
                .unwrap_or_else(|no| panic!("the built-in catalogue is wrong: {no}"))
        });
        &BUILT_IN
    }
}
