//! An answer that says no before a page or a server function could: a small page for people, a refusal for scripts.

use axum::body::Body;
use axum::response::Response;
use domain::Refusal;
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};

/// The page may load our styles and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The answer, in the form that `headers` ask for.
#[must_use]
pub fn problem(headers: &HeaderMap, status: StatusCode, refusal: &Refusal) -> Response {
    let (kind, body) = if wants_page(headers) {
        ("text/html; charset=utf-8", Body::from(page(refusal)))
    } else {
        ("application/json", Body::from(script(refusal)))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Whether a person reads the answer.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")))
}

/// What a server function would have answered, so that the browser's side reads it like any other refusal.
fn script(refusal: &Refusal) -> bytes::Bytes {
    use server_fn::error::FromServerFnError as _;
    app::AppError::Refused(refusal.clone()).ser()
}

fn page(refusal: &Refusal) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Not done · Usher</title><link rel=\"stylesheet\" href=\"/pkg/usher.css\"></head>\
         <body><main><h1>{}</h1><p>{}</p><p><a href=\"/\">Usher</a></p></main></body></html>",
        escape(&refusal.what),
        escape(&refusal.next),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
