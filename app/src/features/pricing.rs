//! The plans, on their own page and on the front page.

pub mod page;
pub mod parts;
