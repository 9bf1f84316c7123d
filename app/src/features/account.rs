//! One's own account, and where one is signed in.

pub mod api;
pub mod page;
pub mod parts;
