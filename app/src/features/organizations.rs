//! One's organizations, and a new one.

pub mod api;
pub mod page;
