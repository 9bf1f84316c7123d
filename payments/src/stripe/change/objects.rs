//! Invoices and what waits for one, as far as they are read.

use serde::Deserialize;

use crate::provider::Unpaid;
use crate::stripe::objects::{Expandable, List, Named};

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Customer {
    #[serde(default)]
    pub balance: i64,
}

/// The newest invoice of a subscription, when it was asked for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Newest {
    pub latest_invoice: Option<Expandable<Hosted>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Hosted {
    pub hosted_invoice_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Invoice {
    /// A preview may have none.
    pub id: Option<String>,
    pub status: Option<String>,
    pub currency: String,
    pub created: i64,
    pub total: i64,
    #[serde(default)]
    pub starting_balance: i64,
    pub amount_due: i64,
    pub lines: List<Line>,
    pub payments: Option<List<Payment>>,
}

impl Invoice {
    /// Whether what it charges counts as charged.
    pub(super) fn counts(&self) -> bool {
        matches!(self.status.as_deref(), Some("draft" | "open" | "paid"))
    }

    /// The newest try to have it paid.
    pub(super) fn intent(&self) -> Option<&Intent> {
        let payments = &self.payments.as_ref()?.data;
        payments.iter().find_map(|payment| match payment.payment.payment_intent.as_ref()? {
            Expandable::Object(intent) => Some(intent),
            Expandable::Id(_) => None,
        })
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Payment {
    pub payment: PaidBy,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct PaidBy {
    pub payment_intent: Option<Expandable<Intent>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub status: String,
    pub last_payment_error: Option<Declined>,
}

impl Intent {
    pub(super) fn unpaid(&self) -> Option<Unpaid> {
        match (self.status.as_str(), &self.last_payment_error) {
            ("requires_action" | "requires_confirmation", _) => Some(Unpaid::AsksTheBuyer),
            ("requires_payment_method", Some(why)) => Some(Unpaid::CardRefused(why.word())),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Declined {
    code: Option<String>,
    decline_code: Option<String>,
}

impl Declined {
    fn word(&self) -> String {
        let word = self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or("card_declined");
        word.chars().take(60).collect()
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Span {
    pub start: i64,
    pub end: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    pub id: String,
    pub amount: i64,
    pub quantity: Option<u64>,
    pub period: Span,
    pub parent: Option<Parent>,
    pub pricing: Option<Pricing>,
}

impl Line {
    fn details(&self) -> Option<&Details> {
        self.parent.as_ref()?.subscription_item_details.as_ref()
    }

    /// What it was before it stood on an invoice.
    pub(super) fn invoice_item(&self) -> Option<&str> {
        self.details()?.invoice_item.as_deref()
    }

    /// The line of the subscription that it is for.
    pub(super) fn item(&self) -> Option<&str> {
        self.details()?.subscription_item.as_deref()
    }

    /// Whether it is for a part of a period.
    pub(super) fn prorated(&self) -> bool {
        self.details().is_some_and(|details| details.proration)
    }

    /// The line that it gives back.
    pub(super) fn credits(&self) -> Option<&str> {
        let credited = self.details()?.credits.as_ref()?.credited_items.as_ref()?;
        credited.invoice_line_items.first().map(String::as_str)
    }

    pub(super) fn price(&self) -> Option<&str> {
        self.pricing.as_ref()?.price()
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Parent {
    subscription_item_details: Option<Details>,
}

#[derive(Clone, Debug, Deserialize)]
struct Details {
    invoice_item: Option<String>,
    #[serde(default)]
    proration: bool,
    #[serde(rename = "proration_details")]
    credits: Option<LineCredits>,
    subscription_item: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct LineCredits {
    credited_items: Option<CreditedLines>,
}

#[derive(Clone, Debug, Deserialize)]
struct CreditedLines {
    #[serde(default)]
    invoice_line_items: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pricing {
    price_details: Option<PriceDetails>,
}

impl Pricing {
    pub(super) fn price(&self) -> Option<&str> {
        match self.price_details.as_ref()?.price.as_ref()? {
            Expandable::Id(id) | Expandable::Object(Named { id }) => Some(id),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
struct PriceDetails {
    price: Option<Expandable<Named>>,
}

/// What waits for the next invoice.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Item {
    pub id: String,
    pub amount: i64,
    pub quantity: Option<u64>,
    pub period: Span,
    pub parent: Option<ItemParent>,
    pub pricing: Option<Pricing>,
    pub proration_details: Option<ItemCredits>,
}

impl Item {
    /// The subscription and its line that it is for.
    pub(super) fn of(&self) -> Option<(&str, &str)> {
        let details = self.parent.as_ref()?.subscription_details.as_ref()?;
        Some((&details.subscription, details.subscription_item.as_deref()?))
    }

    /// What it gives back: a line of an invoice, or something that waits as well.
    pub(super) fn credits(&self) -> Option<&str> {
        let credited = self.proration_details.as_ref()?.credited_items.as_ref()?;
        let line = credited.invoice_line_item_details.as_ref().and_then(|lines| lines.invoice_line_items.first());
        line.or(credited.invoice_item.as_ref()).map(String::as_str)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ItemParent {
    subscription_details: Option<ItemOf>,
}

#[derive(Clone, Debug, Deserialize)]
struct ItemOf {
    subscription: String,
    subscription_item: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ItemCredits {
    credited_items: Option<CreditedItems>,
}

#[derive(Clone, Debug, Deserialize)]
struct CreditedItems {
    invoice_item: Option<String>,
    invoice_line_item_details: Option<CreditedLines>,
}
