//! The sandbox over real HTTP: what its clients, its buyers and its webhooks see.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod chaos;
mod checkout;
mod console;
mod errors;
mod expand;
mod faults;
mod hosted_invoice;
mod idempotency;
mod meters;
mod money_back;
mod objects;
mod pages;
mod payment_methods;
mod portal;
mod restart;
mod schedules;
mod shapes;
mod subscriptions;
mod time;
mod webhooks;
mod world;
