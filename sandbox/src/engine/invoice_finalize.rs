//! From draft to open: the number, the customer's balance, the wish to be paid.

use super::Engine;
use super::balance_transaction;
use super::collection;
use super::customer;
use super::invoice::Status;
use super::metered;
use super::payment_intent::PaymentIntent;

/// Makes a draft final and says so. What wants no money is paid at once. Nothing for what is no draft.
pub fn finalize(engine: &mut Engine, id: &str) {
    metered::recount(engine, id);
    let Some(mut invoice) = engine.state.invoices.get(id).filter(|i| i.status == Status::Draft).cloned() else {
        return;
    };
    let split = invoice.split(engine);
    if let Some(customer) = engine.state.customers.get_mut(&invoice.customer) {
        invoice.starting_balance = customer.balance;
        invoice.number = Some(format!("{}-{:04}", customer.invoice_prefix, customer.next_invoice_sequence));
        customer.next_invoice_sequence += 1;
    }
    customer::change(engine, &invoice.customer, |customer| customer.balance = split.ending);
    balance_transaction::of_invoice(engine, &invoice, split.ending);
    invoice.ending_balance = Some(split.ending);
    invoice.status = Status::Open;
    invoice.finalized_at = Some(engine.now);
    invoice.automatically_finalizes_at = None;
    let made = (split.due > 0 && invoice.payment_intent.is_none()).then(|| {
        let mut intent = PaymentIntent::new(engine, split.due, &invoice.currency, Some(invoice.customer.clone()));
        intent.description = words(&invoice.billing_reason).into();
        invoice.payment_intent = Some(intent.id.clone());
        let value = intent.render();
        engine.state.payment_intents.insert(intent);
        value
    });
    let value = invoice.render(engine);
    engine.state.invoices.insert(invoice);
    engine.emit("invoice.finalized", value, None);
    if let Some(intent) = made {
        engine.emit("payment_intent.created", intent, None);
    }
    if split.due == 0 {
        collection::settle(engine, id);
    }
}

/// What the payment is for.
fn words(reason: &str) -> &'static str {
    match reason {
        "subscription_create" => "Subscription creation",
        "subscription_update" => "Subscription update",
        _ => "Payment for Invoice",
    }
}
