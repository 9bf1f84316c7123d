//! What the screens are told: plain values, no secrets, the same on the server and in the browser.
//!
//! `service` fills them, `app` draws them.

mod account;
mod audit;
mod change;
mod course;
mod domains;
mod invoices;
mod later;
mod organization;
mod team;

use serde::{Deserialize, Serialize};

pub use account::*;
pub use audit::*;
pub use change::*;
pub use course::*;
pub use domains::*;
pub use invoices::*;
pub use later::*;
pub use organization::*;
pub use team::*;

use crate::ids::{MailId, OrgId};
use crate::time::Period;
use crate::{
    Access, Currency, EmailAddress, EmailDomain, Interval, Money, Plan, PlanKey, Role, SeatCount, SeatLimit, Slug,
    SubscriptionStatus, Timestamp,
};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Their address.
    pub email: EmailAddress,
}

/// One line of the list of one's organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgRow {
    /// For addresses.
    pub slug: Slug,
    /// Where its dashboard is, which may be at a host of its own.
    pub href: String,
    /// For people.
    pub name: String,
    /// One's own role there.
    pub role: Role,
    /// Its plan's name.
    pub plan: String,
    /// Its seats.
    pub seats: Seats,
}

/// Seats as every screen shows them: one source for every number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Who holds them.
    pub count: SeatCount,
    /// How many there may be.
    pub limit: SeatLimit,
}

/// What every page inside an organization needs: the frame around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// The tenant.
    pub org: OrgId,
    /// For addresses.
    pub slug: Slug,
    /// For people.
    pub name: String,
    /// The company's e-mail domain; `None` when it was created from a free mailbox.
    pub domain: Option<EmailDomain>,
    /// Who is looking.
    pub me: Me,
    /// As what.
    pub role: Role,
    /// Seats now.
    pub seats: Seats,
    /// The name of the plan now.
    pub plan: String,
    /// What the subscription lets them do.
    pub access: Access,
    /// All organizations of who is looking, for the switcher.
    pub organizations: Vec<OrgRow>,
}

/// The billing tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingView {
    /// The frame.
    pub desk: Desk,
    /// The plan now.
    pub plan: Plan,
    /// What is bought, if something is.
    pub subscription: Option<SubscriptionView>,
    /// A payment page that was opened and not finished.
    pub open_checkout: Option<OpenCheckout>,
    /// What is sold, in order; the current plan among them.
    pub plans: Vec<Plan>,
    /// Whether plans are sold here at all; where billing is switched off, they are not shown.
    pub selling: bool,
    /// What the organization pays in, since it has bought for the first time.
    pub currency: Option<Currency>,
    /// Owners, for "ask an owner".
    pub owners: Vec<EmailAddress>,
    /// A seat change has not reached the provider yet.
    pub seat_change_pending: bool,
    /// A change that waits for its payment.
    pub waiting_change: Option<WaitingChange>,
    /// What is owed, if something is.
    pub debt: Option<DebtView>,
    /// The last invoices, for who may see them.
    pub invoices: Vec<InvoiceRow>,
    /// How the plan goes on, while one is paid.
    pub course: Option<CourseView>,
    /// The provider has a page for who pays here.
    pub portal: bool,
}

/// The subscription for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// Its state.
    pub status: SubscriptionStatus,
    /// Paid how often.
    pub interval: Interval,
    /// For one seat, if the plan is sold by seats.
    pub per_seat: Option<Money>,
    /// Flat, if the plan has a base.
    pub base: Option<Money>,
    /// Seats that are billed.
    pub quantity: u32,
    /// What the next period costs as things stand.
    pub total: Money,
    /// The period now.
    pub period: Period,
    /// When it ends, if that is decided; otherwise it renews at the period's end.
    pub ends_at: Option<Timestamp>,
    /// When the trial ends.
    pub trial_ends_at: Option<Timestamp>,
    /// `Visa 4242`.
    pub card: Option<String>,
}

/// A started payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCheckout {
    /// For which plan.
    pub plan: PlanKey,
    /// Where it goes on.
    pub url: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// How a visit to the payment page ended, as far as is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutOutcome {
    /// Paid, and the subscription is here.
    Active,
    /// Paid; the subscription is on its way.
    Activating,
    /// Not finished yet.
    Open,
    /// The page has expired; nothing was charged.
    Expired,
}

/// What somebody who opens an invitation's link is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Into which organization.
    pub organization: String,
    /// Where it lives.
    pub slug: Slug,
    /// Who asked.
    pub invited_by: EmailAddress,
    /// Who is asked.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Until when.
    pub expires_at: Timestamp,
    /// Who may answer, as things stand.
    pub visitor: Visitor,
}

/// Who has opened an invitation's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visitor {
    /// Nobody is signed in and the address has no account: a password is all that is missing.
    New,
    /// As [`Visitor::New`], by a link that was handed over and shows nothing about who has it: a letter comes first.
    Unproved,
    /// Nobody is signed in and the address has an account.
    HasAccount,
    /// The invited person.
    Invited,
    /// Somebody else is signed in.
    Other(EmailAddress),
}

/// One letter in the development mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which.
    pub id: MailId,
    /// To whom.
    pub to: String,
    /// About what.
    pub subject: String,
    /// The whole text.
    pub text: String,
    /// Written when.
    pub written_at: Timestamp,
}
