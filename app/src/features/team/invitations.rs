//! `/app/{slug}/team/invitations`: all invitations, also those that have ended.

use domain::view::{Desk, InvitationLine, InvitationStanding as Standing, InvitationsView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::invitations;
use super::parts::{Deed, Deeds, Failures, HandedOut, Heads, InvitationDeeds, Manage, Pager, Panel, Place, can_invite};
use crate::components::empty::Empty;
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::components::seat_row::{Seat, SeatState};
use crate::components::tabs::Tabs;
use crate::components::time::Day;
use crate::routes::{Page, TEAM_TABS};

/// All invitations.
#[component]
pub fn InvitationsPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let page = Memo::new(move |_| query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32));
    let open = Memo::new(move |_| query.read().get("open"));
    let deeds = Deeds::new();
    let sheet = Resource::new(
        move || (slug.get(), page.get(), deeds.done.get()),
        |(slug, page, _)| invitations(slug, Some(page)),
    );
    view! {
        <Loaded from=sheet view={move |sheet| {
            let view = sheet.view;
            let path = Page::TeamInvitations.at(&view.desk.slug);
            let shown = if view.page > 1 { view.page.to_string() } else { String::new() };
            let place = Place::new(path.clone(), &[("page", shown)], open);
            let rows: Vec<String> = view.lines.iter().map(|line| line.row.id.to_string()).collect();
            let adrift = move || {
                open.get().is_none_or(|open| !rows.contains(&open)).then(|| {
                    view! { <Failure of=failure(deeds.invite)/><Failures deeds/> }
                })
            };
            let state = match view.found {
                0 => "Nobody was invited yet.".to_owned(),
                1 => "1 invitation so far, the newest first.".to_owned(),
                found => format!("{found} invitations so far, the newest first."),
            };
            view! {
                <Frame desk=view.desk.clone() page=Page::TeamInvitations>
                    <PageHead title=Page::TeamInvitations.title() state=move || state.clone()/>
                    <Tabs desk=view.desk.clone() pages=TEAM_TABS current=Page::TeamInvitations/>
                    <HandedOut now=deeds.handed before=sheet.handed mail_is_sent=view.mail_is_sent/>
                    {adrift}
                    <Lines view=view.clone() place deeds/>
                    <Pager page=view.page pages=view.pages href=move |page| format!("{path}?page={page}")/>
                </Frame>
            }
        }}/>
    }
}

#[component]
fn Lines(view: InvitationsView, place: Place, deeds: Deeds) -> impl IntoView {
    if view.lines.is_empty() {
        return view! {
            <Empty title="No invitations">
                <p>"An invitation holds a seat for seven days and costs nothing until it is accepted."</p>
                <a class="button button-primary" href=Page::TeamInvite.at(&view.desk.slug)>"Invite people"</a>
            </Empty>
        }
        .into_any();
    }
    let lines = view
        .lines
        .into_iter()
        .map(|line| {
            let (desk, place) = (view.desk.clone(), place.clone());
            view! { <Line line desk grantable=view.grantable.clone() place deeds/> }
        })
        .collect_view();
    view! {
        <section class="card card-table" aria-label="All invitations">
            <table role="table">
                <Heads fourth="Sent"/>
                <tbody role="rowgroup">{lines}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Line(line: InvitationLine, desk: Desk, grantable: Vec<domain::Role>, place: Place, deeds: Deeds) -> impl IntoView {
    let InvitationLine { row, invited_by, standing } = line;
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let pending = standing == Standing::Pending;
    let again = matches!(standing, Standing::Cancelled { .. } | Standing::Expired { .. }) && can_invite(&desk);
    let may_touch = desk.role.may_grant(row.role) && (pending || again);
    let times = (row.sent > 1).then(|| format!(", {} times", row.sent));
    let manage = may_touch.then(|| view! { <Manage place=place.clone() id=id.clone() object=email.clone()/> });
    let panel = may_touch.then(|| {
        let (row, slug) = (row.clone(), desk.slug.to_string());
        let draw = move || {
            let (row, slug) = (row.clone(), slug.clone());
            if pending {
                view! { <InvitationDeeds row slug grantable=grantable.clone() deeds/> }.into_any()
            } else {
                let (email, role) = (row.email.to_string(), row.role.as_str());
                view! {
                    <Failure of=failure(deeds.invite)/>
                    <div class="deeds-now">
                        <p>"A new invitation, with the same role, for seven days from now."</p>
                        <Deed action=deeds.invite slug label=format!("Invite {email} again")>
                            <input type="hidden" name="email" value=email/>
                            <input type="hidden" name="role" value=role/>
                        </Deed>
                    </div>
                }
                .into_any()
            }
        };
        view! { <Panel place id=id.clone() deeds=draw/> }
    });
    view! {
        <tr role="row" id=id>
            <td role="cell" class="who"><div class="person">
                <Seat state=match standing {
                    Standing::Pending => SeatState::Held,
                    Standing::Accepted { .. } => SeatState::Used,
                    Standing::Cancelled { .. } | Standing::Expired { .. } => SeatState::Free,
                }/>
                <span><strong>{email}</strong></span>
            </div></td>
            <td role="cell" data-label="Role">{row.role.label()}</td>
            <td role="cell" data-label="State"><Stands standing until=row.expires_at/></td>
            <td role="cell" data-label="Sent">
                <Day at=row.created_at/>{times}
                <small>"by "{invited_by.to_string()}</small>
            </td>
            <td role="cell" class="deed">{manage}</td>
        </tr>
        {panel}
    }
    .into_any()
}

#[component]
fn Stands(standing: Standing, until: domain::Timestamp) -> impl IntoView {
    match standing {
        Standing::Pending => view! {
            <span class="status status-warn">"Invited"</span>
            <small>"until "<Day at=until/></small>
        }
        .into_any(),
        Standing::Accepted { at } => view! {
            <span class="status status-good">"Joined"</span>
            <small>"on "<Day at/></small>
        }
        .into_any(),
        Standing::Cancelled { at, reason } => view! {
            <span class="status">"Cancelled"</span>
            <small>"on "<Day at/></small>
            {reason.map(|reason| view! { <small class="said">{reason}</small> })}
        }
        .into_any(),
        Standing::Expired { at } => view! {
            <span class="status">"Expired"</span>
            <small>"on "<Day at/></small>
        }
        .into_any(),
    }
}
