//! A member: their row, and what can be done about them.

use domain::view::{Desk, MemberRow, Suspension};
use domain::{Permission, Role};
use leptos::prelude::*;

use super::super::api;
use super::{Deed, Deeds, Failures, Manage, Panel, Place};
use crate::components::button::Weight;
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::seat_row::{Seat, SeatState};
use crate::components::time::Day;
use crate::routes::Page;

/// A member.
#[component]
pub fn Member(
    /// Who.
    row: MemberRow,
    /// Where.
    desk: Desk,
    /// The roles that may be given.
    grantable: Vec<Role>,
    /// The table.
    place: Place,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let id = row.id.to_string();
    let email = row.email.to_string();
    let may_touch = desk.role.may(Permission::MemberRemove) && desk.role.may_grant(row.role);
    let seat = match &row.suspension {
        Some(Suspension { by_plan: true, .. }) => SeatState::Over,
        Some(_) => SeatState::Free,
        None => SeatState::Used,
    };
    let manage =
        (row.is_me || may_touch).then(|| view! { <Manage place=place.clone() id=id.clone() object=email.clone()/> });
    let last = match row.last_seen_at {
        Some(at) => view! { <Day at/> }.into_any(),
        None => view! { "not yet" }.into_any(),
    };
    let panel = (row.is_me || may_touch).then(|| {
        let row = row.clone();
        let draw = move || view! { <About row=row.clone() desk=desk.clone() grantable=grantable.clone() deeds/> };
        view! { <Panel place id=id.clone() deeds=draw/> }
    });
    view! {
        <tr role="row" id=row.id.to_string()>
            <td role="cell" class="who"><div class="person">
                <Seat state=seat/>
                <span><strong>{email}</strong>{row.is_me.then(|| view! { <em>"you"</em> })}</span>
            </div></td>
            <td role="cell" data-label="Role">{row.role.label()}</td>
            <td role="cell" data-label="State"><State row=row.clone()/></td>
            <td role="cell" data-label="Last active">{last}</td>
            <td role="cell" class="deed">{manage}</td>
        </tr>
        {panel}
    }
    .into_any()
}

#[component]
fn State(row: MemberRow) -> impl IntoView {
    let Some(Suspension { until, reason, by_plan, at }) = row.suspension else {
        let free = row.free.then_some(", holds no seat");
        return view! {
            <span class="status status-good">"Active"</span>
            <small>"since "<Day at=row.joined_at/>{free}</small>
        }
        .into_any();
    };
    let when = match (by_plan, until) {
        (true, _) => view! { <small>"until the plan has room"</small> }.into_any(),
        (false, Some(until)) => view! { <small>"until "<Day at=until/></small> }.into_any(),
        (false, None) => view! { <small>"since "<Day at/></small> }.into_any(),
    };
    view! {
        <span class="status">"Suspended"</span>
        {when}
        {reason.map(|reason| view! { <small class="said">{reason}</small> })}
    }
    .into_any()
}

/// What can be done about a member.
#[component]
fn About(row: MemberRow, desk: Desk, grantable: Vec<Role>, deeds: Deeds) -> impl IntoView {
    let slug = desk.slug.to_string();
    if row.is_me {
        return view! {
            <Leave company=desk.name slug/>
        }
        .into_any();
    }
    let rest = match row.suspension.clone() {
        Some(suspension) => view! { <Reactivate row=row.clone() suspension desk=desk.clone() deeds/> }.into_any(),
        None => view! { <Suspend row=row.clone() slug=slug.clone() deeds/> }.into_any(),
    };
    let roles = desk
        .role
        .may(Permission::MemberChangeRole)
        .then(|| view! { <ChangeRole row=row.clone() slug=slug.clone() grantable deeds/> });
    let over = (desk.role == Role::Owner && row.role != Role::Owner && row.suspension.is_none()).then(|| {
        let there = format!("{}?owner={}", Page::Settings.at(&desk.slug), row.email.to_string().replace('+', "%2B"));
        view! {
            <p class="deeds-aside">
                <a href=there>{format!("Hand {} over to {}", desk.name, row.email)}</a>
                " on the settings page: they become the owner, and you an admin."
            </p>
        }
    });
    view! {
        <Failures deeds/>
        {roles}
        {rest}
        <Remove row=row.clone() company=desk.name.clone() slug deeds/>
        {over}
    }
    .into_any()
}

