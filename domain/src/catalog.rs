//! The plan catalogue: the operator's TOML file as typed, checked values.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{Plan, PlanKey};

/// All plans, checked: keys are unique, exactly one plan is free, at most one is highlighted, successors exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}
