//! What is known of an organization.

pub mod page;
