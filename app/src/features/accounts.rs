//! Accounts: signing up, in and out, and a forgotten password.

pub mod api;
pub mod page;
pub mod parts;
