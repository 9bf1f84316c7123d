//! Which request goes where.

use std::time::Duration;

use app::routes::Page;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use http::Method;
use service::Services;
use tower::util::MapResponseLayer;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::assets::Assets;
use super::ids::Ids;
use super::public::Public;
use super::{export, headers, health, hosts, limit, origin, pages, request, told, webhook};

/// Asked by load balancers.
pub const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub services: Services,
    /// Styles, scripts, pictures.
    pub assets: Assets,
    /// How browsers call this place, without a slash at the end.
    pub public_url: String,
    /// Whether answers say how long they took.
    pub server_timing: bool,
    /// How many proxies of ours stand in front.
    pub proxies: usize,
    /// How long an answer may take; longer than any honest one, those that ask Stripe included.
    pub patience: Duration,
    /// Names of requests.
    pub ids: Ids,
}

impl Web {
    /// With the settings that need no thought.
    #[must_use]
    pub fn new(services: Services) -> Self {
        let public_url = services.settings().public_url.clone();
        Self {
            services,
            assets: Assets::default(),
            public_url,
            server_timing: false,
            proxies: 0,
            patience: Duration::from_secs(30),
            ids: Ids::default(),
        }
    }
}

/// Every route that is neither a page nor a server function. A test asks each of them as everybody who might knock.
#[must_use]
pub fn plain() -> Vec<(Method, &'static str, MethodRouter<Web>)> {
    vec![
        (Method::POST, webhook::PATH, post(webhook::stripe)),
        (Method::GET, HEALTH[0], get(health::alive)),
        (Method::GET, HEALTH[1], get(health::ready)),
        (Method::GET, export::AUDIT_CSV, get(export::audit_csv)),
        (Method::GET, export::AUDIT_JSON, get(export::audit_json)),
        (Method::GET, export::INVOICES_CSV, get(export::invoices_csv)),
    ]
}

/// Everything that is served.
pub fn router(web: Web) -> Router {
    let services = web.services.clone();
    let https = web.public_url.starts_with("https://");
    let inner = plain()
        .into_iter()
        .fold(Router::new(), |router, (_, path, handler)| router.route(path, handler))
        // The limit is ours, see `limit`: it answers with a sentence.
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(web.clone())
        .merge(pages::router(&web))
        .layer(from_fn_with_state(web.clone(), told::check))
        // Drawn for one visitor, once: fast is better than small.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(limit::check))
        .layer(from_fn_with_state(web.clone(), origin::check))
        .layer(from_fn_with_state(web.clone(), request::around));
    Router::new()
        .route(Page::Landing.path(), get(landing))
        .route(Page::Pricing.path(), get(pricing))
        .with_state(Public::new(services))
        .fallback_service(inner)
        .layer(from_fn_with_state(web, hosts::check))
        .layer(MapResponseLayer::new(move |mut response: Response| {
            headers::add(response.headers_mut(), https);
            response
        }))
}

async fn landing(State(public): State<Public>, request: Request) -> Response {
    public.answer(Page::Landing, &request.into_parts().0).await
}

async fn pricing(State(public): State<Public>, request: Request) -> Response {
    public.answer(Page::Pricing, &request.into_parts().0).await
}
