//! The billing tab: plan, seats, payment.

pub mod api;
pub mod cancel;
pub mod change;
pub mod later;
pub mod page;
pub mod parts;
pub mod reactivate;
