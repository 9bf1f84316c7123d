//! What Usher asks of a payment provider. A second provider is a second implementation of this trait.

mod change;
pub mod course;
mod invoice;
mod shop;

use async_trait::async_trait;
use domain::billed::HowPaid;
use domain::ids::OrgId;
use domain::plan::PriceSpec;
use domain::subscription::{
    ProviderCheckoutId, ProviderCustomerId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId,
};
use domain::{EmailAddress, Subscription, Timestamp};

pub use change::{Change, Changed, ChangedLine, Changes, InvoiceLine, InvoiceSheet, Standing, Unpaid};
pub use invoice::{InvoicePage, Invoices, Payer};
pub use shop::{
    Account, Bank, Billed, Part, Shop, ShopChange, ShopChanged, ShopEndpoint, ShopMeter, ShopPortal, ShopPrice,
    ShopProduct,
};

/// Why the provider did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// It said no, and will say no again: a wrong request, a missing object, a declined card.
    #[error("the payment provider refused: {code}: {message} (request {request})")]
    Refused {
        /// The provider's code, such as `resource_missing`.
        code: String,
        /// The provider's words. For the log, never for a browser.
        message: String,
        /// The provider's name for the request, or `-`.
        request: String,
    },
    /// It was not done, because it was asked too often about this one object: the provider takes only so many changes
    /// and invoices of a subscription in a while. Ask again later, with the same key or another.
    #[error("the payment provider takes no more changes for now: {0}")]
    TooOften(String),
    /// It is not known whether it was done: no answer, a time-out, a 409, a 429, a 5xx. Ask again with the same key.
    #[error("the payment provider did not answer properly: {0}")]
    Unknown(String),
}

impl PaymentError {
    /// Whether the same call with the same key may go through later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::TooOften(_) | Self::Unknown(_))
    }
}

/// The name of one intended effect. The same key is never used for two intents, and the same intent always has the
/// same key: the id of the outbox row, or of the row that says what was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

/// A customer to be made: one for each organization, never for a person.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Whose.
    pub org: OrgId,
    /// The organization's name.
    pub name: String,
    /// Where invoices go.
    pub email: EmailAddress,
}

/// A change of billed seats: lines and how many each is to have, absolutely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatChange {
    /// Each line that changes.
    pub lines: Vec<(SeatLine, u32)>,
    /// How the money moves.
    pub paid: HowPaid,
    /// What rides on the next invoice is billed once a month, though the subscription is paid by the year.
    pub monthly: bool,
}

/// A line of a subscription whose quantity is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatLine {
    /// One that is there.
    Item(ProviderItemId),
    /// One that is made, of this price.
    New(ProviderPriceId),
}

/// One line of a payment page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutLine {
    /// What.
    pub price: ProviderPriceId,
    /// How many.
    pub quantity: u32,
}

/// A payment page to be opened.
#[derive(Clone, Debug)]
pub struct NewCheckout {
    /// For whom; travels as `client_reference_id` and as metadata `usher_org` of session and subscription.
    pub org: OrgId,
    /// The organization's customer.
    pub customer: ProviderCustomerId,
    /// What is bought.
    pub lines: Vec<CheckoutLine>,
    /// What is bought along and counted in use, so that it has no quantity.
    pub metered: Vec<ProviderPriceId>,
    /// Days before the first payment; 0: none.
    pub trial_days: u32,
    /// Where the buyer comes back to after paying; the provider puts the checkout's id for `{CHECKOUT_SESSION_ID}`.
    pub success_url: String,
    /// Where the buyer comes back to without paying.
    pub cancel_url: String,
    /// When the page closes (30 minutes to 24 hours from now at Stripe).
    pub expires_at: Timestamp,
}

/// A payment page's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutStatus {
    /// Waits for the buyer.
    Open,
    /// Paid, or a trial begun.
    Complete,
    /// Closed without payment.
    Expired,
}

/// A payment page at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The provider's name for it.
    pub id: ProviderCheckoutId,
    /// Where the buyer pays; gone once it is not open.
    pub url: Option<String>,
    /// Its state.
    pub status: CheckoutStatus,
    /// For whom, as `client_reference_id` says.
    pub org: Option<OrgId>,
    /// The customer.
    pub customer: Option<ProviderCustomerId>,
    /// What came of it.
    pub subscription: Option<ProviderSubscriptionId>,
    /// When it closes.
    pub expires_at: Timestamp,
}

/// A subscription as the provider has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// In our words.
    pub subscription: Subscription,
    /// For whom, as its metadata says; the customer is the stronger witness.
    pub org: Option<OrgId>,
}

/// What Usher asks of a provider.
///
/// `Err(PaymentError::Refused)` is terminal; `Err(PaymentError::Unknown)` may have happened or not, and is asked again
/// with the same key. Implementations bound every call in time, and retry by themselves only with the key they were
/// given. Times that go into a snapshot's `fetched_at` are the caller's: the moment before the call.
#[async_trait]
pub trait PaymentProvider: Changes + course::Course + Invoices + Shop + Send + Sync + 'static {
    /// Makes a customer.
    async fn create_customer(
        &self,
        key: &IdempotencyKey,
        new: &NewCustomer,
    ) -> Result<ProviderCustomerId, PaymentError>;

    /// The price of that description, made (with its product) if it is not there yet. Never edits one.
    async fn ensure_price(&self, spec: &PriceSpec) -> Result<ProviderPriceId, PaymentError>;

    /// Opens a payment page.
    async fn open_checkout(&self, key: &IdempotencyKey, new: &NewCheckout) -> Result<Checkout, PaymentError>;

    /// A payment page as it is now.
    async fn checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError>;

    /// Closes an open payment page. Already closed or finished is no error: read the answer's status.
    async fn expire_checkout(&self, id: &ProviderCheckoutId) -> Result<Checkout, PaymentError>;

    /// A subscription as it is now.
    async fn subscription(&self, id: &ProviderSubscriptionId, now: Timestamp) -> Result<Fetched, PaymentError>;

    /// All subscriptions of a customer, ended ones too, the newest first.
    async fn subscriptions_of(
        &self,
        customer: &ProviderCustomerId,
        now: Timestamp,
    ) -> Result<Vec<Fetched>, PaymentError>;

    /// Sets the billed seats, absolutely.
    async fn set_seats(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        change: &SeatChange,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Ends a subscription at once.
    async fn cancel_now(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;
}
