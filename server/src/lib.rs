//! The `usher` binary: configuration, command line, HTTP, and the worker beside it.
//!
//! [`config`] reads and checks what is set, [`build`] makes the use cases' services of it, [`web`] serves them, and
//! [`serve`], [`migrate`] and [`demo`] are the commands.

// Views are deeply nested types.
#![recursion_limit = "512"]

pub mod audit;
pub mod build;
pub mod cli;
pub mod config;
pub mod demo;
pub mod migrate;
pub mod organization;
pub mod plan;
pub mod serve;
pub mod stripe;
pub mod telemetry;
pub mod web;
