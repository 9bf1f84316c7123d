//! `/signup`, `/signup/sent`, `/login` and `/forgot`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{Forgot, Mailbox, ResendConfirmation, Sent, SignIn, SignUp, Start, mailbox, start};
use super::parts::{Entrance, Said, Whereabouts};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::refused::login_address;
use crate::components::seat_row::SeatState;
use crate::policy::local_path;
use crate::routes::Page;

/// On what a password must be.
pub const PASSWORD_HINT: &str = "At least 10 characters. A few words are easier to keep than a riddle.";

/// A new account.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let failed = failure(ServerAction::<SignUp>::new());
    view! {
        <Door page=Page::SignUp view={move |start: Start, next: String| {
            let login = with_next(Page::Login, &next);
            view! {
                <h1>"Create your account"</h1>
                <p class="lead">"Use your work address: it says which company you belong to, and whom you may invite."</p>
                <form method="post" action=SignUp::url() class="form">
                    <Failure of=failed except=&["email", "password"]/>
                    <Field name="email" label="Work e-mail" kind="email" autocomplete="username" value=start.email
                        required=true maxlength=254 autofocus=true error=at_field(failed, "email")/>
                    <Field name="password" label="Password" kind="password" autocomplete="new-password" required=true
                        minlength=10 hint=PASSWORD_HINT error=at_field(failed, "password")/>
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
        <Door page=Page::Login view={move |start: Start, next: String| {
            let signup = with_next(Page::SignUp, &next);
            let known = !start.email.is_empty();
            view! {
                <h1>"Sign in"</h1>
                <Said note=start.note/>
                <form method="post" action=SignIn::url() class="form">
                    <Failure of=failed/>
                    <Field name="email" label="E-mail" kind="email" autocomplete="username" value=start.email
                        required=true maxlength=254 autofocus=!known/>
                    <Field name="password" label="Password" kind="password" autocomplete="current-password"
                        required=true autofocus=known/>
                    <input type="hidden" name="next" value=next/>
                    <Submit label="Sign in" weight=Weight::Primary/>
                </form>
                <p class="aside aside-ways">
                    <a href=Page::Forgot.path()>"Forgotten password"</a>
                    <span>"You are new here? "<a href=signup>"Create your account"</a></span>
                </p>
            }.into_any()
        }}/>
    }
}

/// A letter is on its way to who wants an account.
#[component]
pub fn SignUpSentPage() -> impl IntoView {
    let failed = failure(ServerAction::<ResendConfirmation>::new());
    let begin = Resource::new(|| (), |()| mailbox(Page::SignUpSent));
    view! {
        <Title text=Page::SignUpSent.title()/>
        <Loaded from=begin view={move |Mailbox { sent, way }: Mailbox| {
            let (email, again) = sent.map(|Sent { email, again }| (email, again)).unzip();
            let to = match &email {
                Some(email) => view! { "to "<strong>{email.clone()}</strong> }.into_any(),
                None => "to the address that you gave".into_any(),
            };
            view! {
                <Entrance>
                    <h1>{Page::SignUpSent.title()}</h1>
                    <p class="lead">
                        {if again == Some(true) { "Another letter is on its way " } else { "A letter is on its way " }}
                        {to}". Open the link in it: that shows that the address is yours, and your account is there."
                    </p>
                    <Whereabouts way/>
                    <form method="post" action=ResendConfirmation::url() class="form">
                        <Failure of=failed except=&["email"]/>
                        <p class="entrance-more">"No letter after a few minutes? Look among unwanted mail, or have it sent again."</p>
                        {match email {
                            Some(email) => view! { <input type="hidden" name="email" value=email/> }.into_any(),
                            None => view! {
                                <Field name="email" label="Work e-mail" kind="email" autocomplete="username"
                                    required=true maxlength=254 error=at_field(failed, "email")/>
                            }.into_any(),
                        }}
                        <Submit label="Send it again"/>
                    </form>
                    <p class="aside aside-ways">
                        <span>"That is not your address? "<a href=Page::SignUp.path()>"Begin again"</a></span>
                        <a href=Page::Login.path()>"Sign in"</a>
                    </p>
                </Entrance>
            }
        }}/>
    }
}

/// A password is forgotten.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let failed = failure(ServerAction::<Forgot>::new());
    let begin = Resource::new(|| (), |()| mailbox(Page::Forgot));
    view! {
        <Title text=Page::Forgot.title()/>
        <Loaded from=begin view={move |Mailbox { sent, way }: Mailbox| {
            match sent {
                Some(Sent { email, again: true }) => view! {
                    <Entrance seat=SeatState::Used>
                        <h1>"Look into your mailbox"</h1>
                        <p class="lead">
                            "If "<strong>{email}</strong>" has an account, a letter with a link to set a new password is on its way there."
                        </p>
                        <Whereabouts way/>
                        <p class="entrance-more">"No letter after a few minutes? Look among unwanted mail, and whether you signed up with another address."</p>
                        <p class="aside aside-ways">
                            <a href=Page::Forgot.path()>"Another address"</a>
                            <a href=Page::Login.path()>"Sign in"</a>
                        </p>
                    </Entrance>
                }
                .into_any(),
                sent => view! {
                    <Entrance seat=SeatState::Used>
                        <h1>{Page::Forgot.title()}</h1>
                        <p class="lead">"You get a letter with a link to set a new one. Until then the old one goes on working."</p>
                        <form method="post" action=Forgot::url() class="form">
                            <Failure of=failed except=&["email"]/>
                            <Field name="email" label="E-mail" kind="email" autocomplete="username" required=true
                                value=sent.map(|sent| sent.email).unwrap_or_default()
                                maxlength=254 autofocus=true error=at_field(failed, "email")/>
                            <Submit label="Send the link" weight=Weight::Primary/>
                        </form>
                        <p class="aside"><a href=Page::Login.path()>"Sign in"</a></p>
                    </Entrance>
                }
                .into_any(),
            }
        }}/>
    }
}

/// The frame of signing up and in: who is signed in already goes on to where they wanted.
#[component]
fn Door<F>(page: Page, view: F) -> impl IntoView
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
            let seat = if page == Page::Login { SeatState::Used } else { SeatState::Next };
            view! { <Entrance seat>{drawn}</Entrance> }.into_any()
        }}/>
    }
}

fn with_next(page: Page, next: &str) -> String {
    match login_address(next, "").strip_prefix(Page::Login.path()) {
        Some(query) if !next.is_empty() => format!("{}{query}", page.path()),
        _ => page.path().to_owned(),
    }
}
