//! `/signup` and `/login`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{SignIn, SignUp, Start, start};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::frame::PlainFrame;
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::refused::login_address;
use crate::components::seat_row::{Seat, SeatState};
use crate::policy::local_path;
use crate::routes::Page;

/// A new account.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let failed = failure(ServerAction::<SignUp>::new());
    view! {
        <Entrance page=Page::SignUp view={move |start: Start, next: String| {
            let login = with_next(Page::Login, &next);
            view! {
                <h1>"Create your account"</h1>
                <p class="lead">"Use your work address: it says which company you belong to, and whom you may invite."</p>
                <form method="post" action=SignUp::url() class="form">
                    <Failure of=failed except=&["email", "password"]/>
                    <Field name="email" label="Work e-mail" kind="email" autocomplete="username" value=start.email
                        required=true maxlength=254 autofocus=true error=at_field(failed, "email")/>
                    <Field name="password" label="Password" kind="password" autocomplete="new-password" required=true
                        minlength=10 hint="At least 10 characters. A few words are easier to keep than a riddle."
                        error=at_field(failed, "password")/>
                    <input type="hidden" name="next" value=next/>
                    <Submit label="Create account" weight=Weight::Primary/>
                </form>
                <p class="aside">"You have an account? "<a href=login>"Sign in"</a></p>
            }.into_any()
        }}/>
    }
}

/// Signing in.
#[component]
pub fn LoginPage() -> impl IntoView {
    let failed = failure(ServerAction::<SignIn>::new());
    view! {
        <Entrance page=Page::Login view={move |start: Start, next: String| {
            let signup = with_next(Page::SignUp, &next);
            let known = !start.email.is_empty();
            view! {
                <h1>"Sign in"</h1>
                <form method="post" action=SignIn::url() class="form">
                    <Failure of=failed/>
                    <Field name="email" label="E-mail" kind="email" autocomplete="username" value=start.email
                        required=true maxlength=254 autofocus=!known/>
                    <Field name="password" label="Password" kind="password" autocomplete="current-password"
                        required=true autofocus=known/>
                    <input type="hidden" name="next" value=next/>
                    <Submit label="Sign in" weight=Weight::Primary/>
                </form>
                <p class="aside">"You are new here? "<a href=signup>"Create your account"</a></p>
            }.into_any()
        }}/>
    }
}

/// The frame of both: who is signed in already goes on to where they wanted.
#[component]
fn Entrance<F>(page: Page, view: F) -> impl IntoView
where
    F: Fn(Start, String) -> AnyView + Clone + Send + Sync + 'static,
{
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = if next.is_empty() { next } else { local_path(&next).to_owned() };
    let begin = Resource::new(|| (), move |()| start(page));
    view! {
        <Title text=page.title()/>
        <Loaded from=begin view={move |begin: Start| {
            if begin.signed_in {
                leptos_axum::redirect(local_path(&next));
                return ().into_any();
            }
            let drawn = view(begin, next.clone());
            view! {
                <PlainFrame>
                    <div class="entrance">
                        <div class="entrance-seats" aria-hidden="true">
                            <Seat state=SeatState::Used/>
                            <Seat state=SeatState::Used/>
                            <Seat state=if page == Page::Login { SeatState::Used } else { SeatState::Next }/>
                            <Seat state=SeatState::Free/>
                        </div>
                        {drawn}
                    </div>
                </PlainFrame>
            }
            .into_any()
        }}/>
    }
}

fn with_next(page: Page, next: &str) -> String {
    match login_address(next, "").strip_prefix(Page::Login.path()) {
        Some(query) if !next.is_empty() => format!("{}{query}", page.path()),
        _ => page.path().to_owned(),
    }
}
