//! The payment provider as Usher sees it, and Stripe behind it.
//!
//! [`provider::PaymentProvider`] is all that `service` knows. [`stripe`] speaks Stripe's HTTP, against Stripe or
//! against the sandbox: only base URL, key and secret differ. [`signature`] checks what a webhook claims, and
//! [`event`] reads the few fields of it that Usher needs.

pub mod event;
pub mod provider;
pub mod secret;
pub mod signature;
pub mod stripe;

pub use event::{EventEnvelope, EventError};
pub use provider::{PaymentError, PaymentProvider};
pub use secret::{SecretKey, WebhookSecret};
pub use signature::SignatureError;
pub use stripe::{Stripe, StripeConfig};
