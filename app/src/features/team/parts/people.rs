//! One table of members, invitations and free seats: the cap is there to see, as furniture.

use domain::Permission;
use domain::view::{InvitationRow, MemberRow, TeamView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::{CancelInvitation, Leave, RemoveMember};
use crate::components::button::{Submit, Weight};
use crate::components::outcome::once;
use crate::components::seat_row::{Seat, SeatState};
use crate::components::time::Day;

/// So many free seats have a row of their own.
const FREE_ROWS: u32 = 5;

/// Members, invitations, free seats.
#[component]
pub fn People(
    /// Everything.
    view: TeamView,
    /// Takes an invitation back.
    cancel: ServerAction<CancelInvitation>,
    /// Takes a seat.
    remove: ServerAction<RemoveMember>,
    /// Gives one's own seat back.
    leave: ServerAction<Leave>,
) -> impl IntoView {
    let (slug, company, role) = (view.desk.slug.to_string(), view.desk.name.clone(), view.desk.role);
    let (may_remove, may_invite) = (role.may(Permission::MemberRemove), role.may(Permission::MemberInvite));
    let free = view.desk.seats.count.free(view.desk.seats.limit);
    let members = view
        .members
        .into_iter()
        .map(|row| view! { <Member row slug=slug.clone() company=company.clone() may_remove remove leave/> })
        .collect_view();
    let invitations = view
        .invitations
        .into_iter()
        .map(|row| view! { <Invitation row slug=slug.clone() may_cancel=may_invite cancel/> })
        .collect_view();
    let rows = (0..free.unwrap_or(0).min(FREE_ROWS)).map(|_| view! { <Free/> }).collect_view();
    let more = free.map(|free| free.saturating_sub(FREE_ROWS)).filter(|more| *more > 0);
    view! {
        <section class="card card-table" aria-labelledby="people-title">
            <h2 id="people-title" class="unseen">"Who sits where"</h2>
            <table role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Person"</th>
                        <th role="columnheader" scope="col">"Role"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Last active"</th>
                        <th role="columnheader" scope="col"><span class="unseen">"What can be done"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{members}{invitations}{rows}</tbody>
            </table>
            {more.map(|more| view! { <p class="table-foot">{format!("and {more} more free seats")}</p> })}
            {free.is_none().then(|| view! { <p class="table-foot">"There is room for as many people as you invite."</p> })}
        </section>
    }
}

#[component]
fn Member(
    row: MemberRow,
    slug: String,
    company: String,
    may_remove: bool,
    remove: ServerAction<RemoveMember>,
    leave: ServerAction<Leave>,
) -> impl IntoView {
    let MemberRow { id, email, role, joined_at, last_seen_at, is_me, .. } = row;
    let id = id.to_string();
    let mine = {
        let id = id.clone();
        Signal::derive(move || {
            remove.pending().get() && remove.input().read().as_ref().is_some_and(|input| input.id.to_string() == id)
        })
    };
    let email = email.to_string();
    let (place, object) = (id.clone(), email.clone());
    let deed = if is_me {
        view! {
            <ActionForm action=leave on:submit:capture=once(leave)>
                <input type="hidden" name="slug" value=slug/>
                <Submit label="Leave" object=company weight=Weight::Danger pending=leave.pending()/>
            </ActionForm>
        }
        .into_any()
    } else if may_remove {
        view! {
            <ActionForm action=remove on:submit:capture=once(remove)>
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="id" value=id/>
                <Submit label="Remove" object weight=Weight::Danger pending=mine/>
            </ActionForm>
        }
        .into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr role="row" id=place>
            <td role="cell" class="person">
                <Seat state=SeatState::Used/>
                <span><strong>{email}</strong>{is_me.then(|| view! { <em>"you"</em> })}</span>
            </td>
            <td role="cell" data-label="Role">{role.label()}</td>
            <td role="cell" data-label="State">
                <span class="status status-good">"Active"</span>
                <small>"since "<Day at=joined_at/></small>
            </td>
            <td role="cell" data-label="Last active">
                {match last_seen_at {
                    Some(at) => view! { <Day at/> }.into_any(),
                    None => view! { "not yet" }.into_any(),
                }}
            </td>
            <td role="cell" class="deed">{deed}</td>
        </tr>
    }
}

#[component]
fn Invitation(
    row: InvitationRow,
    slug: String,
    may_cancel: bool,
    cancel: ServerAction<CancelInvitation>,
) -> impl IntoView {
    let InvitationRow { id, email, role, expires_at, .. } = row;
    let id = id.to_string();
    let mine = {
        let id = id.clone();
        Signal::derive(move || {
            cancel.pending().get() && cancel.input().read().as_ref().is_some_and(|input| input.id.to_string() == id)
        })
    };
    let email = email.to_string();
    let (place, object) = (id.clone(), format!("for {email}"));
    view! {
        <tr role="row" id=place>
            <td role="cell" class="person">
                <Seat state=SeatState::Held/>
                <span><strong>{email}</strong></span>
            </td>
            <td role="cell" data-label="Role">{role.label()}</td>
            <td role="cell" data-label="State">
                <span class="status status-warn">"Invited"</span>
                <small>"until "<Day at=expires_at/></small>
            </td>
            <td role="cell" data-label="Last active"><span aria-hidden="true">"–"</span><span class="unseen">"never"</span></td>
            <td role="cell" class="deed">
                {may_cancel.then(|| view! {
                    <ActionForm action=cancel on:submit:capture=once(cancel)>
                        <input type="hidden" name="slug" value=slug/>
                        <input type="hidden" name="id" value=id/>
                        <Submit label="Cancel invitation" object weight=Weight::Danger pending=mine/>
                    </ActionForm>
                })}
            </td>
        </tr>
    }
}

#[component]
fn Free() -> impl IntoView {
    view! {
        <tr role="row" class="row-free">
            <td role="cell" class="person"><Seat state=SeatState::Free/><span>"Free seat"</span></td>
            <td role="cell"></td>
            <td role="cell"></td>
            <td role="cell"></td>
            <td role="cell"></td>
        </tr>
    }
}
