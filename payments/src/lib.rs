//! The payment provider as Usher sees it, and Stripe behind it.
//!
//! [`provider::PaymentProvider`] is all that `service` knows. [`stripe`] speaks Stripe's HTTP, against Stripe or
//! against the sandbox: only base URL, key and secret differ. [`signature`] checks what a webhook claims.

pub mod event;
pub mod provider;
pub mod signature;
pub mod stripe;

pub use event::EventEnvelope;
pub use provider::{PaymentError, PaymentProvider};
