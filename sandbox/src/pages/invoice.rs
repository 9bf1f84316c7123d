//! An invoice to look at, to pay, and to print.

use crate::engine::Engine;
use crate::engine::calendar;
use crate::engine::hosted_invoice::{self, is_payable};
use crate::engine::invoice::{Invoice, Status};
use crate::engine::money;

use super::card_form::{self, Typed};
use super::pdf::Document;
use super::{escape, layout};

/// `Paid on 3 Mar 2027`, `Open`.
fn state(invoice: &Invoice) -> String {
    match (invoice.status, invoice.paid_at) {
        (Status::Paid, Some(at)) => format!("Paid on {}", calendar::day(at)),
        (Status::Paid, None) => "Paid".into(),
        (Status::Open, _) => "Open".into(),
        (Status::Draft, _) => "Draft".into(),
        (Status::Void, _) => "Void: it is not to be paid".into(),
        (Status::Uncollectible, _) => "Uncollectible, and can still be paid".into(),
    }
}

/// What is shown of it, whatever on.
struct Shown {
    number: String,
    issued: String,
    buyer: Vec<String>,
    total: String,
    /// What is still to be paid, if anything.
    left: Option<String>,
    /// What the customer's balance and credit notes took off.
    credited: Option<String>,
    /// The card that paid.
    card: Option<String>,
}

fn shown(engine: &Engine, invoice: &Invoice) -> Shown {
    let value = invoice.render(engine);
    let remaining = value["amount_remaining"].as_i64().unwrap_or_default();
    let charge = invoice
        .payment_intent
        .as_ref()
        .and_then(|intent| engine.state.payment_intents.get(intent)?.latest_charge.as_ref())
        .and_then(|charge| engine.state.charges.get(charge))
        .filter(|charge| charge.failure.is_none() && invoice.status == Status::Paid);
    let buyer = [&invoice.customer_name, &invoice.customer_email].into_iter().flatten().cloned();
    let taxes = value["customer_tax_ids"].as_array().into_iter().flatten();
    let taxes = taxes.filter_map(|id| Some(format!("Tax id {}", id["value"].as_str()?)));
    let off = invoice.total() - value["amount_due"].as_i64().unwrap_or_default();
    Shown {
        number: invoice.number.clone().unwrap_or_else(|| "draft".into()),
        issued: calendar::day(invoice.finalized_at.unwrap_or(invoice.created)),
        buyer: buyer.chain(taxes).collect(),
        total: money::show(invoice.total(), &invoice.currency),
        left: is_payable(invoice).then(|| money::show(remaining, &invoice.currency)),
        credited: (off > 0).then(|| money::show(-off, &invoice.currency)),
        card: charge.map(|charge| format!("{} •••• {}", charge.method.brand.to_uppercase(), charge.method.last4)),
    }
}

fn path(invoice: &Invoice, rest: &str) -> String {
    escape(&format!("/_invoice/{}{rest}?s={}", invoice.id, invoice.secret))
}

