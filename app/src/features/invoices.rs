//! Invoices: the list, what is owed, and the one to come.

pub mod api;
pub mod page;
pub mod parts;
