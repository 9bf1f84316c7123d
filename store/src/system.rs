//! The few statements that look across tenants, and why each has to.
//!
//! Each of the files below begins with its reason. A statement belongs here only if no tenant is known yet (signing
//! in, knocking at the door, a webhook), if it serves all of them (queues, expiries), or if it makes one.

pub mod account;
pub mod address;
pub mod audit;
pub mod billing_contact;
pub mod domain;
pub mod dunning;
pub mod failure;
pub mod finding;
pub mod floor;
pub mod inbox;
pub mod invitation;
pub mod lock;
pub mod mailbox;
pub mod organization;
pub mod outbox;
pub mod plan;
pub mod quote;
pub mod reset;
pub mod seat;
pub mod secret;
pub mod session;
pub mod sign_up;
pub mod tombstone;
pub mod user;

mod door;

pub(crate) use door::STATEMENTS as DOOR_STATEMENTS;

use crate::Store;

/// The way to them: [`Store::system`].
#[derive(Clone, Copy, Debug)]
pub struct System<'s> {
    pub(crate) store: &'s Store,
}
