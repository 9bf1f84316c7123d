//! What stands on invoices, and who gets them.

pub mod api;
#[cfg(feature = "ssr")]
pub mod contact;
pub mod page;
pub mod parts;
