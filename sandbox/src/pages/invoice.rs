//! An invoice to look at.

use crate::engine::calendar;
use crate::engine::invoice::{Invoice, Status};
use crate::engine::money;

use super::{escape, layout};

pub fn render(invoice: &Invoice) -> String {
    let number = invoice.number.as_deref().unwrap_or("draft");
    let state = match (invoice.status, invoice.paid_at) {
        (Status::Paid, Some(at)) => format!("Paid on {}", calendar::day(at)),
        (Status::Paid, None) => "Paid".into(),
        (Status::Open, _) => "Open".into(),
        (Status::Draft, _) => "Draft".into(),
        (Status::Void, _) => "Void".into(),
        (Status::Uncollectible, _) => "Uncollectible".into(),
    };
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
    let buyer = [&invoice.customer_name, &invoice.customer_email].into_iter().flatten().map(|text| escape(text));
    let main = format!(
        r#"<section class="card narrow">
<h1>Invoice {number}</h1>
<p>{state}. Issued on {issued} to {buyer}.</p>
<table class="lines"><caption class="hidden">Lines of the invoice</caption>
<thead class="hidden"><tr><th scope="col">Line</th><th scope="col">Amount</th></tr></thead>
<tbody>{lines}</tbody>
<tfoot><tr><th scope="row">Total</th><td>{total}</td></tr></tfoot>
</table>
</section>"#,
        lines = lines.concat(),
        number = escape(number),
        issued = calendar::day(invoice.finalized_at.unwrap_or(invoice.created)),
        buyer = buyer.collect::<Vec<_>>().join(", "),
        total = money::show(invoice.total(), &invoice.currency),
    );
    layout(&format!("Invoice {number}, sandbox"), &main)
}
