//! The page behind an invitation's link.

pub mod api;
pub mod page;
