//! The audit log: who did what.

pub mod api;
pub mod page;
mod parts;
