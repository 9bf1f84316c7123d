//! What was charged for the period that runs: lines of invoices, and what waits for the next one.

use std::collections::{HashMap, HashSet};

use domain::quote::Charge;
use domain::subscription::{ProviderItemId, ProviderPriceId};
use domain::time::Period;
use domain::{Subscription, Timestamp};
use serde::Serialize;
use stripe_billing::invoice::ListInvoice;
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};
use stripe_product::price::RetrievePrice;

use super::objects::{Invoice, Item, Line, Span};
use super::{Client, List, sheet};
use crate::PaymentError;
use crate::provider::Change;
use crate::stripe::objects::Price;

/// All of it, the oldest first: what waits came after what stands on an invoice, or it would stand there too.
pub(super) async fn of(client: &Client, bought: &Subscription) -> Result<Vec<Charge>, PaymentError> {
    let mut prices = Prices::known(bought);
    let mut charges = Vec::new();
    for invoice in invoices(client, bought).await?.iter().rev().filter(|invoice| invoice.counts()) {
        for line in sheet::all_lines(client, invoice).await? {
            // What ended before this period is of no more use.
            if line.period.end > bought.period.from.secs() {
                charges.extend(charge_of_line(client, &mut prices, bought, &line).await?);
            }
        }
    }
    for item in waiting(client, bought.customer.as_str()).await? {
        let Some((subscription, line)) = item.of() else { continue };
        if subscription != bought.id.as_str() || item.period.end <= bought.period.from.secs() {
            continue;
        }
        let Some(price) = item.pricing.as_ref().and_then(|pricing| pricing.price()) else { continue };
        let quantity = quantity(item.quantity)?;
        let (full, whole) = prices.full(client, bought, price, quantity, item.amount, item.period).await?;
        charges.push(Charge {
            names: vec![item.id.clone()],
            item: ProviderItemId(line.to_owned()),
            price: ProviderPriceId(price.to_owned()),
            quantity,
            amount: item.amount,
            full,
            whole,
            period: period(item.period),
            credits: item.credits().map(str::to_owned),
        });
    }
    Ok(charges)
}

/// The names of what waits for the next invoice of the change's customer.
pub(super) async fn waiting_names(client: &Client, change: &Change) -> Result<HashSet<String>, PaymentError> {
    Ok(waiting(client, change.customer.as_str()).await?.into_iter().map(|item| item.id).collect())
}

async fn charge_of_line(
    client: &Client,
    prices: &mut Prices,
    bought: &Subscription,
    line: &Line,
) -> Result<Option<Charge>, PaymentError> {
    let (Some(item), Some(price)) = (line.item(), line.price()) else { return Ok(None) };
    let quantity = quantity(line.quantity)?;
    let (full, whole) = if line.prorated() {
        prices.full(client, bought, price, quantity, line.amount, line.period).await?
    } else {
        (line.amount, line.period.end - line.period.start)
    };
    let names = std::iter::once(line.id.clone()).chain(line.invoice_item().map(str::to_owned)).collect();
    Ok(Some(Charge {
        names,
        item: ProviderItemId(item.to_owned()),
        price: ProviderPriceId(price.to_owned()),
        quantity,
        amount: line.amount,
        full,
        whole,
        period: period(line.period),
        credits: line.credits().map(str::to_owned),
    }))
}

/// The subscription's invoices since the period began, the newest first.
async fn invoices(client: &Client, bought: &Subscription) -> Result<Vec<Invoice>, PaymentError> {
    let since = bought.period.from.secs();
    let mut all: Vec<Invoice> = Vec::new();
    loop {
        let mut request = ListInvoice::new().subscription(bought.id.as_str()).limit(100_i64);
        if let Some(last) = all.last().and_then(|invoice| invoice.id.clone()) {
            request = request.starting_after(last);
        }
        let page: List<Invoice> = client.call(request.build(), None).await?;
        let more = page.has_more && page.data.last().is_some_and(|oldest| oldest.created >= since);
        all.extend(page.data);
        if !more {
            return Ok(all);
        }
    }
}

/// What waits for the next invoice, the oldest first. async-stripe's type for this list is a feature of its own, for one
/// question with three words.
async fn waiting(client: &Client, customer: &str) -> Result<Vec<Item>, PaymentError> {
    #[derive(Serialize)]
    struct Ask<'a> {
        customer: &'a str,
        pending: bool,
        limit: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        starting_after: Option<&'a str>,
    }
    let mut all: Vec<Item> = Vec::new();
    loop {
        let starting_after = all.last().map(|last| last.id.as_str());
        let ask = Ask { customer, pending: true, limit: 100, starting_after };
        let request = RequestBuilder::new(StripeMethod::Get, "/invoiceitems").query(&ask);
        let page: List<Item> = client.call(request, None).await?;
        let more = page.has_more && !page.data.is_empty();
        all.extend(page.data);
        if !more {
            all.reverse();
            return Ok(all);
        }
    }
}

/// What prices cost for one, as far as they are a fixed amount.
struct Prices(HashMap<String, Option<i64>>);

impl Prices {
    /// Those of the subscription's own lines.
    fn known(bought: &Subscription) -> Self {
        let unit = |line: &domain::subscription::Line| (line.price.0.clone(), line.unit.map(|unit| unit.minor));
        Self(bought.lines.iter().map(unit).collect())
    }

    /// What so many cost for a whole period, and how long that is. Where the price has no fixed amount, the part itself
    /// is all that is known, and it is its own whole.
    async fn full(
        &mut self,
        client: &Client,
        bought: &Subscription,
        price: &str,
        quantity: u32,
        amount: i64,
        span: Span,
    ) -> Result<(i64, i64), PaymentError> {
        let unit = if let Some(known) = self.0.get(price) {
            *known
        } else {
            let found: Price = client.call(RetrievePrice::new(price).build(), None).await?;
            *self.0.entry(price.to_owned()).or_insert(found.unit_amount)
        };
        let full = unit.and_then(|unit| unit.checked_mul(i64::from(quantity)));
        let whole = bought.period.until.secs() - bought.period.from.secs();
        Ok(full.map_or((amount, span.end - span.start), |full| (full, whole)))
    }
}

fn period(span: Span) -> Period {
    Period { from: Timestamp::from_secs(span.start), until: Timestamp::from_secs(span.end) }
}

fn quantity(quantity: Option<u64>) -> Result<u32, PaymentError> {
    let quantity = quantity.unwrap_or(0);
    u32::try_from(quantity).map_err(|_| PaymentError::Unknown(format!("{quantity} of a line are too many to be true")))
}
