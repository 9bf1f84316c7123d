//! One table of members, invitations and free seats: the cap is there to see, as furniture.

use domain::Permission;
use domain::view::TeamView;
use leptos::prelude::*;

use super::{Ask, Deeds, Invited, Member, Place, can_invite};
use crate::components::seat_row::{Seat, SeatState};

/// So many free seats have a row of their own.
const FREE_ROWS: u32 = 5;

/// The head of a table about people.
#[component]
pub fn Heads(
    /// What the fourth column is about.
    #[prop(default = "Last active")]
    fourth: &'static str,
) -> impl IntoView {
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <th role="columnheader" scope="col">"Person"</th>
                <th role="columnheader" scope="col">"Role"</th>
                <th role="columnheader" scope="col">"State"</th>
                <th role="columnheader" scope="col">{fourth}</th>
                <th role="columnheader" scope="col"><span class="unseen">"What can be done"</span></th>
            </tr>
        </thead>
    }
}

/// Members, invitations, free seats.
#[component]
pub fn People(
    /// Everything.
    view: TeamView,
    /// Whether all people are shown, on as many pages as that takes, and not those that were looked for.
    everybody: bool,
    /// Where the table stands.
    place: Place,
    /// What can be done.
    deeds: Deeds,
    /// The address as it is being typed.
    typed: RwSignal<String>,
) -> impl IntoView {
    let invites = view.desk.role.may(Permission::MemberInvite);
    let last = everybody && view.page == view.pages;
    let free = view.desk.seats.count.free(view.desk.seats.limit);
    let ask = (last && can_invite(&view.desk)).then(|| view! { <Ask view=view.clone() invite=deeds.invite typed/> });
    let empty = if last { free.unwrap_or(0).saturating_sub(u32::from(ask.is_some())) } else { 0 };
    let more = empty.saturating_sub(FREE_ROWS);
    let foot = match (last, free) {
        (true, None) => Some("There is room for as many people as you invite.".to_owned()),
        (true, Some(_)) if more > 0 => Some(format!("and {more} more free seats")),
        _ => None,
    };
    let unlisted = view.invited.saturating_sub(u32::try_from(view.invitations.len()).unwrap_or(u32::MAX));
    let unlisted = (everybody && view.page == 1 && unlisted > 0)
        .then(|| view! { <p class="table-foot">{format!("and {unlisted} more invitations, under Invitations")}</p> });
    let nobody = view.members.is_empty().then(|| {
        view! { <tr role="row"><td role="cell" colspan="5">"No member's address has that in it."</td></tr> }
    });
    let members = view
        .members
        .into_iter()
        .map(|row| {
            view! { <Member row desk=view.desk.clone() grantable=view.grantable.clone() place=place.clone() deeds/> }
        })
        .collect_view();
    let invitations = view
        .invitations
        .into_iter()
        .map(|row| {
            let slug = view.desk.slug.to_string();
            let may_touch = invites && view.desk.role.may_grant(row.role);
            view! { <Invited row slug may_touch grantable=view.grantable.clone() place=place.clone() deeds/> }
        })
        .collect_view();
    view! {
        <section class="card card-table" aria-labelledby="people-title">
            <h2 id="people-title" class="unseen">"Who sits where"</h2>
            <table role="table">
                <Heads/>
                <tbody role="rowgroup">
                    {members}
                    {nobody}
                    {invitations}
                    {ask}
                    {(0..empty.min(FREE_ROWS)).map(|_| view! { <Free/> }).collect_view()}
                </tbody>
            </table>
            {unlisted}
            {foot.map(|foot| view! { <p class="table-foot">{foot}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Free() -> impl IntoView {
    view! {
        <tr role="row" class="row-free">
            <td role="cell" class="who"><div class="person"><Seat state=SeatState::Free/><span>"Free seat"</span></div></td>
            <td role="cell"></td>
            <td role="cell"></td>
            <td role="cell"></td>
            <td role="cell"></td>
        </tr>
    }
}
