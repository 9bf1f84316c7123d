//! Who sits where: the team page, and those around it.

pub mod api;
pub mod invitations;
pub mod invite;
pub mod page;
pub mod parts;
pub mod reclaim;
pub mod requests;
