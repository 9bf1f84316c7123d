//! How Usher says no: a stable code, what happened, what to do next.
//!
//! Every rule's error turns into a [`Refusal`] with `From`, and its sentences stand in that one place.

use serde::{Deserialize, Serialize};

/// A "no" with its reason, for people (`what`, `next`) and for programs (`code`).
///
/// Nothing in it may be secret: without JavaScript it travels in the address bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what} {next}")]
pub struct Refusal {
    /// Stable, in kebab case: `seats-full`, `other-domain`.
    pub code: String,
    /// What happened and why: one or two whole sentences.
    pub what: String,
    /// What can be done now: a whole sentence.
    pub next: String,
}

impl Refusal {
    /// A refusal from its three parts.
    pub fn new(code: impl Into<String>, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code: code.into(), what: what.into(), next: next.into() }
    }
}