#[component]
fn ChangeRole(row: MemberRow, slug: String, grantable: Vec<Role>, deeds: Deeds) -> impl IntoView {
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let field = format!("role-{id}");
    let failed = failure(deeds.change_role);
    view! {
        <details open=move || failed.read().is_some()>
            <summary>"Change role"<span class="unseen">" of "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <Deed action=deeds.change_role slug id label="Change role" object=format!("of {email}")>
                <RoleField id=field label="New role" roles=grantable now=row.role/>
            </Deed>
            <p class="field-hint">"It counts from their next click. They are told by mail."</p>
        </details>
    }
}

/// The choice of a role.
#[component]
pub fn RoleField(
    /// The field's id.
    id: String,
    /// What it asks.
    #[prop(into)]
    label: String,
    /// What may be chosen.
    roles: Vec<Role>,
    /// What is chosen at first.
    now: Role,
) -> impl IntoView {
    let options = roles
        .into_iter()
        .map(|role| view! { <option value=role.as_str() selected=role == now>{role.label()}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="select"><select id=id name="role">{options}</select><Draw icon=Icon::Chevron/></div>
        </div>
    }
}

#[component]
fn Suspend(row: MemberRow, slug: String, deeds: Deeds) -> impl IntoView {
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let failed = failure(deeds.suspend);
    let (reason, until) = (format!("reason-{id}"), format!("until-{id}"));
    view! {
        <details open=move || failed.read().is_some()>
            <summary>"Suspend"<span class="unseen">" "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <p>"They keep their place and what is theirs, and have no access. Their seat is free for somebody else at once."</p>
            <Deed action=deeds.suspend slug id label=format!("Suspend {email}")>
                <Field name="reason" id=reason label="Reason, which they will read" maxlength=300
                    error=at_field(failed, "reason")/>
                <Field name="until" id=until label="Last day of the rest" kind="date"
                    hint="Left empty, it lasts until somebody ends it." error=at_field(failed, "until")/>
            </Deed>
        </details>
    }
}

#[component]
fn Reactivate(row: MemberRow, suspension: Suspension, desk: Desk, deeds: Deeds) -> impl IntoView {
    let email = row.email.to_string();
    let why = match (suspension.by_plan, suspension.reason) {
        (true, _) => {
            "The plan has fewer seats than people. They come back by themselves when there is room.".to_owned()
        }
        (false, Some(reason)) => format!("Suspended with the words: {reason}"),
        (false, None) => "Suspended without a reason.".to_owned(),
    };
    let full = !row.free && desk.seats.count.admit(desk.seats.limit).is_err();
    let deed = if full {
        view! {
            <p>"To come back they need a seat, and none is free. "<a href=Page::TeamReclaim.at(&desk.slug)>"Free a seat"</a></p>
        }
        .into_any()
    } else {
        view! {
            <Deed action=deeds.reactivate slug=desk.slug.to_string() id=row.id.to_string()
                label=format!("Reactivate {email}")/>
        }
        .into_any()
    };
    view! { <div class="deeds-now"><p>{why}</p>{deed}</div> }
}

#[component]
fn Remove(row: MemberRow, company: String, slug: String, deeds: Deeds) -> impl IntoView {
    let email = row.email.to_string();
    let frees = if row.suspension.is_some() || row.free { "" } else { " Their seat is free at once." };
    view! {
        <details>
            <summary>"Remove"<span class="unseen">" "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <p>{format!("They are out at once, wherever they are signed in.{frees} To come back they need a new invitation.")}</p>
            <Deed action=deeds.remove slug id=row.id.to_string() label=format!("Remove {email} from {company}")
                weight=Weight::Danger/>
        </details>
    }
}

#[component]
fn Leave(company: String, slug: String) -> impl IntoView {
    let leave = ServerAction::<api::Leave>::new();
    let failed = failure(leave);
    view! {
        <Failure of=failed/>
        <details open=move || failed.read().is_some()>
            <summary>{format!("Leave {company}")}<Draw icon=Icon::Chevron/></summary>
            <p>"You are out at once, and your seat is free. To come back you need an invitation."</p>
            <Deed action=leave slug label=format!("Leave {company} now") weight=Weight::Danger/>
        </details>
    }
}
