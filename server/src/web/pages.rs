//! The pages and server functions of `app`, and the files beside them.

use app::routes::Page;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, Uri};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list_with_exclusions};

use super::Web;

/// Where the development mailbox lives: its page and its server function.
const DEVELOPMENT: [&str; 2] = ["/dev/mail", "/api/letters"];

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
    // What is not for production is not there: not hidden, not refused.
    let excluded =
        if web.services.settings().development { Vec::new() } else { DEVELOPMENT.map(str::to_owned).to_vec() };
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let routes = generate_route_list_with_exclusions(app::App, Some(excluded));
    Router::new()
        .leptos_routes_with_context(&options, routes, context, shell)
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
