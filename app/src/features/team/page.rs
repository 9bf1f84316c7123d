//! `/app/{slug}/team`.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::location::Url;

use super::api::team;
use super::parts::{Deeds, Failures, Full, HandedOut, House, Pager, People, Place, Search, can_invite, count_people};
use crate::components::banner::Banner;
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::seat_row::sentence;
use crate::components::tabs::Tabs;
use crate::routes::{Page, TEAM_TABS};

/// Seats, the door to them, and who sits where.
#[component]
pub fn TeamPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let search = Memo::new(move |_| query.read().get("search").unwrap_or_default().trim().to_owned());
    let page = Memo::new(move |_| query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32));
    let open = Memo::new(move |_| query.read().get("open"));
    let deeds = Deeds::new();
    let typed = RwSignal::new(String::new());
    let sheet = Resource::new(
        move || (slug.get(), search.get(), page.get(), deeds.done.get()),
        |(slug, search, page, _)| team(slug, Some(search), Some(page)),
    );
    // The next free seat lights up as soon as an address could be invited.
    let next = Signal::derive(move || typed.read().parse::<domain::EmailAddress>().is_ok());
    view! {
        <Loaded from=sheet view={move |sheet| {
            let (view, search) = (sheet.view, search.get_untracked());
            let (seats, everybody) = (view.desk.seats, search.is_empty());
            let path = Page::Team.at(&view.desk.slug);
            let shown = if view.page > 1 { view.page.to_string() } else { String::new() };
            let place = Place::new(path.clone(), &[("search", search.clone()), ("page", shown)], open);
            let invites = can_invite(&view.desk);
            let opens = invites && everybody && view.page == view.pages;
            let door = move || {
                opens.then(|| view! { <a class="button button-primary" href="#invite" rel="external">"Invite"</a> })
            };
            let rows: Vec<String> = view
                .members
                .iter()
                .map(|member| member.id.to_string())
                .chain(view.invitations.iter().map(|invitation| invitation.id.to_string()))
                .collect();
            // What went wrong is said in the row that is open; if that row is gone, here.
            let adrift = move || {
                open.get().is_none_or(|open| !rows.contains(&open)).then(|| view! { <Failures deeds/> })
            };
            let pages = {
                let (path, search) = (path.clone(), search.clone());
                move |page: u32| match search.as_str() {
                    "" => format!("{path}?page={page}"),
                    search => format!("{path}?search={}&page={page}", Url::escape(search)),
                }
            };
            let answers = Page::TeamRequests.at(&view.desk.slug);
            let asked = (view.requests > 0 && view.desk.role.may(Permission::MemberInvite)).then(|| {
                let says = if view.requests == 1 { "asks" } else { "ask" };
                view! {
                    <Banner>
                        <p>
                            {format!("{} {says} for a seat. ", count_people(view.requests))}
                            <a href=answers>"Answer"</a>
                        </p>
                    </Banner>
                }
            });
            let find = (!everybody || view.pages > 1 || view.found > 5)
                .then(|| view! { <Search path=path.clone() search found=view.found/> });
            view! {
                <Frame desk=view.desk.clone() page=Page::Team>
                    <PageHead title=Page::Team.title() state=move || format!("{}.", sentence(seats)) deed=door/>
                    <Tabs desk=view.desk.clone() pages=TEAM_TABS current=Page::Team/>
                    <House view=view.clone() open=invites next/>
                    <HandedOut now=deeds.handed before=sheet.handed mail_is_sent=view.mail_is_sent/>
                    <Full desk=view.desk.clone() members=view.members.clone()/>
                    {asked}
                    {adrift}
                    {find}
                    <People view=view.clone() everybody place deeds typed/>
                    <Pager page=view.page pages=view.pages href=pages/>
                </Frame>
            }
        }}/>
    }
}
