//! Collecting the money of an open invoice: which card is charged, and what follows from its answer.

use super::Engine;
use super::card::{self, Decline, NOT_AUTHENTICATED, Outcome};
use super::charge::Charge;
use super::customer;
use super::dispute;
use super::dunning;
use super::invoice::{self, Invoice, Status};
use super::invoice_payment;
use super::payment_intent::{self, PaymentIntent};
use super::payment_method::PaymentMethod;
use super::standing;

/// How it is tried.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// This card and no other.
    pub method: Option<String>,
    /// The card's owner is there and can answer the bank.
    pub present: bool,
    /// The schedule tries, not somebody: only then further attempts count.
    pub scheduled: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collected {
    Paid,
    Declined(Decline),
    /// The owner must answer the bank, on the page that the payment intent names.
    Action,
    /// There is no card to charge.
    NoMethod,
    /// It is neither open nor uncollectible, or there is none.
    NotOpen,
}

/// Tries to collect an invoice now.
pub fn attempt(engine: &mut Engine, id: &str, wish: &Attempt) -> Collected {
    let Some(invoice) = collectible(engine, id) else { return Collected::NotOpen };
    if invoice.amount_due(engine) == 0 {
        settle(engine, id);
        return Collected::Paid;
    }
    let Some(method) = method(engine, &invoice, wish.method.as_deref()) else {
        fail(engine, id, wish);
        return Collected::NoMethod;
    };
    match answer(engine, &method, wish.present) {
        Outcome::Paid => {
            succeed(engine, id, &method);
            Collected::Paid
        }
        Outcome::Declined(decline) => {
            refuse(engine, &invoice, &method, decline);
            fail(engine, id, wish);
            Collected::Declined(decline)
        }
        Outcome::Authenticate => {
            ask_for_owner(engine, &invoice, &method);
            emit(engine, "invoice.payment_action_required", id);
            if !wish.present {
                fail(engine, id, wish);
            }
            Collected::Action
        }
    }
}

/// The owner's answer to the bank, for a payment intent that asks for it. `None` when none does.
pub fn authenticate(engine: &mut Engine, intent: &str, is_owner: bool) -> Option<Collected> {
    let invoice = waiting(engine, intent)?.clone();
    let method = engine.state.payment_intents.get(intent)?.payment_method.as_ref();
    let method = engine.state.payment_methods.get(method?)?.clone();
    if is_owner {
        succeed(engine, &invoice.id, &method);
        return Some(Collected::Paid);
    }
    refuse(engine, &invoice, &method, NOT_AUTHENTICATED);
    fail(engine, &invoice.id, &Attempt { present: true, ..Attempt::default() });
    Some(Collected::Declined(NOT_AUTHENTICATED))
}

/// The invoice whose payment waits for its owner.
pub fn waiting<'a>(engine: &'a Engine, intent: &str) -> Option<&'a Invoice> {
    let asks = engine.state.payment_intents.get(intent)?.status == payment_intent::Status::RequiresAction;
    let of = |i: &&Invoice| i.payment_intent.as_deref() == Some(intent) && is_collectible(i);
    engine.state.invoices.iter().rev().find(of).filter(|_| asks)
}

const fn is_collectible(invoice: &Invoice) -> bool {
    matches!(invoice.status, Status::Open | Status::Uncollectible)
}

fn collectible(engine: &Engine, id: &str) -> Option<Invoice> {
    engine.state.invoices.get(id).filter(|invoice| is_collectible(invoice)).cloned()
}

/// The card that is charged, in Stripe's order: the given one, the subscription's, the customer's.
fn method(engine: &Engine, invoice: &Invoice, given: Option<&str>) -> Option<PaymentMethod> {
    let subscription = engine.state.subscriptions.get(&invoice.subscription);
    let customer = engine.state.customers.get(&invoice.customer);
    let id = given
        .or_else(|| subscription?.default_payment_method.as_deref())
        .or_else(|| customer?.default_payment_method.as_deref())?;
    engine.state.payment_methods.get(id).cloned()
}

/// What the bank says.
fn answer(engine: &mut Engine, method: &PaymentMethod, present: bool) -> Outcome {
    if engine.state.failing_payments > 0 {
        engine.state.failing_payments -= 1;
        return Outcome::Declined(card::GENERIC);
    }
    let failed = engine.state.charges.iter().filter(|c| c.method.id == method.id && c.failure.is_some());
    if failed.count() < card::fails_first(&method.number) {
        return Outcome::Declined(card::GENERIC);
    }
    if present { card::outcome(&method.number) } else { card::outcome_alone(&method.number) }
}

fn intent(engine: &Engine, invoice: &Invoice) -> Option<PaymentIntent> {
    engine.state.payment_intents.get(invoice.payment_intent.as_ref()?).cloned()
}

