//! The pages and server functions of `app`, and the files beside them.

use std::sync::LazyLock;

use app::routes::Page;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, Uri};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list_with_exclusions};

use super::Web;

/// Where the development mailbox lives: its page and its server function.
const DEVELOPMENT: [&str; 2] = ["/dev/mail", "/api/letters"];

/// The routes of `app`: for production and for development.
struct Routes {
    production: Vec<AxumRouteListing>,
    development: Vec<AxumRouteListing>,
}

/// Listed once in a process, both lists together, so before any page of it is drawn. While Leptos walks through the
/// application to list its routes, a flag of the whole process keeps every resource from loading, and one that begins
/// in that moment never ends: its page would stay silent. One server makes one router and never meets that; the tests
/// have many servers in one process.
static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    let list = |excluded: &[&str]| {
        let excluded = excluded.iter().map(ToString::to_string).collect();
        generate_route_list_with_exclusions(app::App, Some(excluded))
    };
    Routes { production: list(&DEVELOPMENT), development: list(&[]) }
});

/// How the browser's files are called; the same names as in the workspace's metadata.
#[must_use]
pub fn options() -> LeptosOptions {
    LeptosOptions::builder().output_name("usher").site_root("target/site").site_pkg_dir("pkg").build()
}

/// All pages, all server functions, and for everything else a file or the page that says there is nothing.
pub fn router(web: &Web) -> Router {
    let options = options();
    let services = web.services.clone();
    let context = move || provide_context(services.clone());
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    // What is not for production is not there: not hidden, not refused.
    let routes = if web.services.settings().development { &ROUTES.development } else { &ROUTES.production };
    Router::new()
        .leptos_routes_with_context(&options, routes.clone(), context, shell)
        .with_state(options)
        .fallback(file_or_nothing)
        .with_state(web.clone())
}

/// A file, or the page that says there is nothing.
async fn file_or_nothing(State(web): State<Web>, mut request: Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(file) = web.assets.answer(request.uri().path(), request.headers()).await
    {
        return file;
    }
    if let Some(page) = without_slash(request.uri()) {
        return Redirect::permanent(&page).into_response();
    }
    // A path that the application knows and the server does not is one that is not for this place.
    if Page::of(request.uri().path()).is_some() {
        *request.uri_mut() = Uri::from_static("/nothing");
    }
    let services = web.services.clone();
    let nothing = leptos_axum::render_app_async_with_context(
        move || provide_context(services.clone()),
        move || app::shell(options()),
    );
    let mut response = nothing(request).await.into_response();
    if response.status() == http::StatusCode::OK {
        *response.status_mut() = http::StatusCode::NOT_FOUND;
    }
    response
}

/// Where a page's address with a slash at its end should have led.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    // Only pages, whose paths all lead nowhere but here.
    Page::of(path)?;
    Some(uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_many_leads_to_the_page_and_never_elsewhere() {
        let leads = |uri: &str| without_slash(&uri.parse().unwrap());
        assert_eq!(leads("/app/acme/billing/?interval=month").as_deref(), Some("/app/acme/billing?interval=month"));
        for other in ["/app", "/nothing/", "//evil.example/", "//app/", "/\\evil/"] {
            assert_eq!(leads(other), None, "{other}");
        }
    }
}
