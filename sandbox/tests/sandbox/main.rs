//! The sandbox over real HTTP: what its clients, its buyers and its webhooks see.

mod checkout;
mod errors;
mod expand;
mod faults;
mod idempotency;
mod objects;
mod pages;
mod restart;
mod shapes;
mod subscriptions;
mod webhooks;
mod world;
