//! `/app/{slug}/settings/domains`: the company's e-mail domains.

use domain::view::DomainsView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::domains;
use super::parts::{Add, Deeds, Failures, Line, Own};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::tabs::Tabs;
use crate::routes::{Page, SETTINGS_TABS};

/// The company's e-mail domains.
#[component]
pub fn DomainsPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let deeds = Deeds::new();
    let sheet = Resource::new(move || (slug.get(), deeds.done.get()), |(slug, _)| domains(slug));
    view! {
        <Loaded from=sheet view={move |view: DomainsView| {
            let state = state(&view);
            let DomainsView { desk, own, lines, room, .. } = view;
            let company = desk.name.clone();
            let place = desk.slug.to_string();
            view! {
                <Frame desk=desk.clone() page=Page::SettingsDomains>
                    <PageHead title=Page::SettingsDomains.title() state=move || state.clone()/>
                    <Tabs desk pages=SETTINGS_TABS current=Page::SettingsDomains/>
                    <Failures deeds/>
                    <div class="settings-parts">
                        <Own slug=place.clone() rule=own.clone() deeds/>
                        {lines
                            .iter()
                            .map(|line| {
                                view! { <Line slug=place.clone() company=company.clone() line=line.clone() deeds/> }
                            })
                            .collect_view()}
                        <Add slug=place.clone() room deeds/>
                    </div>
                </Frame>
            }
        }}/>
    }
}

fn state(view: &DomainsView) -> String {
    let name = &view.desk.name;
    if view.required {
        format!("The plan gives seats to people of these domains only. Whoever has a seat in {name} keeps it.")
    } else {
        format!("The plan takes people from everywhere. People of these domains may ask {name} for a seat themselves.")
    }
}
