//! The server as browsers, strangers and Stripe meet it: the real router behind a real listener.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

#[path = "http/accounts.rs"]
mod accounts;
#[path = "http/change.rs"]
mod change;
#[path = "http/companies.rs"]
mod companies;
#[path = "http/course.rs"]
mod course;
#[path = "http/export.rs"]
mod export;
#[path = "http/faults.rs"]
mod faults;
#[path = "http/hosts.rs"]
mod hosts;
#[path = "http/invoices.rs"]
mod invoices;
#[path = "http/log.rs"]
mod log;
#[path = "http/outsiders.rs"]
mod outsiders;
#[path = "http/place.rs"]
mod place;
#[path = "http/public.rs"]
mod public;
#[path = "http/safety.rs"]
mod safety;
#[path = "http/told.rs"]
mod told;
#[path = "http/visitor.rs"]
mod visitor;
#[path = "http/webhooks.rs"]
mod webhooks;
