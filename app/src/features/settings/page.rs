//! `/app/{slug}/settings`: what is known of an organization.

use domain::view::Desk;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::features::dashboard::api::desk;
use crate::routes::Page;

/// The facts, and what each is for.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let facts = Resource::new(move || slug.get(), desk);
    view! {
        <Loaded from=facts view={move |desk: Desk| {
            let sentence = format!("What Usher knows of {}.", desk.name);
            view! {
                <Frame desk=desk.clone() page=Page::Settings>
                    <PageHead title=Page::Settings.title() state=move || sentence.clone()/>
                    <Facts desk/>
                </Frame>
            }
        }}/>
    }
}

#[component]
fn Facts(desk: Desk) -> impl IntoView {
    let domain = match desk.domain {
        Some(domain) => (
            format!("@{domain}"),
            "Taken from the address of who created the company. Plans for one company invite only people with it.",
        ),
        None => (
            "none".to_owned(),
            "The company was created from a free mailbox, so plans for people of one e-mail domain are not for it.",
        ),
    };
    let rows = [
        ("Company name", desk.name, "As your colleagues and your invoices see it."),
        ("Address", format!("/app/{}", desk.slug), "Part of every link into this company. It stays as it is."),
        ("E-mail domain", domain.0, domain.1),
        ("Your role", desk.role.label().to_owned(), "What you may do here. Owners change roles."),
        ("Your account", desk.me.email.to_string(), "The address you are signed in with."),
        ("Organization number", desk.org.to_string(), "For letters to support; it is no secret."),
    ];
    view! {
        <section class="card settings" aria-label="Facts">
            <dl>
                {rows
                    .into_iter()
                    .map(|(name, value, words)| {
                        view! { <div><dt>{name}</dt><dd><strong>{value}</strong><span>{words}</span></dd></div> }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}
