//! Accounts: signing up, in and out.

pub mod api;
pub mod page;
