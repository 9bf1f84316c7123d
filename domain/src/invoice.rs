//! Invoices: the provider's bills as we mirror them, and which of them are owed.
//!
//! As with subscriptions the provider is the truth and is read as whole snapshots. What is paid or void stays so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::subscription::{Believe, ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use crate::time::Period;
use crate::{Currency, Money, Timestamp};

/// A state in the provider's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Still being written: it may change, and has no number.
    Draft,
    /// To be paid.
    Open,
    /// Paid, or there was nothing to pay.
    Paid,
    /// Taken back.
    Void,
    /// The provider does not expect to be paid any more. It is still owed.
    Uncollectible,
}

impl InvoiceStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Open, Self::Paid, Self::Void, Self::Uncollectible];

    /// The provider's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
            Self::Uncollectible => "uncollectible",
        }
    }

    /// Whether it never changes again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Paid | Self::Void)
    }
}

impl fmt::Display for InvoiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no state of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state of an invoice")]
pub struct UnknownInvoiceStatus(pub String);

impl FromStr for InvoiceStatus {
    type Err = UnknownInvoiceStatus;
    fn from_str(word: &str) -> Result<Self, UnknownInvoiceStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| UnknownInvoiceStatus(word.chars().take(40).collect()))
    }
}

/// Why there is an invoice. Whatever the provider invents is [`BillingReason::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingReason {
    /// Something was bought for the first time.
    Create,
    /// A new period has begun.
    Cycle,
    /// What is bought has changed within its period.
    Update,
    /// Somebody has written it by hand.
    Manual,
    /// Something else.
    Other,
}

impl BillingReason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Cycle, Self::Update, Self::Manual, Self::Other];

    /// Its word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Cycle => "cycle",
            Self::Update => "update",
            Self::Manual => "manual",
            Self::Other => "other",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Create => "First payment",
            Self::Cycle => "Renewal",
            Self::Update => "Change of plan or seats",
            Self::Manual => "Single invoice",
            Self::Other => "Invoice",
        }
    }
}

impl FromStr for BillingReason {
    type Err = std::convert::Infallible;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(Self::ALL.into_iter().find(|reason| reason.as_str() == word).unwrap_or(Self::Other))
    }
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// In the provider's words.
    pub description: String,
    /// How many, if it is counted.
    pub quantity: Option<u64>,
    /// How much; below nothing is a credit.
    pub amount: Money,
    /// For when.
    pub period: Period,
    /// A part of a period, because something changed within it.
    pub proration: bool,
}

/// Our mirror of one invoice. Written only by `service::sync_invoice`.
///
/// `total + balance = due` always: the balance is what earlier credits (below nothing) or left-over debts make of the
/// total, and what a total below nothing leaves for later invoices (above nothing).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The provider's name for it.
    pub id: ProviderInvoiceId,
    /// Whose it is at the provider.
    pub customer: ProviderCustomerId,
    /// What it is for, if for a subscription.
    pub subscription: Option<ProviderSubscriptionId>,
    /// Its number for people; drafts have none.
    pub number: Option<String>,
    /// What it is now.
    pub status: InvoiceStatus,
    /// Why there is one.
    pub reason: BillingReason,
    /// The sum of its lines before discounts and taxes.
    pub subtotal: Money,
    /// The sum of it all; below nothing is a credit.
    pub total: Money,
    /// What credits and debts of before make of the total.
    pub balance: Money,
    /// What is or was to be paid.
    pub due: Money,
    /// What was paid.
    pub paid: Money,
    /// What is still to be paid.
    pub remaining: Money,
    /// What was given back of what was paid, all in all.
    pub refunded: Money,
    /// What credit notes after the payment come to, all in all.
    pub credited: Money,
    /// The payer's bank was asked to take the money back.
    pub disputed: bool,
    /// The card, for people: `Visa 4242`.
    pub card: Option<String>,
    /// The bank wants the payer's word before it pays.
    pub needs_confirmation: bool,
    /// How often it was tried to take the money.
    pub attempts: u32,
    /// When it is tried again.
    pub next_attempt: Option<Timestamp>,
    /// The period it is about.
    pub period: Period,
    /// Written when.
    pub created_at: Timestamp,
    /// To be paid by then, if it is not taken from a card.
    pub due_at: Option<Timestamp>,
    /// Since when it does not change any more.
    pub finalized_at: Option<Timestamp>,
    /// Paid when.
    pub paid_at: Option<Timestamp>,
    /// Where it is paid and read.
    pub page: Option<String>,
    /// Where it is as a PDF.
    pub pdf: Option<String>,
    /// The provider's names for its payments, by which refunds and disputes find it.
    pub payments: Vec<String>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// When our fetch of this snapshot began.
    pub fetched_at: Timestamp,
}

impl Invoice {
    /// In what it is written.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.total.currency
    }

    /// Whether `new` replaces `stored` (the same provider id, or nothing stored yet).
    #[must_use]
    pub fn believe(stored: Option<&Self>, new: &Self) -> Believe {
        let Some(old) = stored else { return Believe::Yes };
        match (old.status.is_terminal(), new.status.is_terminal()) {
            (true, false) => Believe::Ended,
            (false, true) => Believe::Yes,
            _ if new.fetched_at < old.fetched_at => Believe::Older,
            _ => Believe::Yes,
        }
    }

    /// Whether it should have been paid by now: the provider has tried in vain, or given up, or its day is over.
    ///
    /// An unfinished purchase is no debt, nor is the invoice of a change that waits for its payment (`waiting`): both
    /// vanish when they are not paid, and nothing was had for them.
    #[must_use]
    pub fn is_owed(&self, waiting: Option<&ProviderInvoiceId>, now: Timestamp) -> bool {
        let late = match self.status {
            InvoiceStatus::Draft | InvoiceStatus::Paid | InvoiceStatus::Void => false,
            InvoiceStatus::Uncollectible => true,
            InvoiceStatus::Open => {
                self.attempts > 0 || self.needs_confirmation || self.due_at.is_some_and(|due| due <= now)
            }
        };
        late && self.remaining.minor > 0 && self.reason != BillingReason::Create && waiting != Some(&self.id)
    }

    /// Its number, or what to call it while it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.number.as_deref().unwrap_or("Draft")
    }
}

/// The invoice to come, as things stand. It is not kept and cannot be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextInvoice {
    /// When it will be written.
    pub at: Timestamp,
    /// The sum of it all; below nothing is a credit.
    pub total: Money,
    /// What credits and debts of before make of the total.
    pub balance: Money,
    /// What will be taken.
    pub due: Money,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
}
