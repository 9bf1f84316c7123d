//! Stripe behind the trait.
