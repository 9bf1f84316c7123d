//! `/invitations/{token}`: one page for everybody who opens the link, whoever they are.

use domain::Refusal;
use domain::view::{InvitationView, Visitor};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::api::{AcceptInvitation, AcceptInvitationAsNew, invitation};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::frame::PlainFrame;
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::refused::login_address;
use crate::components::seat_row::{Seat, SeatState};
use crate::components::time::Day;
use crate::features::accounts::api::SignUp;
use crate::features::accounts::page::PASSWORD_HINT;

/// Somebody is asked to join.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    let asked = {
        let token = token.clone();
        Resource::new(move || token.clone(), invitation)
    };
    view! {
        <Title text="Invitation"/>
        <Loaded from=asked view={move |view: InvitationView| {
            let token = token.clone();
            view! { <PlainFrame><Asked view token/></PlainFrame> }
        }}/>
    }
}

#[component]
fn Asked(view: InvitationView, token: String) -> impl IntoView {
    let InvitationView { organization, invited_by, email, role, expires_at, visitor, .. } = view;
    let here = format!("/invitations/{token}");
    let as_new = failure(ServerAction::<AcceptInvitationAsNew>::new());
    let as_stranger = failure(ServerAction::<SignUp>::new());
    let as_known = failure(ServerAction::<AcceptInvitation>::new());
    let answer = match visitor {
        Visitor::New => view! {
            <form method="post" action=AcceptInvitationAsNew::url() class="form">
                <Failure of=as_new except=&["password"]/>
                <input type="hidden" name="token" value=token/>
                <NewAccount email=email.to_string() error=at_field(as_new, "password")/>
                <Submit label="Create account and join" weight=Weight::Primary/>
            </form>
        }
        .into_any(),
        Visitor::Unproved => view! {
            <p>
                "This link was handed over and not sent, so it does not show that "<strong>{email.to_string()}</strong>
                " is yours. Choose a password, and a letter goes there: the link in it makes your account and leads you back here to join."
            </p>
            <form method="post" action=SignUp::url() class="form">
                <Failure of=as_stranger except=&["password"]/>
                <input type="hidden" name="email" value=email.to_string()/>
                <input type="hidden" name="next" value=here/>
                <NewAccount email=email.to_string() error=at_field(as_stranger, "password")/>
                <Submit label="Send me the letter" weight=Weight::Primary/>
            </form>
        }
        .into_any(),
        Visitor::HasAccount => view! {
            <p>"Your address "<strong>{email.to_string()}</strong>" has an account. Sign in, and come back here to join."</p>
            <p><a class="button button-primary" href=login_address(&here, "")>"Sign in to join"</a></p>
        }
        .into_any(),
        Visitor::Invited => view! {
            <form method="post" action=AcceptInvitation::url() class="form">
                <Failure of=as_known/>
                <input type="hidden" name="token" value=token/>
                <div class="given"><span>"Your account"</span><strong>{email.to_string()}</strong></div>
                <Submit label=format!("Join {organization}") weight=Weight::Primary/>
            </form>
        }
        .into_any(),
        Visitor::Other(other) => view! {
            <p>
                "This invitation is for "<strong>{email.to_string()}</strong>". You are signed in as "
                <strong>{other.to_string()}</strong>". It goes on waiting; sign out and open it again as the one who was asked."
            </p>
            <form method="post" action="/api/sign-out">
                <input type="hidden" name="next" value=here/>
                <button type="submit" class="button button-primary">"Sign out and open it again"</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <div class="entrance">
            <div class="entrance-seats" aria-hidden="true">
                <Seat state=SeatState::Used/>
                <Seat state=SeatState::Held/>
                <Seat state=SeatState::Free/>
            </div>
            <h1>{format!("Join {organization}")}</h1>
            <p class="lead">
                {invited_by.to_string()}" asks you to join as "{role.label().to_lowercase()}". A seat is held for you until "<Day at=expires_at/>"."
            </p>
            {answer}
        </div>
    }
}

/// The address that is asked, which is given, and the password, which is not.
#[component]
fn NewAccount(email: String, error: Signal<Option<Refusal>>) -> impl IntoView {
    view! {
        <div class="given"><span>"Your account"</span><strong>{email.clone()}</strong></div>
        // Lets password managers keep the address with the password.
        <input type="text" name="username" value=email autocomplete="username" readonly hidden/>
        <Field name="password" label="Password" kind="password" autocomplete="new-password" required=true
            minlength=10 autofocus=true hint=PASSWORD_HINT error/>
    }
}
