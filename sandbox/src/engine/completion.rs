//! Paying on a Checkout page: a decline leaves nothing behind, a success makes customer, card, subscription, invoice.

use super::Engine;
use super::card::{self, Card, Decline, NOT_AUTHENTICATED, Outcome};
use super::charge::Charge;
use super::checkout::{Session, Status, Waiting};
use super::collection;
use super::customer;
use super::invoice_draft::{self, Draft};
use super::invoice_finalize;
use super::invoice_line;
use super::params::Metadata;
use super::payment_intent::{self, PaymentIntent};
use super::payment_method::PaymentMethod;
use super::subscription::{self, Subscription};
use super::subscription_change::first_period;
use super::subscription_create;
use super::subscription_item::Item;
use super::test_clock;

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

/// Somebody presses the button.
pub fn pay(engine: &mut Engine, session: &str, card: &Card) -> Paid {
    let Some(mut session) = engine.state.sessions.get(session).cloned() else { return Paid::Unknown };
    if session.status != Status::Open {
        return Paid::Closed(session.status);
    }
    engine.now = test_clock::now(engine, session.customer.as_deref());
    let due = session.by_card(engine);
    match if due == 0 { card::outcome_of_keeping(&card.number) } else { card::outcome(&card.number) } {
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
    engine.now = test_clock::now(engine, session.customer.as_deref());
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
    let due = session.by_card(engine);
    let known = session.payment_intent.as_ref().and_then(|id| engine.state.payment_intents.get_mut(id));
    if let Some(intent) = known {
        // The customer's balance may have moved since the attempt before.
        if due == 0 {
            intent.status = payment_intent::Status::Canceled;
            let value = intent.render();
            session.payment_intent = None;
            engine.emit("payment_intent.canceled", value, None);
            return None;
        }
        intent.amount = due;
        return Some(intent.clone());
    }
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
            let value = charge.render(engine);
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

/// All that a success does, in Stripe's order: customer, card, subscription, invoice, page.
fn complete(engine: &mut Engine, mut session: Session, card: &Card) -> Paid {
    let customer = buyer(engine, &mut session);
    let email = engine.state.customers.get(&customer).and_then(|c| c.email.clone());
    let mut method = PaymentMethod::new(engine, card, email);
    method.customer = Some(customer.clone());
    let attached = method.render();
    engine.state.payment_methods.insert(method.clone());
    engine.emit("payment_method.attached", attached, None);
    let intent = intent(engine, &mut session).map(|intent| intent.id);

    let subscription = subscribe(engine, &session, &customer, &method);
    engine.state.subscriptions.insert(subscription.clone());
    let invoice = bill(engine, &subscription);
    if let (Some(invoice), Some(_)) = (engine.state.invoices.get_mut(&invoice), &intent) {
        invoice.payment_intent.clone_from(&intent);
    }
    if let Ok(value) = subscription::get(engine, &subscription.id) {
        engine.emit("customer.subscription.created", value, None);
    }
    invoice_draft::announce(engine, &invoice);
    invoice_finalize::finalize(engine, &invoice);
    // Nothing when it was for nothing: then it is paid already.
    collection::succeed(engine, &invoice, &method);

    session.status = Status::Complete;
    session.waiting = None;
    session.customer = Some(customer);
    session.subscription = Some(subscription.id);
    session.invoice = Some(invoice);
    let (id, url) = (session.id.clone(), session.success());
    let value = session.render(engine);
    engine.state.sessions.insert(session);
    let event = engine.emit("checkout.session.completed", value, None);
    if let Some(session) = engine.state.sessions.get_mut(&id) {
        session.completed_event = Some(event.clone());
    }
    Paid::Done { url, event }
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

fn subscribe(engine: &mut Engine, session: &Session, customer: &str, method: &PaymentMethod) -> Subscription {
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
        customer: customer.to_owned(),
        status: if trial_end.is_some() { subscription::Status::Trialing } else { subscription::Status::Incomplete },
        currency: session.currency.clone(),
        items,
        metadata: session.subscription_metadata.clone(),
        description: session.subscription_description.clone(),
        billing_cycle_anchor: trial_end.unwrap_or(now),
        trial_start: trial_end.map(|_| now),
        trial_end,
        default_payment_method: Some(method.id.clone()),
        ..subscription_create::blank(now)
    }
}

/// The first invoice, as a draft.
fn bill(engine: &mut Engine, subscription: &Subscription) -> String {
    let lines = invoice_line::of_periods(engine, subscription);
    let now = engine.now;
    let wish = Draft {
        reason: "subscription_create",
        lines,
        with_pending: false,
        period: (now, now),
        proration_date: None,
        auto_advance: false,
    };
    invoice_draft::draft(engine, subscription, wish)
}
