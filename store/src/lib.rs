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
mod billing_contact;
mod billing_details;
mod books;
mod cancellation;
mod checkout;
mod domain;
mod dunning;
mod entitlement;
mod error;
mod invitation;
mod invitation_link;
mod invitation_list;
mod invoice;
mod join_request;
mod life;
mod many;
mod member;
mod member_list;
mod organization;
mod outbox;
mod overlooked;
mod parse;
mod quote;
mod role;
mod seat;
mod seat_event;
mod seat_period;
mod seat_request;
mod seats_floor;
mod slug;
mod store;
mod subscription;
mod suspension;
pub mod system;
mod tenancy;
mod tombstone;

pub use self::domain::{DomainRecord, NewDomain};
pub use audit::{AuditEntry, AuditFilter, AuditRecord, Break, Chain};
pub use billing_contact::{BillingContactRecord, NewBillingContact};
pub use billing_details::DetailsRecord;
pub use books::Books;
pub use cancellation::{CancellationRecord, NewCancellation};
pub use checkout::{CheckoutRecord, CloseReason, StartCheckout};
pub use entitlement::Displaced;
pub use error::StoreError;
pub use invitation::{Accept, AddInvitation, Dropped, InvitationRecord, NewInvitation};
pub use invitation_list::InvitationLineRecord;
pub use invoice::InvoiceFilter;
pub use member::{Join, MemberRecord, NewMember, RemoveMember};
pub use organization::OrgRecord;
pub use outbox::{AccountLetter, Effect, Mail};
pub use overlooked::OverlookedRecord;
pub use quote::{NewQuote, QuoteOutcome, QuoteRecord, QuoteState};
pub use role::{ChangeInvitation, ChangeRole, Transfer};
pub use seat_event::{SeatEventKind, SeatEventRecord};
pub use seat_period::SeatLine;
pub use seat_request::{AddRequest, NewSeatRequest, SeatRequestRecord};
pub use slug::{ChangeSlug, MOST_SLUGS};
pub use statement::{Statement, statements};
pub use store::Store;
pub use suspension::{Reactivate, Suspend, SuspendMember};
pub use system::System;
pub use system::account::{AccountEventRecord, AccountRecord, NewAccountEvent, Scrub, SeatOf};
pub use system::address::{AddressChangeRecord, NewAddressChange, SayYes};
pub use system::dunning::{renewal_notice, trial_notice};
pub use system::failure::{Attempt, Patience};
pub use system::finding::FindingRecord;
pub use system::inbox::desk::{EventRecord, InboxState, Which};
pub use system::inbox::finish::EventOutcome;
pub use system::inbox::lease::LeasedEvent;
pub use system::inbox::{NewEvent, StoreEvent};
pub use system::invitation::{InvitationState, InvitationStatus};
pub use system::organization::{CreateOrganization, NewOrganization, OrgSummary};
pub use system::outbox::{Decided, EffectOutcome, LeasedEffect, RepeatSignUp, WaitingSignUp};
pub use system::plan::PlanVersionRecord;
pub use system::reset::{NewPassword, NewReset, ResetRecord};
pub use system::session::{NewSession, SessionLine, SessionRecord};
pub use system::sign_up::{ConfirmSignUp, NewSignUp, SignUpRecord};
pub use system::user::{CreateUser, NewUser, UserRecord};
pub use tenancy::{Actor, Command, Query, TenantRead, TenantScope, TenantTx, Visit, Visitor};
pub use tombstone::DeleteOrganization;
