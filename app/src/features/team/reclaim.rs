//! `/app/{slug}/team/reclaim`: seats that could be freed, and what that saves.

use domain::view::{Desk, InvitationRow, MemberRow, ReclaimView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::reclaim;
use super::parts::{Deeds, Failures, Heads, Invited, Member, Place, count_people};
use crate::components::empty::Empty;
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::money::every;
use crate::components::tabs::Tabs;
use crate::routes::{Page, TEAM_TABS};

/// After so many days without a visit somebody may count as idle.
const DAYS: [u32; 4] = [14, 30, 60, 90];

/// Seats that could be freed.
#[component]
pub fn ReclaimPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let days = Memo::new(move |_| {
        query.read().get("days").and_then(|days| days.parse().ok()).filter(|days| DAYS.contains(days)).unwrap_or(30)
    });
    let open = Memo::new(move |_| query.read().get("open"));
    let deeds = Deeds::new();
    let sheet =
        Resource::new(move || (slug.get(), days.get(), deeds.done.get()), |(slug, days, _)| reclaim(slug, Some(days)));
    view! {
        <Loaded from=sheet view={move |view: ReclaimView| {
            let state = sentence(&view);
            let path = Page::TeamReclaim.at(&view.desk.slug);
            let place = Place::new(path.clone(), &[("days", view.idle_days.to_string())], open);
            let rows: Vec<String> = view
                .idle
                .iter()
                .map(|member| member.id.to_string())
                .chain(view.stale.iter().map(|invitation| invitation.id.to_string()))
                .collect();
            let adrift = move || {
                open.get().is_none_or(|open| !rows.contains(&open)).then(|| view! { <Failures deeds/> })
            };
            view! {
                <Frame desk=view.desk.clone() page=Page::TeamReclaim>
                    <PageHead title=Page::TeamReclaim.title() state=move || state.clone()/>
                    <Tabs desk=view.desk.clone() pages=TEAM_TABS current=Page::TeamReclaim/>
                    {adrift}
                    <Idle desk=view.desk.clone() days=view.idle_days idle=view.idle path place=place.clone() deeds/>
                    <Stale desk=view.desk stale=view.stale place deeds/>
                </Frame>
            }
        }}/>
    }
}

/// `3 people were not here for 30 days. Freeing their seats saves $87.00 a month.`
fn sentence(view: &ReclaimView) -> String {
    let count = u32::try_from(view.idle.len()).unwrap_or(u32::MAX);
    let who = match count {
        0 => return format!("Everybody was here in the last {} days.", view.idle_days),
        1 => format!("1 person was not here for {} days.", view.idle_days),
        _ => format!("{} were not here for {} days.", count_people(count), view.idle_days),
    };
    let their = if count == 1 { "their seat" } else { "their seats" };
    match view.saves {
        Some((money, interval)) => format!("{who} Freeing {their} saves {money} {}.", every(interval)),
        None => format!("{who} Freeing {their} makes room; it saves no money on this plan."),
    }
}

#[component]
fn Idle(desk: Desk, days: u32, idle: Vec<MemberRow>, path: String, place: Place, deeds: Deeds) -> impl IntoView {
    let choices = DAYS
        .into_iter()
        .map(|choice| {
            let here = (choice == days).then_some("page");
            view! { <a class="switch-choice" href=format!("{path}?days={choice}") aria-current=here>{format!("{choice} days")}</a> }
        })
        .collect_view();
    let list = if idle.is_empty() {
        view! { <Empty title="No idle seats"><p>{format!("Nobody was away for {days} days or longer.")}</p></Empty> }
            .into_any()
    } else {
        let rows = idle
            .into_iter()
            .map(|row| view! { <Member row desk=desk.clone() grantable=Vec::new() place=place.clone() deeds/> })
            .collect_view();
        view! {
            <div class="card card-table">
                <table role="table"><Heads/><tbody role="rowgroup">{rows}</tbody></table>
            </div>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="idle-title">
            <header class="section-head">
                <div>
                    <h2 id="idle-title">"Idle members"</h2>
                    <p class="section-note">"Suspending keeps their place and what is theirs, and frees the seat."</p>
                </div>
                <nav class="switch" aria-label="Idle for">{choices}</nav>
            </header>
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn Stale(desk: Desk, stale: Vec<InvitationRow>, place: Place, deeds: Deeds) -> impl IntoView {
    if stale.is_empty() {
        return ().into_any();
    }
    let grantable: Vec<_> = domain::Role::ALL.into_iter().filter(|role| desk.role.may_grant(*role)).collect();
    let rows = stale
        .into_iter()
        .map(|row| {
            let (slug, may_touch) = (desk.slug.to_string(), desk.role.may_grant(row.role));
            view! { <Invited row slug may_touch grantable=grantable.clone() place=place.clone() deeds/> }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="stale-title">
            <header class="section-head">
                <div>
                    <h2 id="stale-title">"Unanswered invitations"</h2>
                    <p class="section-note">"Nobody has answered these for three days. Each holds a seat; none costs anything yet."</p>
                </div>
            </header>
            <div class="card card-table">
                <table role="table"><Heads/><tbody role="rowgroup">{rows}</tbody></table>
            </div>
        </section>
    }
    .into_any()
}
