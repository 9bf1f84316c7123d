//! A subscription that rests.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// The subscription as a whole: nothing is given and nothing is billed, until somebody says so.
    Service,
    /// Only the collecting of money: periods go on and everything is given.
    Collection {
        /// When it goes on by itself; `None`: when somebody says so.
        resumes_at: Option<Timestamp>,
    },
}
