//! What an event leads to: which things at the provider are to be looked at again (`stripe.md`, section 3.3).
//!
//! An event is a hint and nothing more. What follows from it (a mirror, a plan, a letter, a line of the audit log) is
//! decided where the fetched thing is applied, from what was stored before and what is there now. So an event that comes
//! twice, or two events about one change, have one effect: the second look finds nothing new.

use domain::subscription::{ProviderCheckoutId, ProviderInvoiceId, ProviderSubscriptionId};
use payments::EventEnvelope;
use store::NewEvent;

/// Something to look at. In this order they are looked at: a payment page brings its subscription with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// A payment page: what was bought on it, and whether it is closed.
    Checkout(ProviderCheckoutId),
    /// A subscription.
    Subscription(ProviderSubscriptionId),
    /// The customer as a whole, such as another card: whatever they have bought.
    Customer,
    /// An invoice.
    Invoice(ProviderInvoiceId),
    /// Money that was taken or given back: the invoice that it was for.
    Payment(String),
}

/// What an event leads to; nothing: it concerns nobody here.
pub(crate) fn looks(said: &EventEnvelope) -> Vec<Look> {
    if !payments::event::is_wanted(&said.kind) {
        return Vec::new();
    }
    // Thin events have the same names behind a `v1.`.
    let kind = said.kind.strip_prefix("v1.").unwrap_or(&said.kind);
    let about = |prefix: &str| kind.starts_with(prefix);
    if about("checkout.session.") {
        let page = said.checkout.clone().or_else(|| said.object.clone().map(ProviderCheckoutId));
        page.map(Look::Checkout).into_iter().collect()
    } else if about("customer.subscription.") {
        let named = said.subscription.clone().or_else(|| said.object.clone().map(ProviderSubscriptionId));
        vec![named.map_or(Look::Customer, Look::Subscription)]
    } else if about("invoice.") || about("subscription_schedule.") {
        let bought = said.subscription.clone().map_or(Look::Customer, Look::Subscription);
        std::iter::once(bought).chain(said.invoice.clone().map(Look::Invoice)).collect()
    } else if about("charge.") || about("refund.") || about("credit_note.") {
        // These never change what may be done, so nothing else is looked at.
        let invoice = said.invoice.clone().map(Look::Invoice);
        invoice.or_else(|| said.payment.clone().map(Look::Payment)).into_iter().collect()
    } else if about("customer.") || about("payment_method.") {
        vec![Look::Customer]
    } else {
        Vec::new()
    }
}

/// The event as the inbox keeps it.
pub(crate) fn new_event(said: EventEnvelope, raw: Vec<u8>) -> Result<NewEvent, payments::EventError> {
    Ok(NewEvent {
        wanted: !looks(&said).is_empty(),
        lane: said.lane().to_owned(),
        hint: serde_json::to_string(&said).map_err(|_| payments::EventError::NotJson)?,
        id: said.id,
        kind: said.kind,
        api_version: said.api_version,
        livemode: said.livemode,
        created: said.created,
        object: said.object,
        customer: said.customer,
        raw,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(kind: &str, object: &serde_json::Value) -> EventEnvelope {
        let event = json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } });
        EventEnvelope::read(event.to_string().as_bytes()).unwrap()
    }

    fn sub(id: &str) -> ProviderSubscriptionId {
        ProviderSubscriptionId(id.to_owned())
    }

    #[test]
    fn what_the_provider_invents_is_ignored() {
        for kind in ["v1.", "v3.invoice.dreamt", "payment_intent.succeeded", "customer.created"] {
            let said = said(kind, &json!({ "id": "x", "customer": "cus_1", "subscription": "sub_1" }));
            assert_eq!(looks(&said), [], "{kind}");
            assert!(!new_event(said, b"{}".to_vec()).unwrap().wanted);
        }
    }

    #[test]
    fn an_event_leads_to_what_it_names() {
        let one = Look::Subscription(sub("sub_1"));
        let bought = json!({ "object": "subscription", "id": "sub_1", "customer": "cus_1" });
        for kind in ["customer.subscription.updated", "v1.customer.subscription.updated"] {
            assert_eq!(looks(&said(kind, &bought)), std::slice::from_ref(&one), "{kind}");
        }
        let parent = json!({ "subscription_details": { "subscription": "sub_1" } });
        let invoice = json!({ "object": "invoice", "id": "in_1", "customer": "cus_1", "parent": parent });
        let paid = Look::Invoice(ProviderInvoiceId("in_1".to_owned()));
        assert_eq!(looks(&said("invoice.paid", &invoice)), [one, paid.clone()]);
        let of_nothing = json!({ "object": "invoice", "id": "in_1", "customer": "cus_1" });
        assert_eq!(looks(&said("invoice.paid", &of_nothing)), [Look::Customer, paid.clone()]);
        let note = json!({ "object": "credit_note", "id": "cn_1", "customer": "cus_1", "invoice": "in_1" });
        assert_eq!(looks(&said("credit_note.created", &note)), [paid]);
        let refund = json!({ "object": "refund", "id": "re_1", "payment_intent": "pi_1" });
        assert_eq!(looks(&said("refund.created", &refund)), [Look::Payment("pi_1".to_owned())]);
        let card = json!({ "object": "payment_method", "id": "pm_1", "customer": "cus_1" });
        assert_eq!(looks(&said("payment_method.attached", &card)), [Look::Customer]);
        let page = json!({ "object": "checkout.session", "id": "cs_1", "customer": "cus_1" });
        let expected = [Look::Checkout(ProviderCheckoutId("cs_1".to_owned()))];
        assert_eq!(looks(&said("checkout.session.completed", &page)), expected);
    }

    #[test]
    fn every_wanted_kind_about_a_purchase_or_its_customer_leads_somewhere() {
        for kind in payments::event::KINDS {
            let purchase = ["checkout.", "customer.", "invoice.", "payment_method.", "subscription_schedule."];
            if purchase.iter().any(|prefix| kind.starts_with(prefix)) {
                assert!(!looks(&said(kind, &json!({ "id": "x_1", "customer": "cus_1" }))).is_empty(), "{kind}");
            }
        }
    }

    #[test]
    fn what_is_kept_of_it_is_what_was_read() {
        let read = said("invoice.paid", &json!({ "object": "invoice", "id": "in_1", "customer": "cus_1" }));
        let kept = new_event(read.clone(), b"{}".to_vec()).unwrap();
        assert_eq!(serde_json::from_str::<EventEnvelope>(&kept.hint).unwrap(), read);
        assert_eq!(kept.lane, "cus_1");
    }
}
