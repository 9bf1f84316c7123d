//! Paying on a Checkout page: a decline leaves nothing behind, a success makes customer, card, subscription, invoice.

use serde_json::Value;

use super::Engine;
use super::card::{self, Card, Decline, Outcome};
use super::charge::Charge;
use super::checkout::{self, Session, Status, Waiting};
use super::customer;
use super::invoice::{self, Invoice};
use super::invoice_line::Line;
use super::invoice_payment;
use super::params::Metadata;
use super::payment_intent::{self, PaymentIntent};
use super::payment_method::PaymentMethod;
use super::subscription::{self, Cancellation, Subscription};
use super::subscription_change::first_period;
use super::subscription_item::Item;

/// What became of an attempt to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    /// Done: go to this address, once this event was delivered.
    Done { url: String, event: String },
    /// The buyer must go to the 3-D Secure page of this attempt.
    Authenticate { attempt: String },
    /// No, with the sentence for the buyer. The page stays open.
    Declined(&'static str),
    /// The page is not open any more: completed or expired.
    Closed(Status),
    /// There is no such page or attempt.
    Unknown,
}

const NOT_AUTHENTICATED: Decline = Decline {
    code: "payment_intent_authentication_failure",
    reason: None,
    message: "We were unable to authenticate your payment method. Choose a different one and try again.",
};

/// Somebody presses the button.
pub fn pay(engine: &mut Engine, session: &str, card: &Card) -> Paid {
    let Some(mut session) = engine.state.sessions.get(session).cloned() else { return Paid::Unknown };
    if session.status != Status::Open {
        return Paid::Closed(session.status);
    }
    match card::outcome(&card.number) {
        Outcome::Declined(decline) => {
            refuse(engine, &mut session, card, decline);
            Paid::Declined(decline.message)
        }
        Outcome::Authenticate => {
            let attempt = ask_for_owner(engine, &mut session, card);
            Paid::Authenticate { attempt }
        }
        Outcome::Paid => complete(engine, session, card),
    }
}

/// The buyer's answer on the 3-D Secure page.
pub fn authenticate(engine: &mut Engine, attempt: &str, is_owner: bool) -> Paid {
    let waits = |s: &&Session| s.waiting.as_ref().is_some_and(|waiting| waiting.attempt == attempt);
    let Some(mut session) = engine.state.sessions.iter().rev().find(waits).cloned() else { return Paid::Unknown };
    let Some(waiting) = session.waiting.take() else { return Paid::Unknown };
    if session.status != Status::Open {
        return Paid::Closed(session.status);
    }
    let card = Card { number: waiting.number, exp_month: waiting.exp_month, exp_year: waiting.exp_year };
    if is_owner {
        return complete(engine, session, &card);
    }
    refuse(engine, &mut session, &card, NOT_AUTHENTICATED);
    Paid::Declined(NOT_AUTHENTICATED.message)
}

/// The page that an attempt belongs to.
pub fn session_of<'a>(engine: &'a Engine, attempt: &str) -> Option<&'a Session> {
    let of = |s: &&Session| s.waiting.as_ref().is_some_and(|waiting| waiting.attempt == attempt);
    engine.state.sessions.iter().rev().find(of)
}

/// The payment intent of the page, made at the first attempt. None when nothing is paid today.
fn intent(engine: &mut Engine, session: &mut Session) -> Option<PaymentIntent> {
    if let Some(id) = &session.payment_intent {
        return engine.state.payment_intents.get(id).cloned();
    }
    let due = session.due_today(engine);
    if due == 0 {
        return None;
    }
    let intent = PaymentIntent::new(engine, due, &session.currency, session.customer.clone());
    session.payment_intent = Some(intent.id.clone());
    engine.state.payment_intents.insert(intent.clone());
    engine.emit("payment_intent.created", intent.render(), None);
    Some(intent)
}

fn refuse(engine: &mut Engine, session: &mut Session, card: &Card, decline: Decline) {
    let email = session.customer_email.clone();
    if let Some(mut intent) = intent(engine, session) {
        let method = PaymentMethod::new(engine, card, email);
        intent.refuse(decline);
        if decline != NOT_AUTHENTICATED {
            let charge = Charge::new(engine, &intent, &method, Some(decline));
            intent.latest_charge = Some(charge.id.clone());
            let value = charge.render();
            engine.state.charges.insert(charge);
            engine.emit("charge.failed", value, None);
        }
        let value = intent.render();
        engine.state.payment_intents.insert(intent);
        engine.emit("payment_intent.payment_failed", value, None);
    }
    session.waiting = None;
    engine.state.sessions.insert(session.clone());
}

