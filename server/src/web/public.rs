//! The pages that are the same for everybody, from memory.
//!
//! They carry no script and nothing about the visitor, so each is drawn once and kept as it goes over the wire: plain,
//! gzip and brotli. There are as many as there are pages times intervals, whatever queries are made up.

use std::sync::Arc;

use app::routes::Page;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use domain::Interval;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use service::Services;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::assets::{Coding, short, unchanged};

/// Which pages, in which order they are kept.
const KEPT: [(Page, Interval); 4] = [
    (Page::Landing, Interval::Month),
    (Page::Landing, Interval::Year),
    (Page::Pricing, Interval::Month),
    (Page::Pricing, Interval::Year),
];

/// Longer than any page, in bytes.
const LONGEST: usize = 1024 * 1024;

/// As small as it gets in a few milliseconds: this is done once for a page.
const SMALL: CompressionLevel = CompressionLevel::Precise(9);

/// The kept pages. Clones share them.
#[derive(Clone)]
pub struct Public {
    kept: Arc<[OnceCell<Forms>; KEPT.len()]>,
    services: Services,
}

/// One page in all its forms.
struct Forms {
    plain: Form,
    gzip: Option<Form>,
    br: Option<Form>,
}

/// One form of a page, headers and all.
struct Form {
    headers: HeaderMap,
    tag: String,
    body: Bytes,
}

impl Public {
    /// No page is drawn yet.
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self { kept: Arc::new(std::array::from_fn(|_| OnceCell::new())), services }
    }

    /// The page that the request asks for.
    pub async fn answer(&self, page: Page, request: &Parts) -> Response {
        let interval = app::public::interval(request.uri.query());
        let place = KEPT.iter().position(|kept| *kept == (page, interval)).unwrap_or_default();
        let forms = self.kept[place].get_or_init(|| self.draw(page, interval)).await;
        let form = Coding::acceptable(&request.headers).find_map(|coding| match coding {
            Coding::Br => forms.br.as_ref(),
            Coding::Gzip => forms.gzip.as_ref(),
            Coding::Identity => None,
        });
        form.unwrap_or(&forms.plain).response(&request.headers)
    }

    async fn draw(&self, page: Page, interval: Interval) -> Forms {
        let (document, policy) = app::public::page(page, interval, &self.services);
        let body = Bytes::from(document);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        Forms {
            gzip: packed(&body, "gzip").await.map(|packed| Form::new(headers.clone(), packed, Coding::Gzip)),
            br: packed(&body, "br").await.map(|packed| Form::new(headers.clone(), packed, Coding::Br)),
            plain: Form::new(headers, body, Coding::Identity),
        }
    }
}

impl Form {
    fn new(mut headers: HeaderMap, body: Bytes, coding: Coding) -> Self {
        let tag = format!("\"{}\"", short(&Sha256::digest(&body)));
        if let Some(coding) = coding.header() {
            headers.insert(CONTENT_ENCODING, coding);
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        Self { headers, tag, body }
    }

    fn response(&self, request: &HeaderMap) -> Response {
        let known = unchanged(request, &self.tag);
        let mut response = Response::new(if known { Body::empty() } else { Body::from(self.body.clone()) });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// The page in one coding, unless it cannot be had: then it travels as it is.
async fn packed(body: &Bytes, coding: &'static str) -> Option<Bytes> {
    let whole = body.clone();
    let page = tower::service_fn(move |_: Request| {
        let mut response = Response::new(Body::from(whole.clone()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    let packer = ServiceBuilder::new().layer(CompressionLayer::new().quality(SMALL)).service(page);
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
    let Ok(response) = packer.oneshot(request).await;
    if !response.headers().contains_key(CONTENT_ENCODING) {
        return None;
    }
    let packed = to_bytes(Body::new(response.into_body()), LONGEST).await;
    packed.inspect_err(|error| tracing::error!(coding, %error, "a public page could not be packed")).ok()
}
