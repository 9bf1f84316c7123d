//! Changing what was bought, in the middle of a paid period: what it would cost, and doing it.

use async_trait::async_trait;
use domain::quote::{Basis, Counts, QuoteLineKind};
use domain::subscription::{
    ProviderCustomerId, ProviderInvoiceId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId,
};
use domain::time::Period;
use domain::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Fetched, IdempotencyKey, PaymentError};

/// A line as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedLine {
    /// Which; `None`: it is added.
    pub item: Option<ProviderItemId>,
    /// At which price.
    pub price: ProviderPriceId,
    /// How many. Always said, because a changed price alone would mean one.
    pub quantity: u32,
}

/// A change of a subscription's lines, agreed to by somebody who has seen what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Of which subscription.
    pub subscription: ProviderSubscriptionId,
    /// Whose it is.
    pub customer: ProviderCustomerId,
    /// The lines that change or are added, and how.
    pub lines: Vec<ChangedLine>,
    /// The lines that are taken away.
    pub dropped: Vec<ProviderItemId>,
    /// From when on it counts, and so whether money moves at once.
    pub counts: Counts,
}

/// A line of an invoice in our words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What it is for.
    pub kind: QuoteLineKind,
    /// At which price, where it says so.
    pub price: Option<ProviderPriceId>,
    /// How many.
    pub quantity: u32,
    /// How much; below nothing for what is given back.
    pub amount: Money,
    /// For which time.
    pub period: Period,
}

/// What an invoice comes to: one that was previewed, or one that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSheet {
    /// All its lines.
    pub lines: Vec<InvoiceLine>,
    /// All lines together.
    pub total: Money,
    /// What is charged, or was.
    pub due: Money,
}

/// What a subscription is, and all that a quote is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// As it is now.
    pub fetched: Fetched,
    /// What was charged for it, and what the customer has to their credit.
    pub basis: Basis,
}

/// How a change that was asked for stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The subscription afterwards. If it says that a change is waiting, nothing has changed yet.
    pub fetched: Fetched,
    /// Where the buyer pays, or lets their bank know that it is them, when something waits for that.
    pub pay_url: Option<String>,
}

/// Why a change that waits is not paid yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpaid {
    /// The bank wants the buyer to say that it is them.
    AsksTheBuyer,
    /// The card was refused; the provider's reason, such as `insufficient_funds`.
    CardRefused(String),
}

/// What Usher asks of a provider to change what was bought.
#[async_trait]
pub trait Changes: Send + Sync + 'static {
    /// A subscription with what was charged for its period.
    async fn standing(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Standing, PaymentError>;

    /// The invoice that this change would make now. Makes none, and changes nothing.
    async fn preview(&self, change: &Change) -> Result<InvoiceSheet, PaymentError>;

    /// Makes the change and its invoice. It happens when that is paid, all of it or nothing: until then it is a change
    /// that waits. The answer to a key that was used before may be the one of that time; fetch the subscription then.
    async fn change(&self, key: &IdempotencyKey, change: &Change, now: Timestamp) -> Result<Changed, PaymentError>;

    /// An invoice as it was made.
    async fn sheet(&self, id: &ProviderInvoiceId) -> Result<InvoiceSheet, PaymentError>;

    /// Why this invoice is not paid; `None` when it is, or when nobody has tried.
    async fn unpaid(&self, id: &ProviderInvoiceId) -> Result<Option<Unpaid>, PaymentError>;

    /// Gives up a change that waits for this invoice: nobody can pay it any more. Given up or over already is no error.
    async fn give_up(&self, id: &ProviderInvoiceId) -> Result<(), PaymentError>;
}
