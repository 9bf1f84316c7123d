//! The use cases of Usher, one verb per file.
//!
//! Every use case takes [`Services`] first, says who may call it by what it takes (a [`Caller`] is somebody who is
//! signed in), changes things in one transaction with its line in the audit log, and answers with values of
//! [`domain::view`] or with an [`Error`]. The outside world comes in through [`ServicesConfig`]: database, payment
//! provider, clock, chance, mail. Nothing is sent to the outside inside a transaction: a use case leaves a row in the
//! outbox, and [`work`] performs it.
//!
//! # What holds, whatever happens
//!
//! Kept by the code named, and tested on both engines in `tests/use_cases` and, over the provider's HTTP, in
//! `tests/world.rs`: with racers, lost answers, a provider that is away, a worker that dies.
//!
//! | always | because |
//! |---|---|
//! | no more seats are held than there are | [`invite()`] takes one by a guarded update; [`accept()`] fills the one that was reserved |
//! | the billed seats become the members | joining and going leave a row in the outbox in their own transaction; [`work`] sends the absolute number that is true when it sends |
//! | the mirror becomes what the provider has | [`sync_subscription()`] is its only writer: under a lock, the whole snapshot, never the content of an event |
//! | an event that was answered with 200 is not lost | [`receive_webhook()`] stores first; the worker leases, repeats, parks, and puts aside for a person |
//! | one customer, one open payment page | [`start_checkout()`] writes a row first, and its key is the provider's idempotency key |
//! | who cancels a payment page cannot pay on it, who has paid cannot pay again | [`abandon_checkout()`] and [`sync_subscription()`] close the page at the provider |
//! | a change of the plan is made once, for what was shown | [`confirm_quote()`] writes first, asks with the row's key, and [`work`] finishes |
//! | an organization has an owner | removing and [`leave()`] are guarded by the number of owners |
//! | a stranger learns nothing | an organization that is not theirs and one that is not there are the same [`Error::NotFound`] |
//! | an invitation is for one person, once | [`accept()`] compares the addresses; the token is random, kept as a hash, and used up in the transaction that joins |

mod abandon_checkout;
mod accept;
mod accept_as_new;
mod account;
mod add_billing_contact;
mod add_domain;
mod address_change;
mod approve_request;
mod ask_to_join;
mod audit_log;
mod billing;
mod billing_contact;
mod billing_details;
mod caller;
mod cancel_address_change;
mod cancel_invitation;
mod cancel_plan;
mod carry;
mod change;
mod change_address;
mod change_invitation_role;
mod change_password;
mod change_role;
mod change_slug;
mod checkout;
mod clock;
mod close_organization;
mod confirm;
mod confirm_address;
mod confirm_quote;
mod confirmation;
mod continue_on_free;
mod course;
mod course_news;
mod create_organization;
mod decline_request;
mod delete_account;
mod delete_organization;
mod desk;
mod device;
mod displaced;
mod dns;
mod domains;
mod door;
mod dunning;
mod end_other_sessions;
mod end_session;
mod end_trial;
mod entitlement;
mod entropy;
mod error;
mod export_audit;
mod export_invoices;
mod fewer_seats;
mod finish_checkout;
mod forgot;
mod general;
mod guesses;
mod hint;
mod hosts;
mod inbox;
mod intake;
mod invitation;
mod invitation_link;
mod invitations;
mod invite;
mod invite_csv;
mod invite_several;
mod invoices;
mod later;
mod leave;
mod leaving;
mod letters;
mod limits;
pub mod mail;
mod make_account;
mod move_plan;
mod next_invoice;
mod open_portal;
mod organizations;
mod pages;
mod password;
mod pause_plan;
mod pay_invoice;
mod people_file;
mod phase;
mod plan_versions;
mod policy;
mod prove;
mod quote;
mod reactivate_member;
mod reactivation;
mod receive_webhook;
mod reclaim;
mod reconcile;
mod refresh_invoices;
mod refusal;
mod remove_domain;
mod remove_member;
mod rename;
mod reopen_organization;
mod request_seat;
mod requests;
mod resend_confirmation;
mod resend_invitation;
mod reset;
mod reset_view;
mod resume_plan;
mod rounds;
mod seats;
mod secret;
mod services;
mod session;
mod sessions;
mod set_join_requests;
mod set_subdomains;
mod settings;
mod shop;
mod sign_in;
mod sign_out;
mod sign_out_everywhere;
mod sign_up;
mod start_checkout;
mod suspend_member;
mod sync_invoice;
mod sync_subscription;
mod take_back_quote;
mod take_up;
mod team;
mod tell;
mod token;
mod transfer_ownership;
mod turn;
mod undo_change;
mod unpause_plan;
mod verify_audit;
mod verify_domain;
mod versions;
mod who;
mod withdraw_request;
mod words;
pub mod work;

