//! An organization at a glance.

pub mod api;
pub mod page;
