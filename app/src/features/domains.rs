//! The company's e-mail domains: which count, how to prove one, and what is below them.

pub mod api;
pub mod page;
mod parts;
