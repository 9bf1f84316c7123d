//! Subscriptions. They begin in [`super::completion`] and change in [`super::subscription_change`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::pause::{self, Behavior, CollectionPause};
use super::pending_update::{self, PendingUpdate};
use super::price::Recurring;
use super::subscription_item::Item;
use super::table::row;
use super::trial::WithoutCard;
use super::{Answer, Engine, calendar, invoice_change, list, schedule, subscription_change, test_clock};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Incomplete,
    IncompleteExpired,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Paused,
    Canceled,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }
}

/// Why and how it was cancelled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cancellation {
    pub comment: Option<String>,
    pub feedback: Option<String>,
    pub reason: Option<String>,
}

/// Paid again and again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub status: Status,
    pub currency: String,
    pub items: Vec<Item>,
    pub metadata: Metadata,
    pub description: Option<String>,
    pub billing_cycle_anchor: i64,
    pub start_date: i64,
    pub trial_start: Option<i64>,
    pub trial_end: Option<i64>,
    pub cancel_at: Option<i64>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub cancellation: Cancellation,
    pub default_payment_method: Option<String>,
    pub latest_invoice: Option<String>,
    /// What happens when its trial ends without a card.
    #[serde(default)]
    pub without_card: WithoutCard,
    /// The end of its trial was announced.
    #[serde(default)]
    pub trial_warned: bool,
    /// The end of the period whose renewal was announced.
    #[serde(default)]
    pub upcoming_for: Option<i64>,
    /// Nothing is collected for now.
    #[serde(default)]
    pub pause_collection: Option<CollectionPause>,
    /// Why it is paused, and since when.
    #[serde(default)]
    pub paused_for: Option<(String, i64)>,
    /// The invoice with whose payment it goes on.
    #[serde(default)]
    pub resumes_with: Option<String>,
    /// How often pending items are billed between renewals, and when next.
    #[serde(default)]
    pub pending_interval: Option<Recurring>,
    #[serde(default)]
    pub next_pending_invoice: Option<i64>,
    /// A change that waits for its money.
    #[serde(default)]
    pub pending_update: Option<PendingUpdate>,
    /// When quantities were changed within the last hour.
    #[serde(default)]
    pub quantity_changes: Vec<i64>,
}
row!(Subscription);

impl Subscription {
    pub fn is_ended(&self) -> bool {
        matches!(self.status, Status::Canceled | Status::IncompleteExpired)
    }

    /// The start of the current period: the first of its items' starts.
    pub fn period_start(&self) -> i64 {
        self.items.iter().map(|item| item.current_period_start).min().unwrap_or(self.start_date)
    }

    /// Whether its invoices stay drafts for now.
    pub fn keeps_drafts(&self) -> bool {
        self.pause_collection.as_ref().is_some_and(|pause| pause.behavior == Behavior::KeepAsDraft)
    }

    /// When pending items are billed next, after `at`.
    pub fn next_pending_after(&self, at: i64) -> Option<i64> {
        let Recurring { interval, count } = self.pending_interval?;
        Some(calendar::period(self.billing_cycle_anchor, interval, count, at).1)
    }

    /// The end of the current period: the last of its items' ends.
    pub fn period_end(&self) -> i64 {
        self.items.iter().map(|item| item.current_period_end).max().unwrap_or(self.start_date)
    }

    /// Begins the period around second `at` for every item.
    pub fn start_periods(&mut self, engine: &Engine, at: i64) {
        for item in &mut self.items {
            let Some(recurring) = engine.state.prices.get(&item.price).and_then(|price| price.recurring) else {
                continue;
            };
            (item.current_period_start, item.current_period_end) =
                calendar::period(self.billing_cycle_anchor, recurring.interval, recurring.count, at);
        }
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let items = self.items.iter().map(|item| item.render(engine, &self.id)).collect();
        let Cancellation { comment, feedback, reason } = &self.cancellation;
        json!({
            "id": self.id,
            "object": "subscription",
            "application": null,
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": self.billing_cycle_anchor,
            "billing_cycle_anchor_config": null,
            "billing_mode": {
                "flexible": { "proration_discounts": "included" },
                "type": "flexible",
                "updated_at": self.created,
            },
            "billing_schedules": [],
            "billing_thresholds": null,
            "cancel_at": self.cancel_at,
            "cancel_at_period_end": self.cancel_at_period_end,
            "canceled_at": self.canceled_at,
            "cancellation_details": { "comment": comment, "feedback": feedback, "feedback_option": null, "reason": reason },
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "days_until_due": null,
            "default_payment_method": self.default_payment_method,
            "default_source": null,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": [],
            "ended_at": self.ended_at,
            "invoice_settings": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": { "type": "self" },
            },
            "items": list::envelope(items, false, &format!("/v1/subscription_items?subscription={}", self.id)),
            "latest_invoice": self.latest_invoice,
            "livemode": false,
            "managed_payments": { "enabled": false },
            "metadata": self.metadata,
            "next_pending_invoice_item_invoice": self.next_pending_invoice,
            "on_behalf_of": null,
            "pause_collection": pause::render_collection(self.pause_collection.as_ref()),
            "payment_settings": {
                "payment_method_options": null,
                "payment_method_types": null,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": self.pending_interval.map(|Recurring { interval, count }| json!({
                "interval": interval,
                "interval_count": count,
            })),
            "pending_setup_intent": null,
            "pending_update": self.pending_update.as_ref().map(|update| update.render(engine, self)),
            "schedule": schedule::of(engine, &self.id).map(|schedule| schedule.id.clone()),
            "start_date": self.start_date,
            "status": self.status,
            "status_details": pause::details(self),
            "test_clock": test_clock::of(engine.state, Some(&self.customer)),
            "transfer_data": null,
            "trial_end": self.trial_end,
            "trial_settings": { "end_behavior": { "missing_payment_method": self.without_card } },
            "trial_start": self.trial_start,
        })
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.subscriptions.get(id).map(|s| s.render(engine)).ok_or_else(|| ApiError::no_such("subscription", id))
}

