//! Who sits where, and asking people in.

pub mod api;
pub mod page;
pub mod parts;
