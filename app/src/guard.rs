//! Who is asking: from the request to a [`Caller`], and the cookies between.
//!
//! The first line of every server function of somebody who is signed in is `let caller = guard::caller().await?`.
//! During server rendering a server function is a plain call, so this cannot be left to a middleware.

pub mod flash;
pub mod note;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::ConnectInfo;
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::{Caller, Error, Services, SessionToken, SignedIn, Visit};

use crate::AppError;
use crate::routes::Page;
use domain::{Refusal, Slug};

/// The address of who asks, when it is not the peer's: the server puts it into the request's extensions.
#[derive(Clone, Debug)]
pub struct ClientIp(pub String);

/// The organization whose own host was asked, if it was one: the server puts it into the request's extensions.
#[derive(Clone, Debug)]
pub struct TenantHost(pub Slug);

const SESSION_SECONDS: u32 = 30 * 24 * 60 * 60;
/// Longer than the link in the letter works.
const SIGN_UP_SECONDS: u32 = 7 * 24 * 60 * 60;
const DEVICE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// The services that the server gave to this request.
pub fn services() -> Result<Services, AppError> {
    use_context::<Services>().ok_or_else(|| Error::Broken(anyhow::anyhow!("no services in the context")).into())
}

fn parts() -> Option<Parts> {
    use_context::<Parts>()
}

/// From where this request comes, for the audit log.
#[must_use]
pub fn visit() -> Visit {
    parts().as_ref().map(visit_of).unwrap_or_default()
}

fn visit_of(parts: &Parts) -> Visit {
    let ip =
        parts.extensions.get::<ClientIp>().map(|ip| ip.0.clone()).or_else(|| {
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_string())
        });
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Visit { ip, user_agent: agent.map(|agent| agent.chars().take(200).collect()) }
}

/// Who is signed in, or [`AppError::SignIn`].
pub async fn caller() -> Result<Caller, AppError> {
    maybe_caller().await?.ok_or_else(|| answer(AppError::SignIn))
}

/// Who is signed in, if somebody is.
pub async fn maybe_caller() -> Result<Option<Caller>, AppError> {
    let services = services()?;
    let Some(parts) = parts() else { return Ok(None) };
    Ok(caller_of(&services, &parts).await?)
}

/// Who has sent this request, if they are signed in. For what is served beside the pages.
pub async fn caller_of(services: &Services, parts: &Parts) -> Result<Option<Caller>, Error> {
    let Some(token) = cookie_of(parts, session_name(services)) else { return Ok(None) };
    let caller = service::who(services, &token, visit_of(parts)).await?;
    Ok(caller.map(|caller| Caller { host: host(parts), ..caller }))
}

/// The organization whose own host was asked, if it was one.
fn host(parts: &Parts) -> Option<Slug> {
    parts.extensions.get::<TenantHost>().map(|TenantHost(slug)| slug.clone())
}

/// Sends on to a page of an organization, at the host where it lives.
pub fn lead_to(services: &Services, page: Page, slug: &Slug) {
    leptos_axum::redirect(&services.settings().home(slug, &page.at(slug)));
}

/// The session's token as the browser sent it.
#[must_use]
pub fn session_token(services: &Services) -> Option<String> {
    cookie(session_name(services))
}

fn session_name(services: &Services) -> &'static str {
    let settings = services.settings();
    match (settings.secure_cookies, settings.tenant_hosts) {
        (true, false) => "__Host-usher_session",
        (true, true) => "__Secure-usher_session",
        (false, _) => "usher_session",
    }
}

/// Signs this browser in.
pub fn remember(services: &Services, token: &SessionToken) {
    set_shared_cookie(services, session_name(services), token.as_str(), SESSION_SECONDS);
}

/// Signs this browser in, and knows it again next time.
pub fn welcome(services: &Services, signed_in: &SignedIn) {
    remember(services, &signed_in.session);
    set_shared_cookie(services, device_name(services), &signed_in.device, DEVICE_SECONDS);
}

/// The cookie by which this browser is known to have signed in before.
#[must_use]
pub fn device(services: &Services) -> Option<String> {
    cookie(device_name(services))
}