pub use abandon_checkout::abandon_checkout;
pub use accept::accept;
pub use accept_as_new::accept_as_new;
pub use account::account;
pub use add_billing_contact::add_billing_contact;
pub use add_domain::add_domain;
pub use address_change::address_change;
pub use approve_request::approve_request;
pub use ask_to_join::ask_to_join;
pub use audit_log::audit_log;
pub use billing::billing;
pub use billing_contact::{
    billing_contact, confirm_billing_contact, prefer_billing_contact, remove_billing_contact, resend_billing_contact,
};
pub use billing_details::{billing_details, set_billing_details};
pub use caller::Caller;
pub use cancel_address_change::cancel_address_change;
pub use cancel_invitation::cancel_invitation;
pub use cancel_plan::cancel_plan;
pub use change::{ChangeInput, change};
pub use change_address::change_address;
pub use change_invitation_role::change_invitation_role;
pub use change_password::change_password;
pub use change_role::change_role;
pub use change_slug::change_slug;
pub use clock::{Clock, SystemClock};
pub use close_organization::close_organization;
pub use confirm::{Confirmed, confirm};
pub use confirm_address::confirm_address;
pub use confirm_quote::confirm_quote;
pub use confirmation::confirmation;
pub use continue_on_free::continue_on_free;
pub use create_organization::{CreateOrganization, create_organization};
pub use decline_request::decline_request;
pub use delete_account::delete_account;
pub use delete_organization::delete_organization;
pub use desk::desk;
pub use dns::{NameServers, NoAnswer, TxtLookup};
pub use domains::domains;
pub use end_other_sessions::end_other_sessions;
pub use end_session::end_session;
pub use end_trial::end_trial;
pub use entropy::{Entropy, SystemEntropy};
pub use error::Error;
pub use export_audit::{AuditExport, AuditFormat, export_audit};
pub use export_invoices::{InvoiceExport, export_invoices};
pub use fewer_seats::fewer_seats;
pub use finish_checkout::finish_checkout;
pub use forgot::forgot;
pub use general::general;
pub use hosts::Host;
pub use inbox::{InboxEvent, drop_event, inbox, inbox_event, replay_event, replay_events};
pub use invitation::invitation;
pub use invitation_link::invitation_link;
pub use invitations::invitations;
pub use invite::{Invite, invite};
pub use invite_csv::invite_csv;
pub use invite_several::invite_several;
pub use invoices::invoices;
pub use later::{later, schedule_change};
pub use leave::leave;
pub use leaving::leaving;
pub use letters::letters;
pub use limits::Limits;
pub use mail::{DevMailbox, MailError, Mailer, SmtpMailer};
pub use make_account::make_account;
pub use move_plan::{Fate, MovePlan, MoveRow, PlanMove, move_subscriber, plan_move};
pub use next_invoice::next_invoice;
pub use open_portal::{back_from_portal, open_portal};
pub use organizations::organizations;
pub use pause_plan::pause_plan;
pub use pay_invoice::pay_invoice;
pub use plan_versions::{PlanVersion, plan_versions};
pub use reactivate_member::reactivate_member;
pub use reactivation::reactivation;
pub use receive_webhook::{Received, WebhookError, receive_webhook};
pub use reclaim::reclaim;
pub use reconcile::{Finding, Reconcile, Reconciled, reconcile};
pub use refresh_invoices::refresh_invoices;
pub use remove_domain::remove_domain;
pub use remove_member::remove_member;
pub use rename::rename;
pub use reopen_organization::reopen_organization;
pub use request_seat::{RequestSeat, request_seat};
pub use requests::requests;
pub use resend_confirmation::resend_confirmation;
pub use resend_invitation::resend_invitation;
pub use reset::reset;
pub use reset_view::reset_view;
pub use resume_plan::resume_plan;
pub use secret::secret;
pub use services::{Services, ServicesConfig};
pub use sessions::sessions;
pub use set_join_requests::set_join_requests;
pub use set_subdomains::set_subdomains;
pub use settings::{PasswordCost, Settings};
pub use shop::{Diagnosis, Severity, ShopDiff, Surroundings, examine_shop, shop_diff, sync_shop};
pub use sign_in::{SignIn, SignedIn, sign_in};
pub use sign_out::sign_out;
pub use sign_out_everywhere::sign_out_everywhere;
pub use sign_up::{SignUp, SignUpStarted, sign_up};
pub use start_checkout::{StartCheckout, start_checkout};
pub use store::{EventRecord, InboxState, Visit, Which};
pub use suspend_member::suspend_member;
pub use sync_invoice::sync_invoice;
pub use sync_subscription::sync_subscription;
pub use take_back_quote::take_back_quote;
pub use team::team;
pub use token::SessionToken;
pub use transfer_ownership::transfer_ownership;
pub use undo_change::undo_change;
pub use unpause_plan::unpause_plan;
pub use verify_audit::{VerifiedAudit, verify_audit};
pub use verify_domain::verify_domain;
pub use who::who;
pub use withdraw_request::withdraw_request;
