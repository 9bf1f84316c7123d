//! The events that Usher wants to be told of: what the webhook endpoint is set up with, and what the inbox takes up.

/// Stripe's names. An endpoint for exactly these; everything else would be noise on the wire and in the inbox.
pub const KINDS: [&str; 44] = [
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.created",
    "invoice.finalization_failed",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.upcoming",
    "invoice.updated",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "price.updated",
    "product.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "subscription_schedule.aborted",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.released",
    "subscription_schedule.updated",
];

/// Whether events of this kind are wanted. Thin events have the same names behind a `v1.`.
#[must_use]
pub fn is_wanted(kind: &str) -> bool {
    KINDS.binary_search(&kind.strip_prefix("v1.").unwrap_or(kind)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_in_order_and_each_is_there_once() {
        assert!(KINDS.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_the_provider_invents_is_not_wanted() {
        for kind in ["customer.subscription.updated", "v1.customer.subscription.updated", "invoice.paid"] {
            assert!(is_wanted(kind), "{kind}");
        }
        // The success of an attempt comes beside `invoice.paid`, and would be the same news a second time.
        for kind in ["", "v1.", "v3.invoice.dreamt", "invoice.payment_succeeded", "payment_intent.succeeded"] {
            assert!(!is_wanted(kind), "{kind}");
        }
    }
}
