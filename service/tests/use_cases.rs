//! The use cases, on both engines, with a clock moved by hand.
//!
//! Money is taken by [`till::Till`], which stands in for the provider behind its trait, so that an answer can be lost
//! or withheld at an exact moment. The same over the provider's HTTP is in `world.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

/// Makes of each claim one test on SQLite and one on PostgreSQL.
macro_rules! claims {
    ($($name:ident;)+) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(crate::stand::Stand::sqlite().await).await;
        })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(crate::stand::Stand::postgres().await).await;
        })+ }
    };
}

#[path = "use_cases/accounts.rs"]
mod accounts;
#[path = "use_cases/addresses.rs"]
mod addresses;
#[path = "use_cases/ahead.rs"]
mod ahead;
#[path = "use_cases/audit.rs"]
mod audit;
#[path = "use_cases/batch.rs"]
mod batch;
#[path = "use_cases/billed.rs"]
mod billed;
#[path = "use_cases/books.rs"]
mod books;
#[path = "use_cases/buying.rs"]
mod buying;
#[path = "use_cases/carried.rs"]
mod carried;
#[path = "use_cases/changing.rs"]
mod changing;
#[path = "use_cases/course.rs"]
mod course;
#[path = "use_cases/deletion.rs"]
mod deletion;
#[path = "use_cases/domains.rs"]
mod domains;
#[path = "use_cases/ends.rs"]
mod ends;
#[path = "use_cases/general.rs"]
mod general;
#[path = "use_cases/given_up.rs"]
mod given_up;
#[path = "use_cases/growth.rs"]
mod growth;
#[path = "use_cases/invitations.rs"]
mod invitations;
#[path = "use_cases/invoice_details.rs"]
mod invoice_details;
#[path = "use_cases/later.rs"]
mod later;
#[path = "use_cases/lock_out.rs"]
mod lock_out;
#[path = "use_cases/mail.rs"]
mod mail;
#[path = "use_cases/members.rs"]
mod members;
#[path = "use_cases/moves.rs"]
mod moves;
#[path = "use_cases/organizations.rs"]
mod organizations;
#[path = "use_cases/passwords.rs"]
mod passwords;
#[path = "use_cases/payments_late.rs"]
mod payments_late;
#[path = "use_cases/people.rs"]
mod people;
#[path = "use_cases/reclaim.rs"]
mod reclaim;
#[path = "use_cases/requests.rs"]
mod requests;
#[path = "use_cases/rollout.rs"]
mod rollout;
#[path = "use_cases/seats.rs"]
mod seats;
#[path = "use_cases/sessions.rs"]
mod sessions;
#[path = "use_cases/shop.rs"]
mod shop;
#[path = "use_cases/sign_ups.rs"]
mod sign_ups;
#[path = "use_cases/stand.rs"]
mod stand;
#[path = "use_cases/till.rs"]
mod till;
#[path = "use_cases/till_invoices.rs"]
mod till_invoices;
#[path = "use_cases/versions.rs"]
mod versions;
#[path = "use_cases/webhooks.rs"]
mod webhooks;
