//! Stripe's answers about invoices, as far as they are read; tolerant like all in `objects.rs`.

use domain::tax_id::TaxIdState;
use serde::Deserialize;

use super::objects::{Expandable, List, Named, PaymentMethod};

/// An invoice of which only the name and the state matter.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub id: String,
    pub status: Option<String>,
}

/// A payment of which only the payer matters.
#[derive(Debug, Deserialize)]
pub(super) struct OfCustomer {
    pub customer: Option<Expandable<Named>>,
}

/// That something was deleted; it is not read.
#[derive(Debug, Deserialize)]
pub(super) struct Gone {}

#[derive(Debug, Deserialize)]
pub(super) struct Invoice {
    /// Previews have none.
    pub id: Option<String>,
    pub customer: Expandable<Named>,
    pub currency: String,
    pub status: Option<String>,
    pub billing_reason: Option<String>,
    pub number: Option<String>,
    #[serde(default)]
    pub subtotal: i64,
    pub total: i64,
    pub amount_due: i64,
    #[serde(default)]
    pub amount_paid: i64,
    #[serde(default)]
    pub amount_remaining: i64,
    #[serde(default)]
    pub post_payment_credit_notes_amount: i64,
    #[serde(default)]
    pub attempt_count: u32,
    pub next_payment_attempt: Option<i64>,
    pub period_start: i64,
    pub period_end: i64,
    pub created: i64,
    pub due_date: Option<i64>,
    #[serde(default)]
    pub status_transitions: Transitions,
    pub hosted_invoice_url: Option<String>,
    #[serde(rename = "invoice_pdf")]
    pub pdf: Option<String>,
    pub lines: List<Line>,
    pub payments: Option<List<Payment>>,
    pub parent: Option<Parent>,
    /// Where it stood before 2025.
    pub subscription: Option<Expandable<Named>>,
}

impl Invoice {
    /// The names of the payments that were begun for it.
    pub(super) fn intents(&self) -> Vec<String> {
        let payments = self.payments.iter().flat_map(|list| &list.data);
        payments.filter_map(|one| one.payment.payment_intent.as_ref()).map(|intent| intent.id().to_owned()).collect()
    }

    /// Whether one of them waits for its payer's word.
    pub(super) fn needs_confirmation(&self) -> bool {
        let payments = self.payments.iter().flat_map(|list| &list.data);
        let mut intents = payments.filter_map(|one| one.payment.payment_intent.as_ref());
        intents.any(
            |intent| matches!(intent, Expandable::Object(Intent { status: Some(s), .. }) if s == "requires_action"),
        )
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Transitions {
    pub finalized_at: Option<i64>,
    pub paid_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parent {
    pub subscription_details: Option<OfSubscription>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OfSubscription {
    pub subscription: Option<Expandable<Named>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub id: String,
    pub amount: i64,
    pub description: Option<String>,
    pub quantity: Option<u64>,
    pub period: Period,
    pub parent: Option<LineParent>,
    /// Where it stood before 2025.
    #[serde(default)]
    pub proration: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Period {
    pub start: i64,
    pub end: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct LineParent {
    pub subscription_item_details: Option<Proration>,
    pub invoice_item_details: Option<Proration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Proration {
    #[serde(default)]
    pub proration: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Payment {
    pub payment: PaymentOf,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentOf {
    pub payment_intent: Option<Expandable<Intent>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub id: String,
    pub status: Option<String>,
}

impl Expandable<Intent> {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Id(id) | Self::Object(Intent { id, .. }) => id,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    /// Of all refunds together, so it is taken as it is and never added up.
    #[serde(default)]
    pub amount_refunded: i64,
    #[serde(default)]
    pub disputed: bool,
    pub payment_method_details: Option<PaymentMethod>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaxId {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub value: String,
    pub verification: Option<Verification>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Verification {
    pub status: String,
}

impl TaxId {
    pub(super) fn is(&self, other: &domain::tax_id::TaxId) -> bool {
        self.kind == other.kind.as_str() && self.value == other.number
    }

    pub(super) fn state(&self) -> TaxIdState {
        let word = self.verification.as_ref().map_or("", |verification| verification.status.as_str());
        let Ok(state) = word.parse();
        state
    }
}
