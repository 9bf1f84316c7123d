//! The sandbox over real HTTP: what its clients, its buyers and its webhooks see.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod checkout;
mod errors;
mod expand;
mod faults;
mod idempotency;
mod objects;
mod pages;
mod payment_methods;
mod portal;
mod restart;
mod shapes;
mod subscriptions;
mod time;
mod webhooks;
mod world;
