//! Making invoices: as drafts, with the lines that are given and those that wait.

use super::Engine;
use super::debit::Debit;
use super::invoice::{Invoice, Status};
use super::invoice_item::{self, InvoiceItem};
use super::invoice_line::Line;
use super::params::Metadata;
use super::subscription::Subscription;

/// What an invoice is to be.
pub struct Draft<'a> {
    /// `subscription_create`, `subscription_cycle`, `subscription_update`.
    pub reason: &'a str,
    pub lines: Vec<Line>,
    /// Takes up the pending items of the subscription, too.
    pub with_pending: bool,
    /// What the invoice itself says of its period; of its lines, each has its own.
    pub period: (i64, i64),
    pub proration_date: Option<i64>,
    /// Whether it goes its way by itself.
    pub auto_advance: bool,
}

/// Keeps a draft and makes it the latest invoice of its subscription. Nobody is told before [`announce`]. Gives its id.
pub fn draft(engine: &mut Engine, subscription: &Subscription, wish: Draft) -> String {
    let id = engine.state.ids.next("in_", 24);
    let waiting: Vec<InvoiceItem> =
        if wish.with_pending { invoice_item::pending(engine, &subscription.id).cloned().collect() } else { Vec::new() };
    let mut ids = engine.state.ids.clone();
    let lines = gather(engine, &waiting, wish.lines.clone(), &id, || ids.next("il_", 24));
    engine.state.ids = ids;
    for item in waiting {
        if let Some(item) = engine.state.invoice_items.get_mut(&item.id) {
            item.invoice = Some(id.clone());
        }
    }
    let secret = engine.state.ids.next("", 24);
    let invoice = Invoice { id: id.clone(), secret, lines, ..sheet(engine, subscription, &wish) };
    engine.state.invoices.insert(invoice);
    if let Some(subscription) = engine.state.subscriptions.get_mut(&subscription.id) {
        subscription.latest_invoice = Some(id.clone());
    }
    id
}

/// An invoice without name and lines.
pub fn sheet(engine: &Engine, subscription: &Subscription, wish: &Draft) -> Invoice {
    let customer = engine.state.customers.get(&subscription.customer);
    let (customer_email, customer_name) =
        (customer.and_then(|c| c.email.clone()), customer.and_then(|c| c.name.clone()));
    Invoice {
        id: String::new(),
        created: engine.now,
        customer: subscription.customer.clone(),
        customer_email,
        customer_name,
        subscription: subscription.id.clone(),
        subscription_metadata: subscription.metadata.clone(),
        currency: subscription.currency.clone(),
        billing_reason: wish.reason.into(),
        lines: Vec::new(),
        status: Status::Draft,
        number: None,
        secret: String::new(),
        payment_intent: None,
        starting_balance: 0,
        ending_balance: None,
        finalized_at: None,
        paid_at: None,
        voided_at: None,
        marked_uncollectible_at: None,
        attempt_count: 0,
        first_failed_at: None,
        next_payment_attempt: None,
        auto_advance: wish.auto_advance,
        automatically_finalizes_at: None,
        paid_out_of_band: false,
        description: None,
        metadata: Metadata::new(),
        proration_date: wish.proration_date,
        created_event: None,
        period_start: wish.period.0,
        period_end: wish.period.1,
    }
}

/// Says that there is a new draft.
pub fn announce(engine: &mut Engine, id: &str) {
    let Some(value) = engine.state.invoices.get(id).map(|invoice| invoice.render(engine)) else { return };
    let event = engine.emit("invoice.created", value, None);
    if let Some(invoice) = engine.state.invoices.get_mut(id) {
        invoice.created_event = Some(event);
    }
}

/// The lines of an invoice: first what was left over, as Stripe lists it, then the others. Previews are made by it, too.
pub fn gather(
    engine: &Engine,
    waiting: &[InvoiceItem],
    lines: Vec<Line>,
    invoice: &str,
    mut name: impl FnMut() -> String,
) -> Vec<Line> {
    let left_over = waiting.iter().map(|item| item.line(engine));
    let mut lines: Vec<Line> = left_over.chain(lines).map(|line| Line { id: name(), ..line }).collect();
    let places: Vec<(Option<String>, String)> =
        lines.iter().map(|line| (line.invoice_item.clone(), line.id.clone())).collect();
    for line in &mut lines {
        // A credit and what it gives back may stand on the same invoice.
        if let Some(Debit::Item(item)) = &line.credits
            && let Some((_, place)) = places.iter().find(|(known, _)| known.as_ref() == Some(item))
        {
            line.credits = Some(Debit::Line { invoice: invoice.to_owned(), line: place.clone() });
        }
    }
    lines
}