fn device_name(services: &Services) -> &'static str {
    let settings = services.settings();
    match (settings.secure_cookies, settings.tenant_hosts) {
        (true, false) => "__Host-usher_device",
        (true, true) => "__Secure-usher_device",
        (false, _) => "usher_device",
    }
}

/// Remembers that this browser asked for an account: with the cookie the link in the letter is enough.
pub fn begin_sign_up(services: &Services, browser: &str) {
    set_cookie(services, sign_up_name(services), browser, "/", SIGN_UP_SECONDS);
}

/// The cookie of a browser that asked for an account.
#[must_use]
pub fn sign_up_browser(services: &Services) -> Option<String> {
    cookie(sign_up_name(services))
}

/// Forgets that this browser asked for an account.
pub fn end_sign_up(services: &Services) {
    set_cookie(services, sign_up_name(services), "", "/", 0);
}

fn sign_up_name(services: &Services) -> &'static str {
    if services.settings().secure_cookies { "__Host-usher_signup" } else { "usher_signup" }
}

/// Signs this browser out.
pub fn forget(services: &Services) {
    set_shared_cookie(services, session_name(services), "", 0);
}

/// One cookie of the request.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    cookie_of(&parts()?, name)
}

fn cookie_of(parts: &Parts, name: &str) -> Option<String> {
    parts
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then(|| value.to_owned()))
}

/// Adds a cookie to the answer: for this host, not readable by scripts, `seconds` long; 0 removes it.
/// `value` and `path` must be free of `;`, spaces and controls.
pub fn set_cookie(services: &Services, name: &str, value: &str, path: &str, seconds: u32) {
    write_cookie(services, &format!("{name}={value}; Path={path}; Max-Age={seconds}"));
}

/// The same for all of our hosts, where there are several.
pub fn set_shared_cookie(services: &Services, name: &str, value: &str, seconds: u32) {
    let domain = services.settings().cookie_domain().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
    write_cookie(services, &format!("{name}={value}; Path=/; Max-Age={seconds}{domain}"));
}

fn write_cookie(services: &Services, what: &str) {
    let secure = if services.settings().secure_cookies { "; Secure" } else { "" };
    let text = format!("{what}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&text)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// Whether this is a page or a plain form post, not a call from our own script.
#[must_use]
pub fn wants_html() -> bool {
    parts().is_some_and(|parts| {
        parts
            .headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|a| a.contains("text/html"))
    })
}

/// The page on which a plain form stood.
#[must_use]
pub fn page_before() -> Option<Page> {
    let parts = parts()?;
    let uri: http::Uri = parts.headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    Page::of(uri.path())
}

/// Sets the status that goes with an error, for calls from scripts. A plain form post is answered with a redirect,
/// and a page sets its own.
#[must_use]
pub fn answer(error: AppError) -> AppError {
    if parts().is_some() && !wants_html() {
        set_status_of(&error);
    }
    error
}

/// Sets the status of the answer to what goes with an error, and when to come again if that is known.
pub fn set_status_of(error: &AppError) {
    set_status(error.status());
    if let (AppError::TooMany { seconds }, Some(response)) = (error, use_context::<ResponseOptions>()) {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        answer(match error {
            Error::SignIn => Self::SignIn,
            Error::NotFound => Self::NotFound,
            Error::Moved { home } => Self::Moved { home },
            Error::Forbidden(no) => Self::Forbidden(Refusal::from(no)),
            Error::Invalid { field, problem } => Self::Invalid { field: field.to_owned(), problem },
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Closed(refusal) => Self::Closed(refusal),
            Error::TooMany { after } => Self::TooMany { seconds: after.as_secs().max(1) },
            Error::Busy => Self::Busy,
            Error::Broken(cause) => {
                let incident = incident();
                tracing::error!(%incident, error = format!("{cause:#}"), "a use case broke");
                Self::Broken { incident }
            }
        })
    }
}

/// A name for what went wrong, the same on the screen and in the log: the request's id, or a running number.
fn incident() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    parts()
        .and_then(|parts| parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned))
        .unwrap_or_else(|| format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)))
}
