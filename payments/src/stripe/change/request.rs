//! The same change as a question and as an order: the two must never differ in anything but that.

use domain::quote::Counts;
use stripe_billing::invoice::{
    CreatePreviewInvoice, CreatePreviewInvoiceSubscriptionDetails,
    CreatePreviewInvoiceSubscriptionDetailsBillingCycleAnchor as PreviewAnchor,
    CreatePreviewInvoiceSubscriptionDetailsBillingCycleAnchorType as PreviewAnchorType,
    CreatePreviewInvoiceSubscriptionDetailsItems as PreviewItem,
    CreatePreviewInvoiceSubscriptionDetailsProrationBehavior as PreviewProration,
};
use stripe_billing::subscription::{
    UpdateSubscription, UpdateSubscriptionBillingCycleAnchor as Anchor,
    UpdateSubscriptionBillingCycleAnchorType as AnchorType, UpdateSubscriptionItems as ItemChange,
    UpdateSubscriptionPaymentBehavior as Payment, UpdateSubscriptionProrationBehavior as Proration,
};

use crate::provider::Change;
use crate::stripe::whole;

/// What it would cost.
pub(super) fn preview(change: &Change) -> CreatePreviewInvoice {
    let changed = change.lines.iter().map(|line| PreviewItem {
        id: line.item.as_ref().map(|item| item.0.clone()),
        price: Some(line.price.0.clone()),
        quantity: Some(line.quantity.into()),
        ..PreviewItem::new()
    });
    let dropped = change.dropped.iter().map(|item| PreviewItem {
        id: Some(item.0.clone()),
        deleted: Some(true),
        ..PreviewItem::new()
    });
    let mut details = CreatePreviewInvoiceSubscriptionDetails::new();
    details.items = Some(changed.chain(dropped).collect());
    details.proration_behavior = Some(match change.counts {
        Counts::From(_) | Counts::Afresh(_) => PreviewProration::AlwaysInvoice,
        Counts::AfterTrial => PreviewProration::None,
    });
    details.proration_date = change.counts.pinned().map(domain::Timestamp::secs);
    if matches!(change.counts, Counts::Afresh(_)) {
        details.billing_cycle_anchor = Some(PreviewAnchor::new(PreviewAnchorType::Now));
    }
    CreatePreviewInvoice::new()
        .customer(change.customer.as_str())
        .subscription(change.subscription.as_str())
        .subscription_details(details)
}

/// Do it.
pub(super) fn update(change: &Change) -> UpdateSubscription {
    let changed = change.lines.iter().map(|line| ItemChange {
        id: line.item.as_ref().map(|item| item.0.clone()),
        price: Some(line.price.0.clone()),
        quantity: Some(line.quantity.into()),
        ..ItemChange::new()
    });
    let dropped = change.dropped.iter().map(|item| ItemChange {
        id: Some(item.0.clone()),
        deleted: Some(true),
        ..ItemChange::new()
    });
    let mut expand = whole();
    expand.push("latest_invoice".to_owned());
    let request = UpdateSubscription::new(change.subscription.as_str())
        .items(changed.chain(dropped).collect::<Vec<_>>())
        .expand(expand);
    match change.counts {
        Counts::From(at) => request
            .proration_behavior(Proration::AlwaysInvoice)
            .proration_date(at.secs())
            .payment_behavior(Payment::PendingIfIncomplete),
        Counts::Afresh(_) => request
            .proration_behavior(Proration::AlwaysInvoice)
            .billing_cycle_anchor(Anchor::new(AnchorType::Now))
            .payment_behavior(Payment::PendingIfIncomplete),
        Counts::AfterTrial => request.proration_behavior(Proration::None),
    }
}
