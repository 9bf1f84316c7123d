//! The invoice to come.

use domain::Money;
use domain::invoice::NextInvoice;
use domain::view::Upcoming;
use leptos::prelude::*;

use crate::components::money::Amount;
use crate::components::time::{Day, Minute};

/// The invoice to come: its lines, the credit as its own line, and what will be taken.
#[component]
pub fn Next(
    /// What is known of it.
    upcoming: Upcoming,
    /// Asks again.
    again: Callback<()>,
    /// Where this page is, for who has no scripts.
    here: String,
) -> impl IntoView {
    let body = match upcoming {
        Upcoming::Nothing => view! { <p class="card-note">"No invoice is to come."</p> }.into_any(),
        Upcoming::Known(next) => view! { <Lines next/> }.into_any(),
        Upcoming::AsOf { seen_at, at, total } => view! {
            <dl class="facts">
                <div><dt>"On"</dt><dd><Day at/></dd></div>
                <div><dt>"Before credits"</dt><dd><Amount money=total/></dd></div>
            </dl>
            <p class="card-note" role="status">
                "The payment service does not answer now; this is as of "<Minute at=seen_at/>". "
                <a href=here rel="external" on:click=move |event| { event.prevent_default(); again.run(()); }>"Retry"</a>
            </p>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby="next-invoice">
            <header class="card-head"><h2 id="next-invoice">"Next invoice"</h2></header>
            {body}
        </section>
    }
}

#[component]
fn Lines(next: NextInvoice) -> impl IntoView {
    let NextInvoice { at, total, balance, due, lines } = next;
    let lines = lines
        .into_iter()
        .map(|line| view! { <div><dt>{line.description}</dt><dd><Amount money=line.amount/></dd></div> })
        .collect_view();
    let (word, amount) = credit(balance);
    view! {
        <dl class="facts invoice-lines">
            {lines}
            <div><dt>"Total"</dt><dd><Amount money=total/></dd></div>
            {(balance.minor != 0).then(|| view! { <div><dt>{word}</dt><dd><Amount money=amount/></dd></div> })}
            <div class="invoice-due"><dt><strong>"Due on "<Day at/></strong></dt><dd><strong><Amount money=due/></strong></dd></div>
        </dl>
    }
}

/// What the balance is called.
const fn credit(balance: Money) -> (&'static str, Money) {
    if balance.minor < 0 { ("Credit", balance) } else { ("Carried over", balance) }
}
