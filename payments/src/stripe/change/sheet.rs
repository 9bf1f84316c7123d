//! Invoices in our words.

use domain::quote::QuoteLineKind;
use domain::subscription::ProviderPriceId;
use domain::time::Period;
use domain::{Currency, Money, Timestamp};
use serde::Serialize;
use stripe_client_core::{RequestBuilder, StripeMethod};

use super::objects::{Invoice, Line};
use super::{Client, List};
use crate::PaymentError;
use crate::provider::{InvoiceLine, InvoiceSheet};

/// All lines of an invoice, also those beyond the first page that came with it.
pub(super) async fn all_lines(client: &Client, invoice: &Invoice) -> Result<Vec<Line>, PaymentError> {
    #[derive(Serialize)]
    struct Ask<'a> {
        limit: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        starting_after: Option<&'a str>,
    }
    let Some(id) = invoice.id.as_ref().filter(|_| invoice.lines.has_more) else {
        return Ok(invoice.lines.data.clone());
    };
    let mut all: Vec<Line> = Vec::new();
    loop {
        let ask = Ask { limit: 100, starting_after: all.last().map(|last| last.id.as_str()) };
        let request = RequestBuilder::new(StripeMethod::Get, format!("/invoices/{id}/lines")).query(&ask);
        let page: List<Line> = client.call(request, None).await?;
        let more = page.has_more && !page.data.is_empty();
        all.extend(page.data);
        if !more {
            return Ok(all);
        }
    }
}

/// An invoice of these lines. Where some of its own are left out (`part`), so is their money.
pub(super) fn of(invoice: &Invoice, lines: &[Line], part: bool) -> Result<InvoiceSheet, PaymentError> {
    let odd = |what: &str| PaymentError::Unknown(format!("an invoice of {}: {what}", invoice.currency));
    let currency: Currency = invoice.currency.parse().map_err(|_| odd("no currency"))?;
    let zero = Money::zero(currency);
    let (total, due) = if part {
        let sum = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount));
        let own = sum.ok_or_else(|| odd("too much"))?;
        let charged = own.checked_add(invoice.starting_balance).ok_or_else(|| odd("too much"))?;
        (own, if charged < smallest_charge(currency).minor { 0 } else { charged })
    } else {
        // Discounts and taxes are in the total and in no line.
        (invoice.total, invoice.amount_due)
    };
    let mut read = Vec::with_capacity(lines.len());
    for line in lines {
        let kind = match (line.prorated(), line.amount < 0) {
            (true, true) => QuoteLineKind::Unused,
            (true, false) => QuoteLineKind::Remaining,
            (false, _) => QuoteLineKind::Period,
        };
        let quantity = line.quantity.unwrap_or(0);
        read.push(InvoiceLine {
            kind,
            price: line.price().map(|id| ProviderPriceId(id.to_owned())),
            quantity: u32::try_from(quantity).map_err(|_| odd("too many of something"))?,
            amount: Money { minor: line.amount, ..zero },
            period: Period {
                from: Timestamp::from_secs(line.period.start),
                until: Timestamp::from_secs(line.period.end),
            },
        });
    }
    Ok(InvoiceSheet { lines: read, total: Money { minor: total, ..zero }, due: Money { minor: due, ..zero } })
}

/// Less than this is not charged to a card (docs.stripe.com/currencies, minimum and maximum charge amounts); where no
/// amount is named, one that can be charged at all is enough.
pub(super) fn smallest_charge(currency: Currency) -> Money {
    let minor = match currency.code() {
        "aed" | "myr" | "pln" | "ron" => 200,
        "bgn" => 100,
        "czk" => 1_500,
        "dkk" => 250,
        "gbp" => 30,
        "hkd" => 400,
        "huf" => 17_500,
        "jpy" => 50,
        "mxn" | "thb" => 1_000,
        "nok" | "sek" => 300,
        _ if currency.decimals() == 2 => 50,
        _ if currency.decimals() == 3 => 10,
        _ => 1,
    };
    Money::new(minor, currency)
}
