//! `/app/{slug}/settings`: what is known of an organization, and what can be done with it as a whole.

use domain::Permission;
use domain::view::SettingsView;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{ChangeSlug, DeleteOrganization, RenameOrganization, TransferOwnership, settings};
use super::parts::{Address, Delete, Facts, HandOver, Leaving, Name};
use crate::components::can::Can;
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::tabs::Tabs;
use crate::features::team::api::Leave;
use crate::routes::{Page, SETTINGS_TABS};

/// The facts, and the deeds for who may do them.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    // From the team page: whom to hand the company to.
    let heir = Memo::new(move |_| query.read().get("owner"));
    let rename = ServerAction::<RenameOrganization>::new();
    let change = ServerAction::<ChangeSlug>::new();
    let transfer = ServerAction::<TransferOwnership>::new();
    let leave = ServerAction::<Leave>::new();
    let delete = ServerAction::<DeleteOrganization>::new();
    let sheet = Resource::new(move || (slug.get(), rename.version().get()), |(slug, _)| settings(slug));
    view! {
        <Loaded from=sheet view={move |view: SettingsView| {
            let desk = view.desk.clone();
            let sentence = format!("What Usher knows of {}, and what can be done with it.", desk.name);
            let role = desk.role;
            let (of_address, of_heir, of_end) = (view.clone(), view.clone(), view.clone());
            view! {
                <Frame desk=desk.clone() page=Page::Settings>
                    <PageHead title=Page::Settings.title() state=move || sentence.clone()/>
                    <Tabs desk=desk.clone() pages=SETTINGS_TABS current=Page::Settings/>
                    <div class="settings-parts">
                        <Facts view=view.clone()/>
                        <Can role permission=Permission::SettingsManage>
                            <Name desk=desk.clone() action=rename/>
                        </Can>
                        <Can role permission=Permission::OrganizationClose>
                            <Address view=of_address action=change/>
                        </Can>
                        <Can role permission=Permission::OrganizationClose>
                            <HandOver view=of_heir chosen=heir.get_untracked() action=transfer/>
                        </Can>
                        <Leaving view action=leave/>
                        <Can role permission=Permission::OrganizationClose>
                            <Delete view=of_end action=delete/>
                        </Can>
                    </div>
                </Frame>
            }
        }}/>
    }
}