/// The page.
pub fn render(engine: &Engine, invoice: &Invoice, typed: &Typed) -> String {
    let shown = shown(engine, invoice);
    let lines: Vec<String> = invoice
        .lines
        .iter()
        .map(|line| {
            format!(
                r#"<tr><th scope="row">{}<span class="soft">{} to {}</span></th><td>{}</td></tr>"#,
                escape(&line.description),
                calendar::day(line.start),
                calendar::day(line.end),
                money::show(line.amount, &invoice.currency),
            )
        })
        .collect();
    let row = |name: &str, amount: &str| format!(r#"<tr><th scope="row">{name}</th><td>{amount}</td></tr>"#);
    let mut feet = row("Total", &shown.total);
    if let Some(credited) = &shown.credited {
        feet += &row("Credit", credited);
    }
    if let Some(left) = &shown.left {
        feet += &row("To pay", left);
    }
    let receipt = if invoice.status == Status::Paid {
        format!(r#"<a href="{}">Receipt</a> "#, path(invoice, "/receipt"))
    } else {
        String::new()
    };
    let buyer: Vec<String> = shown.buyer.iter().map(|text| escape(text)).collect();
    let main = format!(
        r#"<div class="narrow"><section class="card">
<h1>Invoice {number}</h1>
<p>{state}. Issued on {issued} to {buyer}.</p>
<table class="lines"><caption class="hidden">Lines of the invoice</caption>
<thead class="hidden"><tr><th scope="col">Line</th><th scope="col">Amount</th></tr></thead>
<tbody>{lines}</tbody>
<tfoot>{feet}</tfoot>
</table>
<p class="ways">{receipt}<a href="{pdf}">Download as PDF</a></p>
</section>{pay}</div>"#,
        number = escape(&shown.number),
        state = state(invoice),
        issued = shown.issued,
        buyer = buyer.join(", "),
        lines = lines.concat(),
        pdf = path(invoice, "/pdf"),
        pay = if is_payable(invoice) { pay(engine, invoice, &shown, typed) } else { String::new() },
    );
    layout(&format!("Invoice {}, sandbox", shown.number), &main)
}

fn pay(engine: &Engine, invoice: &Invoice, shown: &Shown, typed: &Typed) -> String {
    let left = shown.left.clone().unwrap_or_default();
    let saved = hosted_invoice::saved(engine, invoice).map_or_else(String::new, |method| {
        format!(
            r#"<form method="post" action="{action}"><button class="button" name="saved" value="1">Pay {left} with {card}</button></form><h3>Or with another card</h3>"#,
            action = path(invoice, ""),
            card = escape(&format!("{} •••• {}", method.brand.to_uppercase(), method.last4)),
        )
    });
    let action = format!("/_invoice/{}?s={}", invoice.id, invoice.secret);
    let form = card_form::render(&action, &format!("Pay {left}"), typed, "Not paid.", "Nothing was charged.");
    format!(r#"<section class="card" aria-labelledby="pay"><h2 id="pay">Pay this invoice</h2>{saved}{form}</section>"#)
}

/// What proves the payment.
pub fn receipt(engine: &Engine, invoice: &Invoice) -> String {
    let shown = shown(engine, invoice);
    let by = shown.card.unwrap_or_else(|| "The customer's balance, or outside of the card".into());
    let main = format!(
        r#"<section class="card narrow"><h1>Receipt for invoice {number}</h1>
<p class="price">{total}</p><p>{state}.</p><p>{by}</p><p><a href="{back}">The invoice</a></p></section>"#,
        number = escape(&shown.number),
        total = shown.total,
        state = state(invoice),
        by = escape(&by),
        back = path(invoice, ""),
    );
    layout(&format!("Receipt {}, sandbox", shown.number), &main)
}

/// The same on paper.
pub fn pdf(engine: &Engine, invoice: &Invoice) -> Vec<u8> {
    let shown = shown(engine, invoice);
    let mut paper = Document::new();
    paper.line("Sandbox, no real money", "", 10, false);
    paper.space(12);
    paper.line(&format!("Invoice {}", shown.number), "", 20, true);
    paper.line(&format!("{}. Issued on {}.", state(invoice), shown.issued), "", 11, false);
    for text in &shown.buyer {
        paper.line(text, "", 11, false);
    }
    paper.space(16);
    for line in &invoice.lines {
        paper.line(&line.description, &money::show(line.amount, &invoice.currency), 11, false);
        paper.line(&format!("{} to {}", calendar::day(line.start), calendar::day(line.end)), "", 9, false);
    }
    paper.space(8);
    paper.line("Total", &shown.total, 12, true);
    if let Some(credited) = &shown.credited {
        paper.line("Credit", credited, 11, false);
    }
    if let Some(left) = &shown.left {
        paper.line("To pay", left, 12, true);
    }
    if let Some(card) = &shown.card {
        paper.line(&format!("Paid with {card}"), "", 11, false);
    }
    paper.bytes()
}
