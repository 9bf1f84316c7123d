//! Making invoices: as drafts, with the lines that are given and those that wait.

use super::Engine;
use super::invoice::{Invoice, Status};
use super::invoice_line::Line;
use super::params::Metadata;
use super::subscription::Subscription;
use super::subscription_item::Item;

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
    let Draft { reason, mut lines, with_pending, period, proration_date, auto_advance } = wish;
    let id = engine.state.ids.next("in_", 24);
    if with_pending {
        // Stripe lists what was left over first.
        let mut all = take_pending(engine, subscription, &id);
        all.append(&mut lines);
        lines = all;
    }
    let mut invoice = blank(engine, subscription, reason);
    invoice.id.clone_from(&id);
    (invoice.lines, invoice.proration_date, invoice.auto_advance) = (lines, proration_date, auto_advance);
    (invoice.period_start, invoice.period_end) = period;
    engine.state.invoices.insert(invoice);
    if let Some(subscription) = engine.state.subscriptions.get_mut(&subscription.id) {
        subscription.latest_invoice = Some(id.clone());
    }
    id
}

/// An invoice for a subscription, with nothing on it and a name that is not its own.
pub fn blank(engine: &mut Engine, subscription: &Subscription, reason: &str) -> Invoice {
    let secret = engine.state.ids.next("", 24);
    let customer = engine.state.customers.get(&subscription.customer);
    let (customer_email, customer_name) =
        (customer.and_then(|c| c.email.clone()), customer.and_then(|c| c.name.clone()));
    Invoice {
        id: format!("upcoming_in_{secret}"),
        created: engine.now,
        customer: subscription.customer.clone(),
        customer_email,
        customer_name,
        subscription: subscription.id.clone(),
        subscription_metadata: subscription.metadata.clone(),
        currency: subscription.currency.clone(),
        billing_reason: reason.into(),
        lines: Vec::new(),
        status: Status::Draft,
        number: None,
        secret,
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
        auto_advance: false,
        automatically_finalizes_at: None,
        paid_out_of_band: false,
        description: None,
        metadata: Metadata::new(),
        proration_date: None,
        created_event: None,
        period_start: engine.now,
        period_end: engine.now,
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

/// The line of an item for a period in full, `1 × Team (at $10.00 / month)`, or for its trial.
pub fn line(engine: &mut Engine, subscription: &Subscription, item: &Item, trial: bool) -> Option<Line> {
    let price = engine.state.prices.get(&item.price)?;
    let (product, unit, words) = (price.product.clone(), price.unit, price.words());
    let name = engine.state.products.get(&product).map_or("", |product| product.name.as_str());
    let (amount, unit_amount, description) = if trial {
        (0, "0".to_owned(), format!("Trial period for {name}"))
    } else {
        let words = format!("{} × {name} (at {words})", item.quantity);
        (unit.times(item.quantity, 1, 1), unit.to_string(), words)
    };
    Some(Line {
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
        metadata: subscription.metadata.clone(),
    })
}

/// Takes the pending items of a subscription into an invoice.
fn take_pending(engine: &mut Engine, subscription: &Subscription, invoice: &str) -> Vec<Line> {
    let lines = pending(engine, subscription);
    for item in lines.iter().filter_map(|line| line.invoice_item.as_ref()) {
        if let Some(item) = engine.state.invoice_items.get_mut(item) {
            item.invoice = Some(invoice.to_owned());
        }
    }
    lines
}

/// What waits for the next invoice of a subscription, as its lines.
pub fn pending(engine: &mut Engine, subscription: &Subscription) -> Vec<Line> {
    let waits = engine.state.invoice_items.iter().filter(|i| i.invoice.is_none() && i.subscription == subscription.id);
    let waiting: Vec<_> = waits.cloned().collect();
    let mut lines = Vec::new();
    for item in waiting {
        let product = engine.state.prices.get(&item.price).map_or_else(String::new, |price| price.product.clone());
        lines.push(Line {
            id: engine.state.ids.next("il_", 24),
            amount: item.amount,
            description: item.description,
            quantity: item.quantity,
            start: item.start,
            end: item.end,
            price: item.price,
            product,
            unit_amount_decimal: None,
            subscription: item.subscription,
            subscription_item: item.subscription_item,
            invoice_item: Some(item.id),
            proration: true,
            metadata: Metadata::new(),
        });
    }
    lines
}
