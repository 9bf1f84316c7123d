//! The last invoices and the one to come, on the billing tab.

use domain::Permission;
use domain::view::{BillingView, Upcoming};
use leptos::prelude::*;

use crate::AppError;
use crate::components::outcome::{Failure, failure};
use crate::features::invoices::api::PayInvoice;
use crate::features::invoices::parts::{AskOwners, Next, Table};
use crate::routes::Page;

/// The invoice to come and the last ones; for who may not see them, whom to ask.
#[component]
pub fn Invoices(
    /// Everything.
    view: BillingView,
    /// The invoice to come.
    next: Resource<Result<Upcoming, AppError>>,
    /// Tries a card again.
    pay: ServerAction<PayInvoice>,
) -> impl IntoView {
    let slug = view.desk.slug.clone();
    if !view.desk.role.may(Permission::BillingManage) {
        return view! { <AskOwners what="Owners see invoices and what comes next." owners=view.owners/> }.into_any();
    }
    let (all, here) = (Page::Invoices.at(&slug), Page::Billing.at(&slug));
    let again = Callback::new(move |()| next.refetch());
    view! {
        <Failure of=failure(pay)/>
        <Transition fallback=|| ()>
            {move || {
                let here = here.clone();
                Suspend::new(async move {
                    next.await.ok().map(|upcoming| view! { <Next upcoming again here/> })
                })
            }}
        </Transition>
        <section aria-labelledby="last-invoices">
            <header class="card-head">
                <h2 id="last-invoices">"Invoices"</h2>
                <a href=all.clone()>"All invoices"</a>
            </header>
            <Table rows=view.invoices slug=slug.to_string() pay asked=false all/>
        </section>
    }
    .into_any()
}
