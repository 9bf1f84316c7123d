//! `/billing-contact/{token}`: somebody without an account says whether they want invoices.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::api::{ConfirmBillingContact, billing_contact};
use crate::components::button::{Submit, Weight};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::features::accounts::parts::Entrance;
use crate::routes::Page;

/// The question, and after the answer that it was given.
#[component]
pub fn BillingContactPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let failed = failure(ServerAction::<ConfirmBillingContact>::new());
    let asked = Resource::new(move || token.get(), billing_contact);
    view! {
        <Title text=Page::BillingContact.title()/>
        <Loaded from=asked view={move |asked| {
            let token = token.get_untracked();
            let company = asked.organization;
            view! {
                <Entrance>
                    <h1>{Page::BillingContact.title()}</h1>
                    {if asked.confirmed {
                        view! {
                            <p class="lead">
                                {format!("{} gets the invoices of {company}, and letters about its payments.", asked.email)}
                            </p>
                            <p class="aside">"You can close this page. To end it, ask an owner of the company."</p>
                        }.into_any()
                    } else {
                        view! {
                            <p class="lead">
                                {format!("{company} wants to send its invoices, and letters about its payments, to {}.", asked.email)}
                            </p>
                            <form method="post" action=ConfirmBillingContact::url() class="form">
                                <Failure of=failed/>
                                <input type="hidden" name="token" value=token/>
                                <Submit label="Yes, send them" weight=Weight::Primary/>
                            </form>
                            <p class="aside">"You do not know this company? Then close this page, and nothing is sent."</p>
                        }.into_any()
                    }}
                </Entrance>
            }
        }}/>
    }
}
