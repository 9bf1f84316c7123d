//! What a change in the middle of a period is worth: the whole item given back and charged anew, to the second, each
//! line rounded by itself. What is given back is what was charged; see [`super::debit`].

use super::Engine;
use super::calendar;
use super::debit;
use super::invoice_item::InvoiceItem;
use super::subscription::Subscription;
use super::subscription_item::Item;

/// The credits and debits of changing `old` to `new` from second `at` on, before they have names. Where the billing
/// cycle begins `afresh` there are only credits: the new periods are charged whole.
pub fn of_change(engine: &Engine, old: &Subscription, new: &Subscription, at: i64, afresh: bool) -> Vec<InvoiceItem> {
    // During a trial nothing was charged, so there is nothing to give back and nothing to charge before it ends.
    if old.status == super::subscription::Status::Trialing {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for from in &old.items {
        let to = new.items.iter().find(|item| item.id == from.id);
        if !afresh && to.is_some_and(|to| to.costs_like(from)) {
            continue;
        }
        parts.extend(credits(engine, old, from, at));
        if let Some(to) = to.filter(|_| !afresh) {
            parts.extend(debit_of(engine, new, to, at));
        }
    }
    let added = new.items.iter().filter(|to| !afresh && old.items.iter().all(|from| from.id != to.id));
    parts.extend(added.filter_map(|to| debit_of(engine, new, to, at)));
    parts
}

/// What ending `subscription` at second `at` gives back.
pub fn of_end(engine: &Engine, subscription: &Subscription, at: i64) -> Vec<InvoiceItem> {
    subscription.items.iter().flat_map(|item| credits(engine, subscription, item, at)).collect()
}

fn credits(engine: &Engine, subscription: &Subscription, item: &Item, at: i64) -> Vec<InvoiceItem> {
    let mut credits = Vec::new();
    for owed in debit::owed(engine, &subscription.id, &item.id, at) {
        let Some(price) = engine.state.prices.get(&owed.price).filter(|_| owed.quantity > 0) else { continue };
        let start = at.max(owed.start);
        let unused = price.cost(owed.quantity).part(owed.end - start, owed.whole, &price.currency);
        let name = price.product_name(engine);
        credits.push(InvoiceItem {
            price: owed.price.clone(),
            amount: -unused.min(owed.left.max(0)),
            description: describe(true, owed.quantity, name, start),
            quantity: owed.quantity,
            start,
            end: owed.end,
            whole: owed.whole,
            credits: Some(owed.debit),
            ..blank(engine, subscription, item)
        });
    }
    credits
}

fn debit_of(engine: &Engine, subscription: &Subscription, item: &Item, at: i64) -> Option<InvoiceItem> {
    let (start, end) = (item.current_period_start, item.current_period_end);
    let price = engine.state.prices.get(&item.price).filter(|price| price.meter.is_none())?;
    // Nothing is listed for none of something, nor for no time.
    (item.quantity > 0 && at < end).then(|| InvoiceItem {
        amount: price.cost(item.quantity).part(end - at, end - start, &price.currency),
        description: describe(false, item.quantity, price.product_name(engine), at),
        quantity: item.quantity,
        start: at,
        end,
        whole: end - start,
        ..blank(engine, subscription, item)
    })
}

fn blank(engine: &Engine, subscription: &Subscription, item: &Item) -> InvoiceItem {
    InvoiceItem {
        id: String::new(),
        created: engine.now,
        customer: subscription.customer.clone(),
        subscription: subscription.id.clone(),
        subscription_item: item.id.clone(),
        price: item.price.clone(),
        amount: 0,
        currency: subscription.currency.clone(),
        description: String::new(),
        quantity: 0,
        start: 0,
        end: 0,
        whole: 0,
        credits: None,
        invoice: None,
    }
}

/// `Unused time on 2 × Team after 10 Nov 2025`; for one without the number.
fn describe(unused: bool, quantity: u64, product: &str, at: i64) -> String {
    let what = if unused { "Unused" } else { "Remaining" };
    let many = if quantity == 1 { String::new() } else { format!("{quantity} × ") };
    format!("{what} time on {many}{product} after {}", calendar::day(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_stripes() {
        assert_eq!(describe(true, 2, "Team", 1_762_732_800), "Unused time on 2 × Team after 10 Nov 2025");
        assert_eq!(describe(false, 1, "Team", 1_762_732_800), "Remaining time on Team after 10 Nov 2025");
    }
}
