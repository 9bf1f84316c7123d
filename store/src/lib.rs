//! Where Usher keeps things: SQL for SQLite and PostgreSQL, the tenancy door, leases.
//!
//! A membership opens the door ([`Store::open`]), nothing else does: all rows of a tenant are read and written through
//! the [`TenantScope`] it gives, whose private tenant id every statement binds as `$1`. The few statements that look
//! across tenants are in [`system`], each with its reason. One noun per file, SQL beside the function that runs it.

#[macro_use]
mod engine;
#[macro_use]
mod statement;

mod audit;
mod checkout;
mod domain;
mod error;
mod invitation;
mod life;
mod member;
mod organization;
mod outbox;
mod parse;
mod seat;
mod slug;
mod store;
mod subscription;
pub mod system;
mod tenancy;
mod tombstone;

pub use audit::{AuditEntry, AuditFilter, AuditRecord, Break, Chain};
pub use checkout::{CheckoutRecord, CloseReason, StartCheckout};
pub use self::domain::{DomainRecord, NewDomain};
pub use error::StoreError;
pub use invitation::{Accept, AddInvitation, Dropped, InvitationRecord, NewInvitation};
pub use member::{MemberRecord, NewMember, RemoveMember};
pub use organization::OrgRecord;
pub use outbox::{Effect, Mail};
pub use slug::{ChangeSlug, MOST_SLUGS};
pub use statement::{Statement, statements};
pub use store::Store;
pub use system::System;
pub use system::inbox::{EventOutcome, EventRecord, LeasedEvent, NewEvent, StoreEvent};
pub use system::invitation::{InvitationState, InvitationStatus};
pub use system::organization::{CreateOrganization, NewOrganization, OrgSummary};
pub use system::outbox::{EffectOutcome, LeasedEffect};
pub use system::session::SessionRecord;
pub use system::user::{CreateUser, NewUser, UserRecord};
pub use tombstone::DeleteOrganization;
pub use tenancy::{Actor, Command, Query, TenantRead, TenantScope, TenantTx, Visit, Visitor};
