//! The development mailbox.

pub mod api;
pub mod page;
