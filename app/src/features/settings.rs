//! What is known of an organization, and what can be done with it as a whole.

pub mod api;
pub mod page;
pub mod parts;
