//! Invoices as a table.

use domain::InvoiceStatus;
use domain::view::InvoiceRow;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::PayInvoice;
use crate::components::button::{Submit, Weight};
use crate::components::empty::Empty;
use crate::components::money::Amount;
use crate::components::outcome::once;
use crate::components::time::Day;

/// The word for a state, and its colour. The colour only repeats the word.
#[must_use]
pub const fn status_word(status: InvoiceStatus, owed: bool) -> (&'static str, &'static str) {
    match status {
        InvoiceStatus::Paid => ("Paid", "status status-good"),
        InvoiceStatus::Open if owed => ("Past due", "status status-bad"),
        InvoiceStatus::Open => ("Due", "status status-warn"),
        InvoiceStatus::Draft => ("Draft", "status"),
        InvoiceStatus::Void => ("Void", "status status-bad"),
        InvoiceStatus::Uncollectible => ("Not paid", "status status-bad"),
    }
}

/// The invoices, the newest first.
#[component]
pub fn Table(
    /// Which.
    rows: Vec<InvoiceRow>,
    /// Whose.
    slug: String,
    /// Tries the card again.
    pay: ServerAction<PayInvoice>,
    /// Only some were asked for.
    asked: bool,
    /// Where all of them are.
    all: String,
) -> impl IntoView {
    if rows.is_empty() {
        return if asked {
            view! {
                <Empty title="No such invoice">
                    <p>"No invoice of these days is in this state."</p>
                    <a class="button" href=all>"Show all"</a>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Empty title="No invoices yet"><p>"The first one comes with the first payment."</p></Empty> }
                .into_any()
        };
    }
    let rows = rows.into_iter().map(|row| view! { <Row row slug=slug.clone() pay/> }).collect_view();
    view! {
        <section class="card card-table" aria-label="Invoices">
            <table role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Number"</th>
                        <th role="columnheader" scope="col">"Date"</th>
                        <th role="columnheader" scope="col">"For"</th>
                        <th role="columnheader" scope="col" class="amount">"Amount"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col"><span class="unseen">"Deeds"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: InvoiceRow, slug: String, pay: ServerAction<PayInvoice>) -> impl IntoView {
    let (word, class) = status_word(row.status, row.owed);
    let name = row.number.clone().unwrap_or_else(|| "Draft".to_owned());
    let number = match row.page.clone() {
        Some(page) => view! {
            <a class="mono" href=page rel="external noreferrer" target="_blank">
                {name.clone()}<span class="unseen">" (opens the invoice's page)"</span>
            </a>
        }
        .into_any(),
        None => view! { <span class="mono">{name.clone()}</span> }.into_any(),
    };
    let id = row.id.to_string();
    let mine = {
        let id = id.clone();
        Signal::derive(move || pay.pending().get() && pay.input().read().as_ref().is_some_and(|input| input.id == id))
    };
    let notes = notes(&row);
    view! {
        <tr role="row">
            <td role="cell" data-label="Number">{number}</td>
            <td role="cell" data-label="Date"><Day at=row.created_at/></td>
            <td role="cell" data-label="For">{row.reason.label()}</td>
            <td role="cell" data-label="Amount" class="amount"><Amount money=row.total/></td>
            <td role="cell" data-label="State">
                <span class=class>{word}</span>
                {notes.into_iter().map(|note| view! { <p class="card-note">{note}</p> }).collect_view()}
            </td>
            <td role="cell" data-label="" class="row-deeds">
                {row.pdf.map(|pdf| view! {
                    <a class="button button-quiet" href=pdf rel="external noreferrer">
                        "PDF"<span class="unseen">{format!(" of {name}")}</span>
                    </a>
                })}
                {(row.owed && row.status == InvoiceStatus::Open).then(|| view! {
                    <ActionForm action=pay on:submit:capture=once(pay)>
                        <input type="hidden" name="slug" value=slug/>
                        <input type="hidden" name="id" value=id/>
                        <Submit label="Try the card again" object=format!("for {name}") weight=Weight::Quiet pending=mine/>
                    </ActionForm>
                })}
            </td>
        </tr>
    }
}

/// What is to be known besides the amount: each a sentence.
fn notes(row: &InvoiceRow) -> Vec<String> {
    let mut notes = Vec::new();
    if row.balance.minor < 0 && row.total.minor > 0 {
        let used = domain::Money::new(row.balance.minor.saturating_neg(), row.balance.currency);
        notes.push(format!("{used} of credit used, {} to pay.", row.due));
    }
    if row.total.minor < 0 {
        let kept = domain::Money::new(row.total.minor.saturating_neg(), row.total.currency);
        notes.push(format!("{kept} kept as credit for later invoices."));
    }
    if row.needs_confirmation {
        notes.push("Your bank needs you to confirm this payment.".to_owned());
    }
    if row.returned.minor > 0 {
        notes.push(format!("{} given back.", row.returned));
    }
    if row.disputed {
        notes.push("The bank was asked to take the money back.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use domain::invoice::BillingReason;
    use domain::subscription::ProviderInvoiceId;
    use domain::{Currency, Money, Timestamp};

    use super::*;

    fn row(total: i64, balance: i64, currency: &str) -> InvoiceRow {
        let currency: Currency = currency.parse().unwrap();
        let money = |minor| Money::new(minor, currency);
        InvoiceRow {
            id: ProviderInvoiceId("in_1".to_owned()),
            number: None,
            reason: BillingReason::Cycle,
            status: InvoiceStatus::Open,
            owed: false,
            needs_confirmation: false,
            created_at: Timestamp::from_secs(0),
            total: money(total),
            balance: money(balance),
            due: money(total + balance),
            remaining: money(0),
            returned: money(0),
            disputed: false,
            page: None,
            pdf: None,
        }
    }

    #[test]
    fn credit_is_said_as_its_own_and_what_is_charged_is_what_is_due() {
        assert_eq!(notes(&row(29_370, -20_000, "usd")), ["$200.00 of credit used, $93.70 to pay."]);
        assert_eq!(notes(&row(29_370, -20_000, "jpy")), ["¥20,000 of credit used, ¥9,370 to pay."]);
        assert_eq!(notes(&row(29_370, -20_000, "kwd")), ["KWD 20.000 of credit used, KWD 9.370 to pay."]);
        assert_eq!(notes(&row(-5_000, 5_000, "usd")), ["$50.00 kept as credit for later invoices."]);
        assert_eq!(notes(&row(100, 0, "usd")), [""; 0]);
    }

    #[test]
    fn every_state_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            InvoiceStatus::ALL.into_iter().map(|status| status_word(status, false).0).collect();
        assert_eq!(words.len(), InvoiceStatus::ALL.len());
        assert_eq!(status_word(InvoiceStatus::Open, true).0, "Past due");
    }
}
