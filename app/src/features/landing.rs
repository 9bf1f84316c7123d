//! The front page.

pub mod page;
pub mod parts;
