//! The course of a subscription: its end and the way back, its pause, the end of its trial, what comes after the period,
//! and the provider's own page about it.

use async_trait::async_trait;
use domain::course::Reason;
use domain::subscription::{ProviderCustomerId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId};
use domain::{Interval, Timestamp};

use super::{CheckoutLine, Fetched, IdempotencyKey};
use crate::PaymentError;

/// Why somebody goes, for the provider's own statistics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// One of a few.
    pub reason: Option<Reason>,
    /// In their words.
    pub comment: Option<String>,
}

/// What is billed from the end of the period on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPhase {
    /// The lines that take the place of ours. Lines that are none of ours stay.
    pub lines: Vec<CheckoutLine>,
    /// Paid how often, all of them.
    pub interval: Interval,
    /// Who runs Usher arranges it, and not an owner. It is kept with what is arranged.
    pub moved: bool,
}

/// A line of ours that gets another price, which comes to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// Which line.
    pub item: ProviderItemId,
    /// Its price from now on.
    pub price: ProviderPriceId,
    /// As many as there are. Always said, because a changed price alone would mean one.
    pub quantity: u32,
}

/// A part of the provider's own page to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalFlow {
    /// Its front page.
    Home,
    /// Another card.
    PaymentMethod,
    /// The end of the plan.
    Cancel,
}

/// A visit to the provider's own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPortal {
    /// Whose.
    pub customer: ProviderCustomerId,
    /// About which subscription, for [`PortalFlow::Cancel`].
    pub subscription: Option<ProviderSubscriptionId>,
    /// Where it begins.
    pub flow: PortalFlow,
    /// Where its visitor comes back to.
    pub return_url: String,
}

/// What a provider does with a subscription in the course of time.
///
/// All of it is absolute: asking twice for the same is the same as asking once. What is there already is no error; the
/// answer is the subscription as it is afterwards.
#[async_trait]
pub trait Course {
    /// Ends a subscription with the period that is paid. What was scheduled for then is dropped.
    async fn cancel_at_end(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        why: &Leaving,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Takes an end back that is decided and has not come, in whichever form the provider has it. No end: nothing.
    async fn resume(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Stops a subscription now: nothing is billed and nothing is given until it is taken up again. What is paid and not
    /// used is credited.
    async fn pause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Goes on with a paused subscription, and collects payments again where only that was paused. A payment may be due
    /// for it; then the answer is still paused, until it is paid.
    async fn unpause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Ends the trial now: the first payment is made at once.
    async fn end_trial(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Opens the provider's own page and says where it is. The number of seats cannot be changed there, and neither can
    /// the plan: those are ours to quote.
    async fn open_portal(&self, new: &NewPortal) -> Result<String, PaymentError>;

    /// From the end of the period on, `next` is billed, without a word about the time before. Takes the place of what was
    /// scheduled before.
    async fn schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        next: &NextPhase,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Puts other prices in the place of those of ours, now, without an invoice and without a word about money: for prices
    /// that come to the same. What was scheduled is forgotten.
    async fn swap_prices(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        lines: &[Swap],
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// Forgets what is scheduled; the subscription goes on as it is. Nothing scheduled: nothing.
    async fn release(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;

    /// As [`super::PaymentProvider::set_seats`], where a change is scheduled: `seats` from now on, `then` from the change
    /// on where what follows is sold by the seat. Without anything scheduled it is [`PaymentError::Unknown`]: read the
    /// subscription again, and set the seats the plain way.
    async fn set_seats_in_schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        item: &ProviderItemId,
        seats: u32,
        then: u32,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError>;
}
