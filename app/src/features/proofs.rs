//! Where the links in letters about accounts lead: to who can prove that an address is theirs.

pub mod api;
pub mod page;
