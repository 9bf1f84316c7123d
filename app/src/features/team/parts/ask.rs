//! The first free seat: a row with the form that fills it.

use domain::Role;
use domain::view::TeamView;
use leptos::ev::SubmitEvent;
use leptos::form::ActionForm;
use leptos::html::Form;
use leptos::prelude::*;

use super::super::api::Invite;
use super::member::RoleField;
use super::{emptied, terms, wrong};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::seat_row::{Seat, SeatState};

/// The first free seat, with the form that fills it.
#[component]
pub fn Ask(
    /// Everything.
    view: TeamView,
    /// Sends.
    invite: ServerAction<Invite>,
    /// The address as it is being typed.
    typed: RwSignal<String>,
) -> impl IntoView {
    let failed = failure(invite);
    let left = RwSignal::new(false);
    let hint = terms(view.same_domain.as_deref(), view.per_seat);
    let rules = StoredValue::new(view.same_domain);
    let inline = Memo::new(move |_| rules.with_value(|rules| wrong(&typed.read(), left.get(), rules.as_deref())));
    // What the server said is about what was sent; what is typed since is judged here.
    let sent = Memo::new(move |_| invite.input().read().as_ref().map(|input| input.email.clone()));
    let at_email = at_field(failed, "email");
    let error = Signal::derive(move || {
        inline.get().or_else(|| {
            let last = invite.value().read();
            let asked = sent.get().or_else(|| match &*last {
                Some(Err(_)) => Some(typed.get()),
                _ => None,
            });
            at_email.get().filter(|_| asked.is_none_or(|asked| asked == typed.get()) || typed.read().is_empty())
        })
    });
    let form = NodeRef::<Form>::new();
    emptied(invite, form, move || {
        typed.set(String::new());
        left.set(false);
    });
    let not_twice = once(invite);
    let on_submit = move |event: SubmitEvent| {
        left.set(true);
        if inline.try_get_untracked().flatten().is_some() {
            event.prevent_default();
        }
        not_twice(event);
    };
    // A seat that is lit is about to be taken.
    let lit = move || typed.read().parse::<domain::EmailAddress>().is_ok();
    view! {
        <tr role="row" class="row-ask" id="invite">
            <td role="cell" colspan="5">
                <Failure of=failed except=&["email"]/>
                <ActionForm action=invite node_ref=form on:submit:capture=on_submit attr:class="invite" attr:novalidate=true>
                    <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                    <span class="seat-place" class:seat-lit=lit><Seat state=SeatState::Free/></span>
                    <div class="invite-address" on:focusout=move |_| left.set(true) on:focusin=move |_| left.set(false)>
                        <Field
                            name="email"
                            label="E-mail to invite"
                            kind="email"
                            required=true
                            maxlength=254
                            hint=hint
                            error
                            typed=move |text| typed.set(text)
                        />
                    </div>
                    <RoleField id="role".to_owned() label="Role" roles=view.grantable now=Role::Member/>
                    <Submit label="Send invitation" weight=Weight::Primary pending=invite.pending()/>
                </ActionForm>
            </td>
        </tr>
    }    .into_any()
}
