//! Posts from other sites are refused, with and without JavaScript.
//!
//! A browser says where a post comes from: `Sec-Fetch-Site` (on https and localhost) and `Origin` (always, on a post).
//! Both must say "from here" as far as they are there. A request that says neither and yet carries a cookie is no
//! browser's that we know, and is refused; one without a cookie acts for nobody and passes.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::Refusal;
use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

use super::problem::problem;
use super::{Web, webhook};

/// Refuses what changes things and comes from elsewhere.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Webhooks are sent by machines, which are known by their signature.
    if safe || request.uri().path() == webhook::PATH || comes_from_here(&web, request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("a post from another site was refused");
    let refusal = Refusal::new(
        "other-site",
        "This was sent from another site, so nothing was changed.",
        "Open the page here and send the form again.",
    );
    problem(request.headers(), StatusCode::FORBIDDEN, &refusal)
}

/// With several hosts of ours, a form comes from the very host that is asked.
fn comes_from_here(web: &Web, headers: &HeaderMap) -> bool {
    let public_url = Some(web.public_url.as_str()).filter(|_| !web.services.settings().tenant_hosts);
    from_here(headers, public_url)
}

fn from_here(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or_default());
    let site_agrees = site.map(|site| matches!(site, b"same-origin" | b"none"));
    let origin_agrees = origin.map(|origin| Some(origin) == public_url || is_host(origin, headers));
    match (site_agrees, origin_agrees) {
        (None, None) => !headers.contains_key(COOKIE),
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    }
}

/// Whether the origin is the very host that was asked: a browser lets no page choose either.
fn is_host(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    !host.is_empty() && named.is_some_and(|named| named.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn passes(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
        from_here(&pairs.collect(), Some("https://usher.example.com"))
    }

    #[test]
    fn a_form_of_our_own_passes() {
        assert!(passes(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://usher.example.com"),
            ("cookie", "a=b")
        ]));
        assert!(passes(&[("origin", "http://localhost:3000"), ("host", "localhost:3000"), ("cookie", "a=b")]));
        assert!(passes(&[
            ("origin", "https://usher.example.com"),
            ("host", "behind.internal:3000"),
            ("cookie", "a=b")
        ]));
    }

    #[test]
    fn a_form_of_another_site_does_not() {
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]));
        assert!(!passes(&[("sec-fetch-site", "same-site"), ("origin", "https://usher.example.com")]));
        assert!(!passes(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
        assert!(!passes(&[("origin", "https://evil.example"), ("host", "usher.example.com")]));
        assert!(!passes(&[("origin", "null"), ("host", "usher.example.com"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "https://usher.example.com.evil.example"), ("host", "usher.example.com")]));
    }

    #[test]
    fn who_says_nothing_may_not_bring_a_cookie() {
        assert!(!passes(&[("cookie", "a=b")]));
        assert!(passes(&[]));
    }
}
