//! What the screens about invoices are made of, drawn from plain values.

mod debt;
mod next;
mod table;

pub use debt::Debt;
pub use next::Next;
pub use table::{Table, status_word};

use domain::view::InvoiceQuery;
use domain::{EmailAddress, InvoiceStatus, Timestamp};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::api::RefreshInvoices;
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::once;
use crate::components::time::Minute;

/// For who may not see it: why, and whom to ask.
#[component]
pub fn AskOwners(
    /// What it is that they may not see.
    what: &'static str,
    /// Whom to ask.
    owners: Vec<EmailAddress>,
) -> impl IntoView {
    let names: Vec<String> = owners.iter().map(ToString::to_string).collect();
    view! { <p class="card card-note">{what}" Here that is "{names.join(" or ")}"."</p> }
}

/// Looking for invoices: a form that asks for the same page.
#[component]
pub fn Search(
    /// The page.
    path: String,
    /// What is asked for now.
    asked: InvoiceQuery,
) -> impl IntoView {
    let narrowed = asked != InvoiceQuery::default();
    let all = path.clone();
    let InvoiceQuery { status, from, to } = asked;
    let states = InvoiceStatus::ALL
        .into_iter()
        .map(|one| {
            let chosen = status == one.as_str();
            view! { <option value=one.as_str() selected=chosen>{status_word(one, false).0}</option> }
        })
        .collect_view();
    view! {
        <section class="card log-search" role="search" aria-label="Look for invoices">
            <Form method="GET" action=path>
                <div class="field">
                    <label for="status">"State"</label>
                    <div class="select">
                        <select id="status" name="status">
                            <option value="" selected=status.is_empty()>"Any"</option>
                            {states}
                        </select>
                        <Draw icon=Icon::Chevron/>
                    </div>
                </div>
                <Field name="from" label="From" kind="date" value=from/>
                <Field name="to" label="To" kind="date" value=to/>
                <div class="log-deeds">
                    <Submit label="Show"/>
                    {narrowed.then(|| view! { <a href=all>"Show all"</a> })}
                </div>
            </Form>
        </section>
    }
}

/// When the payment service was asked last, and a way to ask it again.
#[component]
pub fn Refresh(
    /// Whose.
    slug: String,
    /// When; `None`: never.
    seen_at: Option<Timestamp>,
    /// Asks again.
    refresh: ServerAction<RefreshInvoices>,
) -> impl IntoView {
    view! {
        <ActionForm action=refresh on:submit:capture=once(refresh)>
            <input type="hidden" name="slug" value=slug/>
            <p class="card-note">
                {seen_at.map(|at| view! { "As of "<Minute at/>". " })}
                <Submit label="Ask again" weight=Weight::Quiet pending=refresh.pending()/>
            </p>
        </ActionForm>
    }
}
