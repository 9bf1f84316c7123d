//! What can go wrong with the store itself. What a rule refuses is a value of that rule, never an error here.

use std::error::Error;

use domain::access::NotNow;
use domain::view::Suspension;

/// The store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is not there, or it is none of the asker's business: both look the same.
    #[error("not found")]
    NotFound,
    /// The organization is closed to its members, by the operator.
    #[error("the organization is closed")]
    Closed {
        /// Why, in the operator's words.
        reason: String,
    },
    /// The asker's place rests.
    #[error("the asker is suspended")]
    Suspended(Suspension),
    /// The organization's state does not allow it.
    #[error("not in this state: {0:?}")]
    NotNow(NotNow),
    /// The database refused, was busy or did not answer. The transaction is rolled back; asking again may help.
    #[error("the database did not do it")]
    Driver(#[source] Box<dyn Error + Send + Sync>),
    /// What is stored contradicts what must hold. Asking again does not help; a person must look.
    #[error("{what} is inconsistent: {detail}")]
    Inconsistent {
        /// The thing.
        what: &'static str,
        /// What is wrong with it. Never a secret.
        detail: String,
    },
}

impl StoreError {
    pub(crate) fn inconsistent(what: &'static str, detail: impl Into<String>) -> Self {
        Self::Inconsistent { what, detail: detail.into() }
    }
}

/// PostgreSQL's code for what its second wall, or a missing grant, forbids (`insufficient_privilege`).
const FORBIDDEN: &str = "42501";

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(no) = &error
            && no.code().as_deref() == Some(FORBIDDEN)
        {
            return Self::inconsistent("tenant", no.message());
        }
        Self::Driver(Box::new(error))
    }
}