fn ask_for_owner(engine: &mut Engine, session: &mut Session, card: &Card) -> String {
    let attempt = match intent(engine, session) {
        Some(mut intent) => {
            intent.status = payment_intent::Status::RequiresAction;
            intent.action_url = Some(format!("{}_3ds/{}", engine.base, intent.id));
            let (id, value) = (intent.id.clone(), intent.render());
            engine.state.payment_intents.insert(intent);
            engine.emit("payment_intent.requires_action", value, None);
            id
        }
        None => engine.state.ids.next("seti_", 24),
    };
    session.waiting = Some(Waiting {
        attempt: attempt.clone(),
        number: card.number.clone(),
        exp_month: card.exp_month,
        exp_year: card.exp_year,
    });
    engine.state.sessions.insert(session.clone());
    attempt
}

/// All that a success does, in Stripe's order: customer, card, subscription, invoice; then the events.
fn complete(engine: &mut Engine, mut session: Session, card: &Card) -> Paid {
    let customer = buyer(engine, &mut session);
    let email = engine.state.customers.get(&customer).and_then(|c| c.email.clone());
    let mut method = PaymentMethod::new(engine, card, email);
    method.customer = Some(customer.clone());
    let intent = intent(engine, &mut session).map(|mut intent| {
        intent.customer = Some(customer.clone());
        intent.payment_method = Some(method.id.clone());
        intent.status = payment_intent::Status::Succeeded;
        intent.action_url = None;
        intent.last_error = None;
        intent
    });
    let mut subscription = subscribe(engine, &session, &customer);
    let mut invoice = bill(engine, &session, &subscription);
    invoice.payment_intent = intent.as_ref().map(|intent| intent.id.clone());

    // The subscription as it was at its very beginning, for the first event.
    let trial = subscription.trial_end.is_some();
    subscription.latest_invoice = Some(invoice.id.clone());
    let first = subscription.render(engine);
    if !trial {
        subscription.status = subscription::Status::Active;
    }
    subscription.default_payment_method = Some(method.id.clone());

    let draft = invoice.render(engine);
    finalize(engine, &mut invoice);
    let open = invoice.render(engine);
    invoice.status = invoice::Status::Paid;
    invoice.paid_at = Some(engine.now);
    invoice.attempt_count = u64::from(intent.is_some());

    session.status = Status::Complete;
    session.waiting = None;
    session.customer = Some(customer);
    session.subscription = Some(subscription.id.clone());
    session.invoice = Some(invoice.id.clone());

    let charge = intent.map(|mut intent| {
        let charge = Charge::new(engine, &intent, &method, None);
        intent.latest_charge = Some(charge.id.clone());
        let values = (intent.render(), charge.render());
        engine.state.charges.insert(charge);
        engine.state.payment_intents.insert(intent);
        values
    });
    let attached = method.render();
    engine.state.payment_methods.insert(method);
    let (subscription_id, invoice_id, session_id) = (subscription.id.clone(), invoice.id.clone(), session.id.clone());
    engine.state.subscriptions.insert(subscription);
    engine.state.invoices.insert(invoice);
    let url = session.success();
    engine.state.sessions.insert(session);

    let event = announce(engine, &session_id, first, &subscription_id, [draft, open], &invoice_id, charge, attached);
    if let Some(session) = engine.state.sessions.get_mut(&session_id) {
        session.completed_event = Some(event.clone());
    }
    Paid::Done { url, event }
}

#[expect(clippy::too_many_arguments, reason = "the moments of one purchase, each an event")]
fn announce(
    engine: &mut Engine,
    session: &str,
    first: Value,
    subscription: &str,
    [draft, open]: [Value; 2],
    invoice: &str,
    charge: Option<(Value, Value)>,
    method: Value,
) -> String {
    let value = checkout::get(engine, session).unwrap_or_default();
    let completed = engine.emit("checkout.session.completed", value, None);
    engine.emit("customer.subscription.created", first.clone(), None);
    if let Ok(now) = subscription::get(engine, subscription) {
        engine.emit_update("customer.subscription.updated", &first, now);
    }
    engine.emit("invoice.created", draft, None);
    engine.emit("invoice.finalized", open, None);
    if let Ok(paid) = invoice::get(engine, invoice) {
        engine.emit("invoice.paid", paid.clone(), None);
        engine.emit("invoice.payment_succeeded", paid, None);
    }
    if let Some(payment) = engine.state.invoices.get(invoice).and_then(invoice_payment::render) {
        engine.emit("invoice_payment.paid", payment, None);
    }
    engine.emit("payment_method.attached", method, None);
    if let Some((intent, charge)) = charge {
        engine.emit("payment_intent.succeeded", intent, None);
        engine.emit("charge.succeeded", charge, None);
    }
    completed
}

