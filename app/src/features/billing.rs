//! The billing tab: plan, seats, payment.

pub mod api;
pub mod change;
pub mod page;
pub mod parts;
pub mod reactivate;
