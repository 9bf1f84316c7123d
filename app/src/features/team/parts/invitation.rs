//! A pending invitation: its row, and what can be done about it.

use domain::Role;
use domain::view::InvitationRow;
use leptos::prelude::*;

use super::member::RoleField;
use super::{Deed, Deeds, Failures, Manage, Panel, Place};
use crate::components::button::Weight;
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{at_field, failure};
use crate::components::seat_row::{Seat, SeatState};
use crate::components::time::Day;

/// A pending invitation.
#[component]
pub fn Invited(
    /// Which.
    row: InvitationRow,
    /// Where.
    slug: String,
    /// Whether who is looking may do something about it.
    may_touch: bool,
    /// The roles that may be given.
    grantable: Vec<Role>,
    /// The table.
    place: Place,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let id = row.id.to_string();
    let email = row.email.to_string();
    let manage = may_touch.then(|| view! { <Manage place=place.clone() id=id.clone() object=email.clone()/> });
    let sent = (row.sent > 1).then(|| format!(", sent {} times", row.sent));
    let panel = may_touch.then(|| {
        let row = row.clone();
        let draw =
            move || view! { <InvitationDeeds row=row.clone() slug=slug.clone() grantable=grantable.clone() deeds/> };
        view! { <Panel place id=id.clone() deeds=draw/> }
    });
    view! {
        <tr role="row" id=id>
            <td role="cell" class="who"><div class="person">
                <Seat state=SeatState::Held/>
                <span><strong>{email}</strong></span>
            </div></td>
            <td role="cell" data-label="Role">{row.role.label()}</td>
            <td role="cell" data-label="State">
                <span class="status status-warn">"Invited"</span>
                <small>"until "<Day at=row.expires_at/>{sent}</small>
            </td>
            <td role="cell" data-label="Last active"><span aria-hidden="true">"–"</span><span class="unseen">"never"</span></td>
            <td role="cell" class="deed">{manage}</td>
        </tr>
        {panel}
    }
    .into_any()
}

/// What can be done about a pending invitation.
#[component]
pub fn InvitationDeeds(
    /// Which.
    row: InvitationRow,
    /// Where.
    slug: String,
    /// The roles that may be given.
    grantable: Vec<Role>,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let (role, reason) = (format!("role-{id}"), format!("reason-{id}"));
    let regraded = failure(deeds.regrade);
    let cancelled = failure(deeds.cancel);
    view! {
        <Failures deeds/>
        <div class="deeds-now deeds-row">
            <Deed action=deeds.resend slug=slug.clone() id=id.clone() label="Send again" object=format!("to {email}")/>
            <Deed action=deeds.link slug=slug.clone() id=id.clone() label="Show a link" object=format!("for {email}")/>
            <p class="field-hint">"Sending again holds the seat for seven days more. A link is for handing over yourself."</p>
        </div>
        <details open=move || regraded.read().is_some()>
            <summary>"Change role"<span class="unseen">" of the invitation for "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <Deed action=deeds.regrade slug=slug.clone() id=id.clone() label="Change role" object=format!("of {email}")>
                <RoleField id=role label="New role" roles=grantable now=row.role/>
            </Deed>
        </details>
        <details open=move || cancelled.read().is_some()>
            <summary>"Cancel invitation"<span class="unseen">" for "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <p>"Its links stop working, and its seat is free at once."</p>
            <Deed action=deeds.cancel slug id label=format!("Cancel the invitation for {email}") weight=Weight::Danger>
                <Field name="reason" id=reason label="Reason, for your records" maxlength=300
                    error=at_field(cancelled, "reason")/>
            </Deed>
        </details>
    }
}
