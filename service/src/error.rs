//! Why a use case did not do what was asked.

use domain::Refusal;
use domain::permission::NotPermitted;
use payments::PaymentError;
use store::StoreError;

use crate::refusal;

/// Why a use case did not do what was asked. All but [`Error::Broken`] may be shown as they are.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in, or address and password do not belong together.
    SignIn,
    /// There is no such thing, or it is none of the caller's business: the same answer for both.
    NotFound,
    /// The organization has another slug now, and the caller is one of its members.
    Moved {
        /// Its dashboard's address.
        home: String,
    },
    /// The caller's role does not allow it.
    Forbidden(NotPermitted),
    /// A field is not filled in as it must be.
    Invalid {
        /// The field's name in the form.
        field: &'static str,
        /// What is wrong with it.
        problem: Refusal,
    },
    /// A rule says no.
    Refused(Refusal),
    /// The way is closed to this person: their seat rests, or the company is closed. Says why.
    Closed(Refusal),
    /// Too often; after so long it may be tried again.
    TooMany {
        /// Until then.
        after: std::time::Duration,
    },
    /// Too much at once; the same again in a moment may go through.
    Busy,
    /// Something that should not happen. Who turns this into an answer logs the whole chain once, with an incident id,
    /// and shows only the id.
    Broken(anyhow::Error),
}

impl Error {
    /// A field is not filled in as it must be.
    pub fn invalid(field: &'static str, problem: impl Into<Refusal>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }

    /// A rule says no.
    pub fn refused(why: impl Into<Refusal>) -> Self {
        Self::Refused(why.into())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignIn => f.write_str("not signed in"),
            Self::NotFound => f.write_str("not found"),
            Self::Moved { home } => write!(f, "moved to {home}"),
            Self::Forbidden(no) => write!(f, "{}", Refusal::from(*no)),
            Self::Invalid { field, problem } => write!(f, "{field}: {problem}"),
            Self::Refused(why) | Self::Closed(why) => write!(f, "{why}"),
            Self::TooMany { after } => write!(f, "too often; again in {} seconds", after.as_secs()),
            Self::Busy => f.write_str("too much at once"),
            Self::Broken(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Closed { reason } => Self::Closed(refusal::organization_closed(&reason)),
            StoreError::Suspended(how) => Self::Closed(refusal::suspended(&how, &[])),
            StoreError::NotNow(no) => Self::refused(no),
            other => Self::Broken(anyhow::Error::new(other)),
        }
    }
}

impl From<NotPermitted> for Error {
    fn from(no: NotPermitted) -> Self {
        Self::Forbidden(no)
    }
}

impl From<PaymentError> for Error {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Unknown(how) => {
                // The person can only come again, so this is told to the operator here.
                tracing::warn!(how, "the payment provider did not answer");
                Self::Refused(Refusal::new(
                    "payments-away",
                    "The payment service did not answer. Nothing was charged.",
                    "Try again in a minute.",
                ))
            }
            PaymentError::TooOften(how) => {
                tracing::warn!(how, "the payment provider takes no more changes for now");
                Self::Refused(Refusal::new(
                    "payments-busy",
                    "This subscription was changed so often that the payment service takes a break. Nothing was charged.",
                    "Try again in a few minutes.",
                ))
            }
            refused @ PaymentError::Refused { .. } => Self::Broken(anyhow::Error::new(refused)),
        }
    }
}
