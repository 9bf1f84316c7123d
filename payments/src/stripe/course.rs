//! The end of a subscription and the way back, its pause, the end of its trial.
//!
//! Stripe keeps a decided end in two forms: the flag `cancel_at_period_end`, and the date `cancel_at`, which is all that
//! its own page sets on subscriptions of today. Each is taken back in its own way, never both at once, which Stripe
//! refuses. That `cancel_at` is emptied, and `pause_collection`, async-stripe's types cannot say; those two forms are
//! written by hand.

use async_trait::async_trait;
use domain::Timestamp;
use domain::billed::HowPaid;
use domain::course::Reason;
use domain::subscription::{ProviderItemId, ProviderSubscriptionId};
use serde::Deserialize;
use serde_json::json;
use stripe_billing::subscription::{
    ResumeSubscription, ResumeSubscriptionBillingCycleAnchor, ResumeSubscriptionBillingCycleAnchorType,
    RetrieveSubscription, UpdateSubscription, UpdateSubscriptionCancellationDetails,
    UpdateSubscriptionCancellationDetailsFeedback as Feedback, UpdateSubscriptionItems,
    UpdateSubscriptionProrationBehavior, UpdateSubscriptionTrialEnd,
};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};

use super::{Stripe, mapping, portal, schedule};
use crate::provider::course::{Course, Leaving, NewPortal, NextPhase, Swap};
use crate::provider::{Fetched, IdempotencyKey, SeatChange, SeatLine};
use crate::{PaymentError, PaymentProvider as _};

/// Stripe takes so many characters of a leaver's words.
const COMMENT: usize = 500;

/// How a subscription goes on.
#[derive(Debug, Deserialize)]
struct Courses {
    status: String,
    #[serde(default)]
    cancel_at_period_end: bool,
    cancel_at: Option<i64>,
    pause_collection: Option<serde_json::Value>,
    schedule: Option<serde_json::Value>,
}

/// The update of one field that is emptied, which the typed builder cannot say.
fn empty(id: &ProviderSubscriptionId, field: &'static str) -> RequestBuilder {
    let form = json!({ field: "", "expand": super::whole() });
    RequestBuilder::new(StripeMethod::Post, format!("/subscriptions/{id}")).form(&form)
}

const fn feedback(reason: Reason) -> Feedback {
    match reason {
        Reason::TooExpensive => Feedback::TooExpensive,
        Reason::MissingFeatures => Feedback::MissingFeatures,
        Reason::SwitchedService => Feedback::SwitchedService,
        Reason::Unused => Feedback::Unused,
        Reason::CustomerService => Feedback::CustomerService,
        Reason::TooComplex => Feedback::TooComplex,
        Reason::LowQuality => Feedback::LowQuality,
        Reason::Other => Feedback::Other,
    }
}

impl Stripe {
    /// How the subscription goes on, as Stripe has it now.
    async fn courses(&self, id: &ProviderSubscriptionId) -> Result<Courses, PaymentError> {
        self.client.call(RetrieveSubscription::new(id.as_str()).build(), None).await
    }

    /// The same, without a schedule: Stripe leaves a subscription's end and its pause to the schedule while one is
    /// attached, even one whose last phase runs.
    async fn alone(&self, key: &IdempotencyKey, id: &ProviderSubscriptionId) -> Result<Courses, PaymentError> {
        let is = self.courses(id).await?;
        if is.schedule.is_some() {
            let key = IdempotencyKey(format!("{}-release", key.0));
            schedule::release(&self.client, &key, id).await?;
        }
        Ok(is)
    }

    async fn change(
        &self,
        request: RequestBuilder,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        mapping::fetched(self.client.call(request, Some(&key.0)).await?, now)
    }
}

#[async_trait]
impl Course for Stripe {
    async fn cancel_at_end(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        why: &Leaving,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.alone(key, id).await?;
        let mut request = UpdateSubscription::new(id.as_str()).cancel_at_period_end(true).expand(super::whole());
        if why != &Leaving::default() {
            request = request.cancellation_details(UpdateSubscriptionCancellationDetails {
                comment: why.comment.as_ref().map(|words| words.chars().take(COMMENT).collect()),
                feedback: why.reason.map(feedback),
                ..UpdateSubscriptionCancellationDetails::new()
            });
        }
        self.change(request.build(), key, now).await
    }

    async fn resume(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        let is = self.courses(id).await?;
        let request = if is.cancel_at_period_end {
            UpdateSubscription::new(id.as_str()).cancel_at_period_end(false).expand(super::whole()).build()
        } else if is.cancel_at.is_some() {
            empty(id, "cancel_at")
        } else {
            return self.subscription(id, now).await;
        };
        self.change(request, key, now).await
    }

    async fn pause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        if self.alone(key, id).await?.status == "paused" {
            return self.subscription(id, now).await;
        }
        let form = json!({ "type": "subscription", "expand": super::whole() });
        let request = RequestBuilder::new(StripeMethod::Post, format!("/subscriptions/{id}/pause")).form(&form);
        self.change(request, key, now).await
    }

    async fn unpause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        let is = self.courses(id).await?;
        let request = if is.status == "paused" {
            // A period that begins with the payment: nobody pays for the time in which nothing was given.
            let anchor = ResumeSubscriptionBillingCycleAnchor::new(ResumeSubscriptionBillingCycleAnchorType::Now);
            ResumeSubscription::new(id.as_str()).billing_cycle_anchor(anchor).expand(super::whole()).build()
        } else if is.pause_collection.is_some() {
            empty(id, "pause_collection")
        } else {
            return self.subscription(id, now).await;
        };
        self.change(request, key, now).await
    }

    async fn end_trial(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        if self.alone(key, id).await?.status != "trialing" {
            return self.subscription(id, now).await;
        }
        let request = UpdateSubscription::new(id.as_str()).trial_end(UpdateSubscriptionTrialEnd::Now);
        self.change(request.expand(super::whole()).build(), key, now).await
    }

    async fn open_portal(&self, new: &NewPortal) -> Result<String, PaymentError> {
        portal::open(&self.client, &self.portal, new).await
    }

    async fn schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        next: &NextPhase,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        schedule::set_next(&self.client, key, id, next).await?;
        self.subscription(id, now).await
    }

    async fn swap_prices(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        lines: &[Swap],
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.alone(key, id).await?;
        let items = lines.iter().map(|line| UpdateSubscriptionItems {
            id: Some(line.item.0.clone()),
            price: Some(line.price.0.clone()),
            quantity: Some(line.quantity.into()),
            ..UpdateSubscriptionItems::new()
        });
        let request = UpdateSubscription::new(id.as_str())
            .items(items.collect::<Vec<_>>())
            .proration_behavior(UpdateSubscriptionProrationBehavior::None)
            .expand(super::whole());
        self.change(request.build(), key, now).await
    }

    async fn release(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        schedule::release(&self.client, key, id).await?;
        self.subscription(id, now).await
    }

    async fn set_seats_in_schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        item: &ProviderItemId,
        seats: u32,
        then: u32,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        let line = (SeatLine::Item(item.clone()), seats);
        // What changes now is billed with the next invoice, as it is without a schedule.
        let change = SeatChange { lines: vec![line], paid: HowPaid::NextInvoice { since: now }, monthly: false };
        if !schedule::set_seats(&self.client, key, id, &change, Some(then)).await? {
            return Err(PaymentError::Unknown(format!("{id} has no schedule any more ({})", key.0)));
        }
        self.subscription(id, now).await
    }
}
