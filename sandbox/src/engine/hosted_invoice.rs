//! Paying an invoice on its own page: with the card that is kept, or with another, by somebody who is there.

use super::card::Card;
use super::collection::{self, Attempt, Collected};
use super::invoice::{Invoice, Status};
use super::payment_method::{self, PaymentMethod};
use super::{Engine, route};

/// What became of pressing the button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    Done,
    /// The card's owner is asked on the 3-D Secure page of this payment.
    Authenticate(String),
    /// No, with the reason for the page.
    Declined(&'static str),
    /// Nothing is wanted any more.
    Closed,
}

/// The card that would be charged.
pub fn saved<'a>(engine: &'a Engine, invoice: &Invoice) -> Option<&'a PaymentMethod> {
    let subscription = engine.state.subscriptions.get(&invoice.subscription);
    let own = subscription.and_then(|subscription| subscription.default_payment_method.as_deref());
    let customer = engine.state.customers.get(&invoice.customer);
    let id = own.or_else(|| customer?.default_payment_method.as_deref())?;
    engine.state.payment_methods.get(id)
}

/// Whether money is wanted.
pub const fn is_payable(invoice: &Invoice) -> bool {
    matches!(invoice.status, Status::Open | Status::Uncollectible)
}

/// Somebody presses the button. Without a card: pays with the one that is kept.
pub fn pay(engine: &mut Engine, id: &str, card: Option<&Card>) -> Paid {
    let Some(invoice) = engine.state.invoices.get(id).filter(|invoice| is_payable(invoice)).cloned() else {
        return Paid::Closed;
    };
    let method = card.map(|card| {
        let method = PaymentMethod::new(engine, card, invoice.customer_email.clone());
        let name = method.id.clone();
        engine.state.payment_methods.insert(method);
        name
    });
    match collection::attempt(engine, id, &Attempt { method: method.clone(), present: true, scheduled: false }) {
        Collected::Paid => {
            paid_with(engine, id);
            Paid::Done
        }
        Collected::Declined(decline) => {
            // A card that was typed in and refused is kept nowhere.
            if let Some(method) = method {
                engine.state.payment_methods.remove(&method);
            }
            Paid::Declined(decline.message)
        }
        Collected::Action => match invoice.payment_intent {
            Some(intent) => Paid::Authenticate(intent),
            None => Paid::Closed,
        },
        Collected::NoMethod => Paid::Declined("There is no card yet. Use one of those below."),
        Collected::NotOpen => Paid::Closed,
    }
}

/// The card that has just paid is kept, and pays for the subscription from then on.
pub fn paid_with(engine: &mut Engine, id: &str) {
    let Some(invoice) = engine.state.invoices.get(id).filter(|invoice| invoice.status == Status::Paid) else { return };
    let (customer, subscription) = (invoice.customer.clone(), invoice.subscription.clone());
    let intent = invoice.payment_intent.as_ref().and_then(|intent| engine.state.payment_intents.get(intent));
    let Some(method) = intent.and_then(|intent| intent.payment_method.clone()) else { return };
    if engine.state.payment_methods.get(&method).is_none_or(|known| known.customer.is_some()) {
        return;
    }
    payment_method::keep(engine, &method, &customer);
    let path = format!("/v1/subscriptions/{subscription}");
    if let Err(error) = route::post(engine, &path, &[("default_payment_method", &method)]) {
        tracing::debug!(subscription, error = error.message, "the card pays for this invoice only");
    }
}
