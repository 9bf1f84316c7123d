//! Billed seats: the request that sets them.

use domain::billed::HowPaid;
use domain::subscription::ProviderSubscriptionId;
use stripe_billing::subscription::{
    UpdateSubscription, UpdateSubscriptionItems, UpdateSubscriptionPendingInvoiceItemInterval,
    UpdateSubscriptionPendingInvoiceItemIntervalInterval, UpdateSubscriptionProrationBehavior,
};

use crate::provider::{SeatChange, SeatLine};

/// Quantities are absolute, and the second from which money is counted is said, so that sending it twice is sending it
/// once, and a raise and its undoing of the same day cancel out.
pub(super) fn request(id: &ProviderSubscriptionId, change: &SeatChange) -> UpdateSubscription {
    let items = change.lines.iter().map(|(line, quantity)| {
        let (id, price) = match line {
            SeatLine::Item(item) => (Some(item.0.clone()), None),
            SeatLine::New(price) => (None, Some(price.0.clone())),
        };
        UpdateSubscriptionItems { id, price, quantity: Some((*quantity).into()), ..UpdateSubscriptionItems::new() }
    });
    let request = UpdateSubscription::new(id.as_str()).items(items.collect::<Vec<_>>());
    let (behaviour, since) = match change.paid {
        HowPaid::Nothing => (UpdateSubscriptionProrationBehavior::None, None),
        HowPaid::NextInvoice { since } => (UpdateSubscriptionProrationBehavior::CreateProrations, Some(since)),
        HowPaid::Invoice { since } => (UpdateSubscriptionProrationBehavior::AlwaysInvoice, Some(since)),
    };
    let request = request.proration_behavior(behaviour);
    let request = match since {
        Some(since) => request.proration_date(since.secs()),
        None => request,
    };
    if change.monthly { request.pending_invoice_item_interval(monthly()) } else { request }
}

/// What rides on the next invoice is billed once a month, however often the subscription is.
pub(super) fn monthly() -> UpdateSubscriptionPendingInvoiceItemInterval {
    UpdateSubscriptionPendingInvoiceItemInterval::new(UpdateSubscriptionPendingInvoiceItemIntervalInterval::Month)
}
