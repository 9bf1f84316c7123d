//! The parts of the team page.

mod door;
mod people;

pub use door::Door;
pub use people::People;
