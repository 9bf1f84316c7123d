//! `/app/{slug}/billing`.

use domain::Interval;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{AbandonCheckout, StartCheckout, billing};
use super::parts::{
    CourseCard, CourseDeeds, Invoices, ManagePayment, News, NextInvoice, PlanFacts, Plans, SeatFacts, state,
};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::tabs::Tabs;
use crate::features::invoices::api::{PayInvoice, next_invoice};
use crate::routes::{BILLING_TABS, Page};

/// Plan, money and seats, and what else is sold.
#[component]
pub fn BillingPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let checkout = Memo::new(move |_| {
        let query = query.read();
        query.get("portal").map(|_| "portal".to_owned()).or_else(|| query.get("checkout"))
    });
    let interval =
        Memo::new(move |_| query.read().get("interval").and_then(|word| word.parse().ok()).unwrap_or(Interval::Year));
    let start = ServerAction::<StartCheckout>::new();
    let abandon = ServerAction::<AbandonCheckout>::new();
    let deeds = CourseDeeds::new();
    let pay = ServerAction::<PayInvoice>::new();
    let sheet = Resource::new(
        move || (slug.get(), checkout.get(), abandon.version().get() + pay.version().get() + deeds.done()),
        |(slug, checkout, _)| billing(slug, checkout),
    );
    let next = Resource::new(move || (slug.get(), pay.version().get()), |(slug, _)| next_invoice(slug));
    let again = Callback::new(move |()| sheet.refetch());
    view! {
        <Loaded from=sheet view={move |sheet| {
            let view = sheet.view;
            let sentence = state(&view);
            view! {
                <Frame desk=view.desk.clone() page=Page::Billing>
                    <PageHead
                        title=Page::Billing.title()
                        state=move || sentence.clone()
                        deed={
                            let view = view.clone();
                            move || view! { <ManagePayment view=view.clone() deeds/> }
                        }
                    />
                    <Tabs desk=view.desk.clone() pages=BILLING_TABS current=Page::Billing/>
                    <News view=view.clone() back=sheet.back again abandon deeds/>
                    <div class="pair">
                        <PlanFacts view=view.clone()/>
                        <SeatFacts view=view.clone()/>
                    </div>
                    <div class="pair course-pair">
                        <CourseCard view=view.clone() deeds/>
                        <NextInvoice view=view.clone() next/>
                    </div>
                    {view.selling.then(|| view! { <Plans view=view.clone() interval start/> })}
                    <Invoices view pay/>
                </Frame>
            }
        }}/>
    }
}