/// Without a status, those that have not ended.
pub fn list(engine: &Engine, mut params: Params) -> Answer {
    const STATUSES: &[&str] = &[
        "all",
        "active",
        "canceled",
        "ended",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    ];
    let (customer, price) = (params.text("customer")?, params.text("price")?);
    let status = params.word("status", STATUSES)?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    if let Some(customer) = &customer
        && engine.state.customers.get(customer).is_none()
    {
        return Err(ApiError::missing("customer", customer, "customer"));
    }
    page.of(
        &engine.state.subscriptions,
        "/v1/subscriptions",
        |s| {
            customer.as_ref().is_none_or(|c| s.customer == *c)
                && price.as_ref().is_none_or(|p| s.items.iter().any(|item| item.price == *p))
                && match status {
                    None => !s.is_ended(),
                    Some("all") => true,
                    Some("ended") => s.is_ended(),
                    Some(status) => status == s.status.as_str(),
                }
        },
        |s| s.render(engine),
    )
}

/// Changes one and says so, when something came of it.
pub fn change(engine: &mut Engine, id: &str, change: impl FnOnce(&mut Subscription)) {
    let Some(mut subscription) = engine.state.subscriptions.get(id).cloned() else { return };
    let before = subscription.render(engine);
    change(&mut subscription);
    let after = subscription.render(engine);
    engine.state.subscriptions.insert(subscription);
    engine.emit_update("customer.subscription.updated", &before, after);
}

/// `DELETE`: it ends now. What was paid for and not used comes back with `prorate`, the last invoice with `invoice_now`.
pub fn cancel(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let subscription = engine
        .state
        .subscriptions
        .get(id)
        .filter(|s| !s.is_ended())
        .ok_or_else(|| ApiError::no_such("subscription", id))?;
    let mut cancellation = subscription.cancellation.clone();
    read_cancellation(&mut cancellation, &mut params)?;
    let (invoice_now, prorate) = (params.boolean("invoice_now")?, params.boolean("prorate")?);
    params.finish()?;
    let last = subscription.clone();
    pending_update::discard(engine, id);
    subscription_change::settle_end(engine, &last, prorate == Some(true), invoice_now == Some(true));
    if let Some(subscription) = engine.state.subscriptions.get_mut(id) {
        subscription.cancellation = cancellation;
    }
    end(engine, id, "cancellation_requested");
    get(engine, id)
}

/// Takes `cancellation_details`.
pub fn read_cancellation(cancellation: &mut Cancellation, params: &mut Params) -> Result<(), ApiError> {
    const FEEDBACK: &[&str] = &[
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
    ];
    let Some(mut given) = params.hash("cancellation_details")? else { return Ok(()) };
    if let Some(comment) = given.patch("comment")? {
        cancellation.comment = comment;
    }
    if let Some(feedback) = given.word("feedback", FEEDBACK)? {
        cancellation.feedback = Some(feedback.into());
    }
    given.finish()
}

/// Ends one at once and says so. Nothing for one that has ended.
pub fn end(engine: &mut Engine, id: &str, reason: &str) {
    let now = engine.now;
    let Some(subscription) = engine.state.subscriptions.get_mut(id).filter(|s| !s.is_ended()) else { return };
    subscription.status = Status::Canceled;
    subscription.canceled_at = subscription.canceled_at.or(Some(now));
    subscription.ended_at = Some(now);
    subscription.cancellation.reason = Some(reason.into());
    if let Ok(value) = get(engine, id) {
        engine.emit("customer.subscription.deleted", value, None);
    }
    invoice_change::let_rest(engine, id);
    schedule::subscription_ended(engine, id, reason == "payment_failed");
}
