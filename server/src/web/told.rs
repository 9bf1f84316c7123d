//! What a form is told without JavaScript: the error travels in the address of the page that the form is on.
//!
//! Anybody could write such an address and send it to somebody, to speak with our voice. So the browser also gets a
//! cookie of a minute, with the hash of exactly these words on exactly this page; an address without its cookie is
//! opened without the words.

use app::AppError;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::{COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use server_fn::error::FromServerFnError as _;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Web;
use super::assets::short;
use super::problem::{problem, wants_page};

/// The names of the two parts in an address, which `leptos` has chosen: which function, and what it said.
const PARTS: [&str; 2] = ["__path", "__err"];
/// How a server function marks an answer that is an error.
const ERROR: &str = "serverfnerror";
const SECONDS: u32 = 60;
/// Longer than any error.
const LONGEST: usize = 64 * 1024;

/// Gives the cookie with the words, and takes words without their cookie away.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let name = if web.public_url.starts_with("https://") { "__Host-usher_told" } else { "usher_told" };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let Some(said) = Said::of(&format!("http://here{}", request.uri())) else { return next.run(request).await };
        if said.is_complete() && cookie(request.headers(), name) == Some(&said.hash()) {
            return next.run(request).await;
        }
        return Redirect::to(&said.bare).into_response();
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    if !response.headers().contains_key(ERROR) || !wants_page(&headers) {
        return response;
    }
    let back = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(Said::of);
    match back.filter(Said::is_complete) {
        Some(said) => tell(response, &said, name),
        // The browser does not say which page it comes from, so it gets one here.
        None => alone(response, &headers).await,
    }
}

fn tell(mut response: Response, said: &Said, name: &str) -> Response {
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let cookie = format!("{name}={}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax{secure}", said.hash());
    if let (Ok(to), Ok(cookie)) = (HeaderValue::from_str(&said.address()), HeaderValue::from_str(&cookie)) {
        response.headers_mut().insert(LOCATION, to);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn alone(response: Response, headers: &HeaderMap) -> Response {
    let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
    let error = match to_bytes(response.into_body(), LONGEST).await {
        Ok(bytes) => AppError::de(bytes),
        Err(_) => AppError::Away,
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut page = problem(headers, status, &error.refusal());
    if let AppError::TooMany { seconds } = error {
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    for cookie in cookies {
        page.headers_mut().append(SET_COOKIE, cookie);
    }
    page
}

/// An address with words in it.
struct Said {
    /// Path and query without them.
    bare: String,
    /// The last of each part, as they stand in the address; an earlier one is of an earlier attempt.
    parts: [Option<String>; 2],
}

impl Said {
    /// `None` if there are no words in the address.
    fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let mut parts = [None, None];
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match PARTS.iter().position(|part| *part == name) {
                Some(place) => parts[place] = Some(value.into_owned()),
                None => others.push((name, value)),
            }
        }
        if parts == [None, None] {
            return None;
        }
        let mut bare = url.clone();
        bare.set_query(None);
        if !others.is_empty() {
            bare.query_pairs_mut().extend_pairs(others);
        }
        // Two slashes at the beginning would be another host.
        let path = format!("/{}", bare.path().trim_start_matches('/'));
        Some(Self { bare: bare.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}")), parts })
    }

    fn is_complete(&self) -> bool {
        self.parts.iter().all(Option::is_some)
    }

    /// Path and query with the words.
    fn address(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, part) in PARTS.iter().zip(&self.parts) {
            query.append_pair(name, part.as_deref().unwrap_or_default());
        }
        let sign = if self.bare.contains('?') { '&' } else { '?' };
        format!("{}{sign}{}", self.bare, query.finish())
    }

    fn hash(&self) -> String {
        short(&Sha256::digest(self.address()))
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_attempt_is_told() {
        let said = Said::of("http://here/login?next=/app&__path=/api/a&__err=one&__path=/api/b&__err=two").unwrap();
        assert_eq!(said.bare, "/login?next=%2Fapp");
        assert_eq!(said.address(), "/login?next=%2Fapp&__path=%2Fapi%2Fb&__err=two");
        assert_eq!(Said::of(&format!("http://here{}", said.address())).unwrap().hash(), said.hash());
    }

    #[test]
    fn words_on_another_page_are_other_words() {
        let hash = |address: &str| Said::of(address).unwrap().hash();
        let here = hash("http://here/login?__path=/api/a&__err=one");
        assert_ne!(here, hash("http://here/signup?__path=/api/a&__err=one"));
        assert_ne!(here, hash("http://here/login?__path=/api/b&__err=one"));
        assert_ne!(here, hash("http://here/login?__path=/api/a&__err=two"));
    }

    #[test]
    fn no_address_leads_to_another_host() {
        assert_eq!(Said::of("http://here//evil.example/?__err=x").unwrap().bare, "/evil.example/");
        assert!(Said::of("http://here/login?next=/app").is_none());
    }
}