/// The card pays: money is taken, the invoice is settled.
pub fn succeed(engine: &mut Engine, id: &str, method: &PaymentMethod) {
    let Some(invoice) = collectible(engine, id) else { return };
    if let Some(mut intent) = intent(engine, &invoice) {
        let charge = Charge::new(engine, &intent, method, None);
        intent.latest_charge = Some(charge.id.clone());
        intent.customer = Some(invoice.customer);
        intent.payment_method = Some(method.id.clone());
        intent.status = payment_intent::Status::Succeeded;
        intent.action_url = None;
        intent.last_error = None;
        let (charged, succeeded) = (charge.render(engine), intent.render());
        let charge_id = charge.id.clone();
        engine.state.charges.insert(charge);
        engine.state.payment_intents.insert(intent);
        if let Some(invoice) = engine.state.invoices.get_mut(id) {
            invoice.attempt_count = invoice.attempt_count.max(1);
        }
        engine.emit("charge.succeeded", charged, None);
        engine.emit("payment_intent.succeeded", succeeded, None);
        dispute::follow(engine, &charge_id);
    }
    settle(engine, id);
}

/// An invoice is paid, whatever by.
pub fn settle(engine: &mut Engine, id: &str) {
    let Some(mut invoice) = collectible(engine, id) else { return };
    invoice.status = Status::Paid;
    invoice.paid_at = Some(engine.now);
    invoice.auto_advance = false;
    invoice.next_payment_attempt = None;
    engine.state.invoices.insert(invoice.clone());
    emit(engine, "invoice.paid", id);
    if invoice.paid_out_of_band {
        cancel_intent(engine, &invoice);
    } else {
        emit(engine, "invoice.payment_succeeded", id);
        if let Some(payment) = invoice_payment::render(engine, &invoice) {
            engine.emit("invoice_payment.paid", payment, None);
        }
    }
    customer::change(engine, &invoice.customer, |customer| customer.delinquent = false);
    standing::paid(engine, &invoice);
}

/// The payment is not wanted any more.
pub fn cancel_intent(engine: &mut Engine, invoice: &Invoice) {
    let Some(mut intent) = intent(engine, invoice) else { return };
    if intent.status == payment_intent::Status::Succeeded {
        return;
    }
    intent.status = payment_intent::Status::Canceled;
    intent.canceled_at = Some(engine.now);
    intent.action_url = None;
    let value = intent.render();
    engine.state.payment_intents.insert(intent);
    engine.emit("payment_intent.canceled", value, None);
}

fn refuse(engine: &mut Engine, invoice: &Invoice, method: &PaymentMethod, decline: Decline) {
    let Some(mut intent) = intent(engine, invoice) else { return };
    intent.refuse(decline);
    intent.payment_method = None;
    if decline != NOT_AUTHENTICATED {
        let charge = Charge::new(engine, &intent, method, Some(decline));
        intent.latest_charge = Some(charge.id.clone());
        let value = charge.render(engine);
        engine.state.charges.insert(charge);
        engine.emit("charge.failed", value, None);
    }
    let value = intent.render();
    engine.state.payment_intents.insert(intent);
    engine.emit("payment_intent.payment_failed", value, None);
}

fn ask_for_owner(engine: &mut Engine, invoice: &Invoice, method: &PaymentMethod) {
    let Some(mut intent) = intent(engine, invoice) else { return };
    intent.status = payment_intent::Status::RequiresAction;
    intent.payment_method = Some(method.id.clone());
    intent.action_url = Some(format!("{}_3ds/{}", engine.base, intent.id));
    let value = intent.render();
    engine.state.payment_intents.insert(intent);
    engine.emit("payment_intent.requires_action", value, None);
}

/// The invoice stays open: it is counted, tried again later or given up.
fn fail(engine: &mut Engine, id: &str, wish: &Attempt) {
    let Some(mut invoice) = collectible(engine, id) else { return };
    // After the first, only attempts of the schedule count.
    if wish.scheduled || invoice.attempt_count == 0 {
        invoice.attempt_count += 1;
        invoice.first_failed_at = invoice.first_failed_at.or(Some(engine.now));
        invoice.next_payment_attempt = dunning::next_attempt(engine, &invoice);
    }
    let exhausted = invoice.auto_advance && invoice.next_payment_attempt.is_none();
    engine.state.invoices.insert(invoice.clone());
    emit(engine, "invoice.payment_failed", id);
    customer::change(engine, &invoice.customer, |customer| customer.delinquent = true);
    standing::failed(engine, &invoice);
    if exhausted {
        dunning::give_up(engine, &invoice);
    }
}

fn emit(engine: &mut Engine, kind: &str, invoice: &str) {
    if let Ok(value) = invoice::get(engine, invoice) {
        engine.emit(kind, value, None);
    }
}
