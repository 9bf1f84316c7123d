//! `/app/{slug}/billing/details`: what stands on invoices, and who gets them.

use domain::view::DetailsView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{
    AddBillingContact, PreferBillingContact, RemoveBillingContact, ResendBillingContact, SetBillingDetails,
    billing_details,
};
use super::parts::{Contacts, Details};
use crate::components::banner::{Banner, Tone};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::components::tabs::Tabs;
use crate::features::invoices::parts::AskOwners;
use crate::routes::{BILLING_TABS, Page};

/// What stands on invoices, and who gets them.
#[component]
pub fn BillingDetailsPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let set = ServerAction::<SetBillingDetails>::new();
    let add = ServerAction::<AddBillingContact>::new();
    let prefer = ServerAction::<PreferBillingContact>::new();
    let remove = ServerAction::<RemoveBillingContact>::new();
    let resend = ServerAction::<ResendBillingContact>::new();
    let changes = move || {
        (
            set.version().get(),
            add.version().get(),
            prefer.version().get(),
            remove.version().get(),
            resend.version().get(),
        )
    };
    let sheet = Resource::new(move || (slug.get(), changes()), |(slug, _)| billing_details(slug));
    view! {
        <Loaded from=sheet view={move |view: DetailsView| {
            let slug = view.desk.slug.to_string();
            let state = "What stands on your invoices, and who gets them.";
            view! {
                <Frame desk=view.desk.clone() page=Page::BillingDetails>
                    <PageHead title=Page::BillingDetails.title() state=move || state/>
                    <Tabs desk=view.desk.clone() pages=BILLING_TABS current=Page::BillingDetails/>
                    {match view.sheet.clone() {
                        None => view! {
                            <AskOwners what="Owners say what stands on invoices." owners=view.owners.clone()/>
                        }.into_any(),
                        Some(sheet) => view! {
                            <Failure of=failure(prefer)/>
                            <Failure of=failure(remove)/>
                            <Failure of=failure(resend)/>
                            {sheet.on_its_way.then(|| view! {
                                <Banner tone=Tone::Plain>
                                    <p>"The change is on its way to the payment service; the next invoice has it."</p>
                                </Banner>
                            })}
                            <Details sheet=sheet.clone() slug=slug.clone() set/>
                            <Contacts sheet slug add prefer remove resend/>
                        }.into_any(),
                    }}
                </Frame>
            }
        }}/>
    }
}
