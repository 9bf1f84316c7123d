//! The rules of Usher: seats, plans, money, roles, addresses.
//!
//! Everything here is a function of its arguments: no clock, no database, no chance, no float.
//! The crate builds for the server and for the browser, so a rule shown at a field is the rule that is enforced.
//! One noun per file; the same stem names the noun in `store`, `service` and `app`.

pub mod access;
pub mod audit;
pub mod billed;
pub mod billing_details;
pub mod catalog;
pub mod course;
pub mod drift;
pub mod dunning;
pub mod email;
pub mod ids;
pub mod invoice;
pub mod money;
pub mod number;
pub mod overage;
pub mod password;
pub mod permission;
pub mod plan;
pub mod quote;
pub mod refusal;
pub mod rehearsal;
pub mod role;
pub mod rollout;
pub mod seat;
pub mod slug;
pub mod subscription;
pub mod tax_id;
pub mod time;
pub mod view;

pub use access::Access;
pub use catalog::Catalog;
pub use drift::{Drift, Repair};
pub use email::{EmailAddress, EmailDomain};
pub use invoice::{Invoice, InvoiceStatus};
pub use money::{Currency, Money};
pub use permission::Permission;
pub use plan::{Interval, Plan, PlanKey, Price};
pub use refusal::Refusal;
pub use role::Role;
pub use rollout::Rollout;
pub use seat::{SeatCount, SeatLimit};
pub use slug::Slug;
pub use subscription::{Subscription, SubscriptionStatus};
pub use time::Timestamp;
