//! A page that cannot be shown: not found, not allowed, not signed in, broken. Each with its HTTP status.

use leptos::either::EitherOf4;
use leptos::prelude::*;
use leptos_meta::Title;

use super::icon::Mark;
use super::seat_row::{Seat, SeatState};
use crate::AppError;

/// A page that cannot be shown. Who is not signed in is sent to the sign-in page and comes back.
#[component]
pub fn Refused(
    /// Why.
    error: AppError,
) -> impl IntoView {
    match error {
        AppError::SignIn => EitherOf4::A(view! { <ToLogin/> }),
        AppError::NotFound => EitherOf4::B(view! { <NotFound/> }),
        AppError::Moved { home } => EitherOf4::C(view! { <Moved home/> }),
        other => EitherOf4::D(view! { <Sorry error=other/> }),
    }
}

/// There is nothing here. Says the same of what is not there and of what is not the visitor's.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::guard::set_status(404);
    let refusal = AppError::NotFound.refusal();
    view! {
        <Title text="Not found"/>
        <main class="lost">
            <a class="brand" href="/" rel="external"><Mark/>"Usher"</a>
            <div class="lost-seats" aria-hidden="true">
                <Seat state=SeatState::Used/>
                <Seat state=SeatState::Used/>
                <Seat state=SeatState::Free/>
                <Seat state=SeatState::Used/>
            </div>
            <h1>{refusal.what}</h1>
            <p>{refusal.next}</p>
            <p class="lost-ways">
                <a class="button button-primary" href="/app" rel="external">"Your companies"</a>
                <a class="button" href="/" rel="external">"Front page"</a>
            </p>
        </main>
    }
}

#[component]
fn Sorry(error: AppError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::guard::set_status_of(&error);
    // What is closed or not allowed stays so, however often one tries.
    let (title, again) = match error {
        AppError::Closed(_) => ("Closed", false),
        AppError::Forbidden(_) => ("Not allowed", false),
        AppError::TooMany { .. } => ("Too often", true),
        _ => ("Refused", true),
    };
    let refusal = error.refusal();
    view! {
        <Title text=title/>
        <main class="lost" role="alert">
            <a class="brand" href="/" rel="external"><Mark/>"Usher"</a>
            <div class="lost-seats" aria-hidden="true">
                <Seat state=SeatState::Used/>
                <Seat state=SeatState::Used/>
                <Seat state=SeatState::Held/>
                <Seat state=SeatState::Used/>
            </div>
            <h1>{refusal.what}</h1>
            <p>{refusal.next}</p>
            <p class="lost-ways">
                {again.then(|| view! { <a class="button button-primary" href="" rel="external">"Try again"</a> })}
                <a class="button" class:button-primary=!again href="/app" rel="external">"Your companies"</a>
            </p>
        </main>
    }
}

/// The company has another address: off to the same page there.
#[component]
fn Moved(home: String) -> impl IntoView {
    let target = leptos_router::hooks::use_url().with_untracked(|url| moved_address(&home, url.path(), url.search()));
    view! { <Lead to=target words="This company has another address now."/> }
}

/// The same page of the same company: what stands behind `/app/{slug}` stays.
fn moved_address(home: &str, path: &str, search: &str) -> String {
    let rest = path.strip_prefix("/app/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    let rest = rest.map(|rest| format!("/{rest}")).unwrap_or_default();
    let search = search.trim_start_matches('?');
    let search = if search.is_empty() { String::new() } else { format!("?{search}") };
    format!("{home}{rest}{search}")
}

/// Leads on: before anything is shown where the server draws the page, at once where the browser does.
#[component]
pub fn Lead(
    /// Where to.
    to: String,
    /// Why, for the moment until then.
    words: &'static str,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(&to);
    #[cfg(not(feature = "ssr"))]
    Effect::new({
        let to = to.clone();
        move |_| {
            let _gone = window().location().replace(&to);
        }
    });
    view! {
        <main class="lost">
            <h1>{words}</h1>
            <p class="lost-ways"><a class="button button-primary" href=to rel="external">"Go on"</a></p>
        </main>
    }
}

/// Off to the sign-in page, and back here afterwards.
#[component]
fn ToLogin() -> impl IntoView {
    let here = leptos_router::hooks::use_url();
    let target = here.with_untracked(|url| login_address(url.path(), url.search()));
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(&target);
    #[cfg(not(feature = "ssr"))]
    Effect::new({
        let target = target.clone();
        move |_| {
            let _gone = window().location().assign(&target);
        }
    });
    view! {
        <main class="lost">
            <h1>"You are signed out."</h1>
            <p class="lost-ways"><a class="button button-primary" href=target rel="external">"Sign in"</a></p>
        </main>
    }
}

/// `/login?next=…` with the path escaped.
#[must_use]
pub fn login_address(path: &str, search: &str) -> String {
    let mut next = String::new();
    let search = search.trim_start_matches('?');
    let whole = if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") };
    for byte in whole.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            next.push(char::from(byte));
        } else {
            next.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    format!("/login?next={next}")
}

/// One digit; `half` is below 16.
fn hex(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{login_address, moved_address};

    #[test]
    fn a_moved_company_shows_the_same_page() {
        assert_eq!(moved_address("/app/new", "/app/old", ""), "/app/new");
        assert_eq!(moved_address("/app/new", "/app/old/team/invite", "page=2"), "/app/new/team/invite?page=2");
        let home = "https://new.usher.test/app/new";
        assert_eq!(moved_address(home, "/app/old/billing", "?a=1"), format!("{home}/billing?a=1"));
    }

    #[test]
    fn the_way_back_is_escaped() {
        assert_eq!(login_address("/app/acme", ""), "/login?next=/app/acme");
        assert_eq!(login_address("/app/a", "interval=month"), "/login?next=/app/a%3Finterval%3Dmonth");
        assert_eq!(login_address("/app/a&b", "?x=%0d"), "/login?next=/app/a%26b%3Fx%3D%250d");
    }
}