/// The session's customer, made now if only an address was given.
fn buyer(engine: &mut Engine, session: &mut Session) -> String {
    let id = session.customer.clone().unwrap_or_else(|| {
        let mut customer = customer::blank(engine);
        customer.email.clone_from(&session.customer_email);
        let id = customer.id.clone();
        customer::add(engine, customer);
        id
    });
    if let Some(customer) = engine.state.customers.get_mut(&id)
        && customer.currency.is_none()
    {
        customer.currency = Some(session.currency.clone());
    }
    id
}

fn subscribe(engine: &mut Engine, session: &Session, customer: &str) -> Subscription {
    let now = engine.now;
    let trial_end = session.trial_period_days.map(|days| now + i64::from(days) * 86_400);
    let mut items = Vec::new();
    for line in &session.lines {
        let Some(recurring) = engine.state.prices.get(&line.price).and_then(|price| price.recurring) else { continue };
        let (start, end) = first_period(now, trial_end, recurring);
        items.push(Item {
            id: engine.state.ids.next("si_", 14),
            created: now,
            price: line.price.clone(),
            quantity: line.quantity,
            metadata: Metadata::new(),
            current_period_start: start,
            current_period_end: end,
        });
    }
    Subscription {
        id: engine.state.ids.next("sub_", 24),
        created: now,
        customer: customer.to_owned(),
        status: if trial_end.is_some() { subscription::Status::Trialing } else { subscription::Status::Incomplete },
        currency: session.currency.clone(),
        items,
        metadata: session.subscription_metadata.clone(),
        description: session.subscription_description.clone(),
        billing_cycle_anchor: trial_end.unwrap_or(now),
        start_date: now,
        trial_start: trial_end.map(|_| now),
        trial_end,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        ended_at: None,
        cancellation: Cancellation::default(),
        default_payment_method: None,
        latest_invoice: None,
    }
}

/// The first invoice, as a draft.
fn bill(engine: &mut Engine, session: &Session, subscription: &Subscription) -> Invoice {
    let mut lines = Vec::new();
    for item in &subscription.items {
        let Some(price) = engine.state.prices.get(&item.price) else { continue };
        let (product, unit) = (price.product.clone(), price.unit);
        let name = engine.state.products.get(&product).map_or("", |product| product.name.as_str());
        let (amount, unit_amount, description) = if subscription.trial_end.is_some() {
            (0, "0".to_owned(), format!("Trial period for {name}"))
        } else {
            let words = checkout::describe(engine, &item.price, item.quantity);
            (unit.times(item.quantity, 1, 1), unit.to_string(), words)
        };
        lines.push(Line {
            id: engine.state.ids.next("il_", 24),
            amount,
            description,
            quantity: item.quantity,
            start: item.current_period_start,
            end: item.current_period_end,
            price: item.price.clone(),
            product,
            unit_amount_decimal: Some(unit_amount),
            subscription: subscription.id.clone(),
            subscription_item: item.id.clone(),
            invoice_item: None,
            proration: false,
            metadata: session.subscription_metadata.clone(),
        });
    }
    let customer = engine.state.customers.get(&subscription.customer);
    let (customer_email, customer_name) =
        (customer.and_then(|c| c.email.clone()), customer.and_then(|c| c.name.clone()));
    Invoice {
        id: engine.state.ids.next("in_", 24),
        created: engine.now,
        customer: subscription.customer.clone(),
        customer_email,
        customer_name,
        subscription: subscription.id.clone(),
        subscription_metadata: subscription.metadata.clone(),
        currency: subscription.currency.clone(),
        billing_reason: "subscription_create".into(),
        lines,
        status: invoice::Status::Draft,
        number: None,
        secret: engine.state.ids.next("", 24),
        payment_intent: None,
        starting_balance: 0,
        finalized_at: None,
        paid_at: None,
        attempt_count: 0,
        period_start: engine.now,
        period_end: engine.now,
    }
}

fn finalize(engine: &mut Engine, invoice: &mut Invoice) {
    if let Some(customer) = engine.state.customers.get_mut(&invoice.customer) {
        invoice.number = Some(format!("{}-{:04}", customer.invoice_prefix, customer.next_invoice_sequence));
        customer.next_invoice_sequence += 1;
    }
    invoice.status = invoice::Status::Open;
    invoice.finalized_at = Some(engine.now);
}
