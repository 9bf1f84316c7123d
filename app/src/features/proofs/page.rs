//! `/confirm/{token}`, `/reset/{token}` and `/address/{token}`.

use std::future::Future;

use domain::view::{AddressChangeView, ConfirmView, ResetView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::api::{Confirm, ConfirmAddress, Reset, address_change, confirmation, reset_view};
use crate::AppError;
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::seat_row::SeatState;
use crate::components::time::Minute;
use crate::features::accounts::page::PASSWORD_HINT;
use crate::features::accounts::parts::{DeadLink, Entrance};
use crate::routes::Page;

/// The link in the letter of a sign-up.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let failed = failure(ServerAction::<Confirm>::new());
    link(Page::Confirm, ("Create an account", Page::SignUp), confirmation, move |view: ConfirmView, token| {
        let ConfirmView { email, same_browser, expires_at } = view;
        let email = email.to_string();
        view! {
            <Entrance>
                <h1>{Page::Confirm.title()}</h1>
                <p class="lead">
                    {if same_browser {
                        "One click, and your account is there."
                    } else {
                        "This is another browser than the one you signed up with, so choose the password here. It becomes the one of your account."
                    }}
                </p>
                <form method="post" action=Confirm::url() class="form">
                    <Failure of=failed except=&["password"]/>
                    <input type="hidden" name="token" value=token/>
                    <div class="given"><span>"Your account"</span><strong>{email.clone()}</strong></div>
                    {(!same_browser).then(|| view! {
                        <Username email/>
                        <Field name="password" label="Password" kind="password" autocomplete="new-password"
                            required=true minlength=10 autofocus=true hint=PASSWORD_HINT error=at_field(failed, "password")/>
                    })}
                    <Submit label="Confirm address" weight=Weight::Primary/>
                </form>
                <p class="aside">"The link works until "<Minute at=expires_at/>". You did not ask for an account? Then close this page, and there is none."</p>
            </Entrance>
        }
        .into_any()
    })
}

/// The link in the letter about a forgotten password.
#[component]
pub fn ResetPage() -> impl IntoView {
    let failed = failure(ServerAction::<Reset>::new());
    link(Page::Reset, ("Ask for a new link", Page::Forgot), reset_view, move |view: ResetView, token| {
        let ResetView { email, expires_at } = view;
        let email = email.to_string();
        view! {
            <Entrance seat=SeatState::Used>
                <h1>"Set a new password"</h1>
                <p class="lead">"It takes the place of the old one at once. Every browser that is signed in now is signed out."</p>
                <form method="post" action=Reset::url() class="form">
                    <Failure of=failed except=&["password"]/>
                    <input type="hidden" name="token" value=token/>
                    <div class="given"><span>"Your account"</span><strong>{email.clone()}</strong></div>
                    <Username email/>
                    <Field name="password" label="New password" kind="password" autocomplete="new-password"
                        required=true minlength=10 autofocus=true hint=PASSWORD_HINT error=at_field(failed, "password")/>
                    <Submit label="Set new password" weight=Weight::Primary/>
                </form>
                <p class="aside">"The link works until "<Minute at=expires_at/>"."</p>
            </Entrance>
        }
        .into_any()
    })
}

/// A link of a change of address.
#[component]
pub fn ConfirmAddressPage() -> impl IntoView {
    let failed = failure(ServerAction::<ConfirmAddress>::new());
    link(
        Page::ConfirmAddress,
        ("Your account", Page::Account),
        address_change,
        move |view: AddressChangeView, token| {
            let AddressChangeView { old, new, for_new, other_confirmed, expires_at } = view;
            let other = if for_new { "old" } else { "new" };
            view! {
            <Entrance seat=SeatState::Used>
                <h1>{Page::ConfirmAddress.title()}</h1>
                <dl class="facts">
                    <div><dt>"Address now"</dt><dd><strong>{old.to_string()}</strong></dd></div>
                    <div><dt>"Address wanted"</dt><dd><strong>{new.to_string()}</strong></dd></div>
                </dl>
                <p>
                    {if other_confirmed {
                        format!("The {other} address has said yes already: with this yes the change happens, in all companies at once.")
                    } else {
                        format!("The change happens once both addresses have said yes. The {other} one has a letter of its own.")
                    }}
                </p>
                <form method="post" action=ConfirmAddress::url() class="form">
                    <Failure of=failed/>
                    <input type="hidden" name="token" value=token/>
                    <Submit label="Confirm address" weight=Weight::Primary/>
                </form>
                <p class="aside">"The link works until "<Minute at=expires_at/>". You did not ask for this? Then close this page, and change your password."</p>
            </Entrance>
        }
        .into_any()
        },
    )
}

/// Lets password managers keep the address with the password.
#[component]
fn Username(email: String) -> impl IntoView {
    view! { <input type="text" name="username" value=email autocomplete="username" readonly hidden/> }
}

/// A page behind a link: what it shows, or why it shows nothing.
fn link<T, R>(
    page: Page,
    again: (&'static str, Page),
    read: impl Fn(String) -> R + Clone + Send + Sync + 'static,
    draw: impl Fn(T, String) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    R: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    let found = {
        let token = token.clone();
        Resource::new(move || token.clone(), read)
    };
    view! {
        <Title text=page.title()/>
        <Transition>
            {move || {
                let (draw, token) = (draw.clone(), token.clone());
                Suspend::new(async move {
                    match found.await {
                        Ok(view) => draw(view, token),
                        Err(error) => view! { <DeadLink error again/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}
