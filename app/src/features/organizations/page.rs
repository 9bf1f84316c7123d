//! `/app`: one's organizations, and a new one.

use domain::Slug;
use domain::view::OrgRow;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{CreateOrganization, Listing, organizations};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::frame::{PlainFrame, SignOut};
use crate::components::icon::{Draw, Icon};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::seat_row::{SeatRow, sentence};
use crate::features::team::parts::AskToJoin;
use crate::routes::Page;

/// One's organizations, and the form for a new one.
#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let create = ServerAction::<CreateOrganization>::new();
    let listing = Resource::new(|| (), |()| organizations());
    view! {
        <Title text=Page::Organizations.title()/>
        <Loaded from=listing view={move |Listing { me, rows }| {
            let email = me.email.to_string();
            let nowhere = rows.is_empty();
            view! {
                <PlainFrame wide=true aside=move || view! { <a class="plain-me" href=Page::Account.path() rel="external">{email.clone()}</a><SignOut/> }>
                    <div class="columns">
                        <section class="columns-main">
                            <h1>{Page::Organizations.title()}</h1>
                            <Rows rows/>
                            <AskToJoin email=me.email.clone() first=nowhere/>
                        </section>
                        <Create action=create/>
                    </div>
                </PlainFrame>
            }
        }}/>
    }
}

#[component]
fn Rows(rows: Vec<OrgRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <p class="lead">
                "You are in no company yet. Create yours here, or open the link of an invitation that you were sent."
            </p>
        }
        .into_any();
    }
    view! {
        <ul class="org-list">
            {rows
                .into_iter()
                .map(|row| {
                    view! {
                        <li>
                            <a href=row.href>
                                <span class="org-name">
                                    <strong>{row.name}</strong>
                                    <span>{format!("{} · {}", row.plan, row.role.label())}</span>
                                </span>
                                <span class="org-seats">
                                    <SeatRow seats=row.seats small=true/>
                                    <span>{sentence(row.seats)}</span>
                                </span>
                                <Draw icon=Icon::Arrow/>
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn Create(action: ServerAction<CreateOrganization>) -> impl IntoView {
    let failed = failure(action);
    let name = RwSignal::new(String::new());
    let suggested =
        Signal::derive(move || Slug::suggest(&name.read()).map(|slug| slug.to_string()).unwrap_or_default());
    view! {
        <section class="columns-side card">
            <h2>"New company"</h2>
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed except=&["name", "slug"]/>
                <Field
                    name="name"
                    label="Company name"
                    autocomplete="organization"
                    required=true
                    maxlength=80
                    error=at_field(failed, "name")
                    typed=move |text| name.set(text)
                />
                <Field
                    name="slug"
                    label="Address"
                    placeholder=suggested
                    maxlength=40
                    hint="Part of your links, such as /app/acme. Left empty, it is made from the name."
                    error=at_field(failed, "slug")
                />
                <Submit label="Create company" weight=Weight::Primary pending=action.pending()/>
            </ActionForm>
        </section>
    }
}
