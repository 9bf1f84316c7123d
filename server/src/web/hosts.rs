//! Which host was asked, where organizations have hosts of their own.
//!
//! The public host has everything but the pages of organizations, an organization's host has its pages and what they
//! need; whoever opens a page at the wrong one of the two is sent to the other. That `/app/{slug}` belongs to the host
//! and to the session is not decided here: the host goes with the request, and `service` compares the three where it
//! opens an organization. Other hosts have nothing.

use app::guard::TenantHost;
use app::routes::Page;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{Refusal, Slug};
use http::header::HOST;
use http::{HeaderMap, Method, StatusCode, Uri};
use service::Host;

use super::problem::problem;
use super::{Web, router};

/// Lets a request through, sends it to the right host, or says that there is nothing.
pub async fn check(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let settings = web.services.settings();
    let path = request.uri().path();
    // Load balancers know machines, not names.
    if !settings.tenant_hosts || router::HEALTH.contains(&path) {
        return next.run(request).await;
    }
    let opens = matches!(*request.method(), Method::GET | Method::HEAD);
    let page = Page::of(path).filter(|_| opens);
    match settings.host(&asked(&request)) {
        Host::Public => match page.filter(|page| page.permission().is_some()).and_then(|_| slug(path)) {
            Some(slug) => away(&settings.home(&slug, &whole(request.uri()))),
            None => next.run(request).await,
        },
        Host::Tenant(slug) => match page {
            Some(Page::Landing) => away(&Page::Dashboard.at(&slug)),
            Some(page) if page.permission().is_none() && page != Page::Login => {
                away(&format!("{}{}", settings.public_url, whole(request.uri())))
            }
            _ => {
                request.extensions_mut().insert(TenantHost(slug));
                next.run(request).await
            }
        },
        Host::Unknown => problem(request.headers(), StatusCode::NOT_FOUND, &nothing()),
    }
}

/// The host that is asked; nothing if the request names several.
fn asked(request: &Request) -> String {
    let named = named(request.headers());
    match request.uri().authority() {
        Some(authority) if !authority.as_str().eq_ignore_ascii_case(&named) => String::new(),
        _ => named,
    }
}

fn named(headers: &HeaderMap) -> String {
    let mut all = headers.get_all(HOST).iter();
    let first = all.next().and_then(|host| host.to_str().ok());
    first.filter(|_| all.next().is_none()).unwrap_or_default().to_owned()
}

/// The organization that a path of one of its pages names.
fn slug(path: &str) -> Option<Slug> {
    path.split('/').nth(2)?.parse().ok()
}

fn whole(uri: &Uri) -> String {
    uri.path_and_query().map(ToString::to_string).unwrap_or_default()
}

/// Not for good: the operator may decide otherwise.
fn away(to: &str) -> Response {
    Redirect::to(to).into_response()
}

fn nothing() -> Refusal {
    app::AppError::NotFound.refusal()
}
