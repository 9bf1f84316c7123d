//! `/app/{slug}/billing/invoices`: all invoices.

use domain::view::{InvoiceList, InvoiceQuery, InvoicesView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::location::Url;

use super::api::{PayInvoice, RefreshInvoices, invoices};
use super::parts::{AskOwners, Refresh, Search, Table};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::components::tabs::Tabs;
use crate::routes::{BILLING_TABS, Page};

/// All invoices.
#[component]
pub fn InvoicesPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let asked = Memo::new(move |_| {
        let query = query.read();
        let of = |name: &str| query.get(name).unwrap_or_default();
        InvoiceQuery { status: of("status"), from: of("from"), to: of("to") }
    });
    let number = Memo::new(move |_| query.read().get("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1));
    let (refresh, pay) = (ServerAction::<RefreshInvoices>::new(), ServerAction::<PayInvoice>::new());
    let list = Resource::new(
        move || (slug.get(), asked.get(), number.get(), refresh.version().get(), pay.version().get()),
        |(slug, asked, page, ..)| invoices(slug, asked.status, asked.from, asked.to, page),
    );
    view! {
        <Loaded from=list view={move |view: InvoicesView| {
            let asked = asked.get_untracked();
            let path = Page::Invoices.at(&view.desk.slug);
            let sentence = state(&view);
            let file = view.list.as_ref().map(|_| format!("{path}.csv?{}", asking(&asked)));
            let deed = move || file.clone().map(|href| view! {
                <a class="button" rel="external" download="" href=href>"Download CSV"</a>
            });
            view! {
                <Frame desk=view.desk.clone() page=Page::Invoices>
                    <PageHead title=Page::Invoices.title() state=move || sentence.clone() deed/>
                    <Tabs desk=view.desk.clone() pages=BILLING_TABS current=Page::Invoices/>
                    {match view.list.clone() {
                        None => view! { <AskOwners what="Invoices are for owners." owners=view.owners.clone()/> }.into_any(),
                        Some(list) => {
                            let slug = view.desk.slug.to_string();
                            let (page, pages) = (list.page, list.pages);
                            view! {
                                <Failure of=failure(refresh)/>
                                <Failure of=failure(pay)/>
                                <Search path=path.clone() asked=asked.clone()/>
                                <Table rows=list.rows slug=slug.clone() pay asked=asked != InvoiceQuery::default() all=path.clone()/>
                                <Pager path=path.clone() asked page pages/>
                                <Refresh slug seen_at=list.seen_at refresh/>
                            }.into_any()
                        }
                    }}
                </Frame>
            }
        }}/>
    }
}

fn state(view: &InvoicesView) -> String {
    match &view.list {
        None => "Only owners see them.".to_owned(),
        Some(InvoiceList { count: 0, .. }) => "None here.".to_owned(),
        Some(InvoiceList { count: 1, .. }) => "One invoice.".to_owned(),
        Some(InvoiceList { count, .. }) => format!("{count} invoices."),
    }
}

/// The part of an address that asks for these invoices.
pub(super) fn asking(asked: &InvoiceQuery) -> String {
    let InvoiceQuery { status, from, to } = asked;
    let mut text = String::new();
    for (name, value) in [("status", status), ("from", from), ("to", to)] {
        if !value.is_empty() {
            text.extend([name, "=", &Url::escape(value), "&"]);
        }
    }
    text
}

#[component]
fn Pager(path: String, asked: InvoiceQuery, page: u32, pages: u32) -> impl IntoView {
    let asking = asking(&asked);
    let to = |page: u32| format!("{path}?{asking}page={page}");
    let previous =
        (page > 1).then(|| view! { <a class="button" rel="prev" href=to(page.saturating_sub(1))>"Previous"</a> });
    let next =
        (page < pages).then(|| view! { <a class="button" rel="next" href=to(page.saturating_add(1))>"Next"</a> });
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of invoices">
                {previous}
                <span>{format!("Page {page} of {pages}")}</span>
                {next}
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stands_in_the_address() {
        let asked = InvoiceQuery { status: "a&b".to_owned(), to: "2027-11-22".to_owned(), ..InvoiceQuery::default() };
        assert_eq!(asking(&asked), "status=a%26b&to=2027%2D11%2D22&");
        assert_eq!(asking(&InvoiceQuery::default()), "");
    }
}
