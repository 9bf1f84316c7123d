//! The last invoices and the one to come, on the billing tab.

use domain::Permission;
use domain::view::{BillingView, Upcoming};
use leptos::prelude::*;

use crate::AppError;
use crate::components::outcome::{Failure, failure};
use crate::features::invoices::api::PayInvoice;
use crate::features::invoices::parts::{AskOwners, Next, Table};
use crate::routes::Page;

/// The invoice to come, for who pays it.
#[component]
pub fn NextInvoice(
    /// Everything.
    view: BillingView,
    /// The invoice to come.
    next: Resource<Result<Upcoming, AppError>>,
) -> impl IntoView {
    let live = view.subscription.as_ref().is_some_and(|bought| bought.status.is_live());
    let here = Page::Billing.at(&view.desk.slug);
    let again = Callback::new(move |()| next.refetch());
    (live && view.desk.role.may(Permission::BillingManage)).then(|| {
        view! {
            <Transition fallback=|| view! { <Coming/> }>
                {move || {
                    let here = here.clone();
                    Suspend::new(async move {
                        next.await.ok().map(|upcoming| view! { <Next upcoming again here/> })
                    })
                }}
            </Transition>
        }
    })
}

/// Stands where the invoice to come will be.
#[component]
fn Coming() -> impl IntoView {
    view! {
        <section class="card" aria-busy="true">
            <header class="card-head"><h2>"Next invoice"</h2></header>
            <p class="card-note">"Asking the payment service."</p>
        </section>
    }
}

/// The last invoices; for who may not see them, whom to ask.
#[component]
pub fn Invoices(
    /// Everything.
    view: BillingView,
    /// Tries a card again.
    pay: ServerAction<PayInvoice>,
) -> impl IntoView {
    let slug = view.desk.slug.clone();
    if !view.desk.role.may(Permission::BillingManage) {
        return view! {
            <div class="section">
                <AskOwners what="Owners see invoices and what comes next." owners=view.owners/>
            </div>
        }
        .into_any();
    }
    let all = Page::Invoices.at(&slug);
    view! {
        <section class="section" aria-labelledby="last-invoices">
            <header class="section-head">
                <h2 id="last-invoices">"Last invoices"</h2>
                <a href=all.clone()>"All invoices"</a>
            </header>
            <Failure of=failure(pay)/>
            <Table rows=view.invoices slug=slug.to_string() pay asked=false all/>
        </section>
    }
    .into_any()
}
