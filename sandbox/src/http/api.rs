//! Stripe's manners: keys, versions, idempotency, headers. What is asked is left to the engine.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;

use crate::control::Fault;
use crate::engine::error::ApiError;
use crate::engine::params::Params;
use crate::engine::route::{self, Method};
use crate::engine::{API_VERSION, Answer, Caller};
use crate::record::Exchange;
use crate::shared::{Inner, Shared};
use crate::signature;
use crate::state::Reply;

/// Later versions that only add to ours.
const VERSIONS: [&str; 2] = [API_VERSION, "2026-10-28.endive"];

/// An answer before it is on the wire.
struct Outgoing {
    status: u16,
    body: String,
    request: String,
    /// The request that first got this answer, when it is given again.
    original: Option<String>,
    /// JSON, but for what something in between says.
    kind: &'static str,
    /// The limit that was met.
    limited: Option<&'static str>,
}

/// How long nothing is said. Longer than clients wait.
const SILENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// What something between the client and the API says when it does not get through.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad \
Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

impl Outgoing {
    /// What the client gets instead of the answer.
    fn spoilt(fault: Fault, request: String) -> Self {
        match fault {
            Fault::ErrorBefore | Fault::ErrorAfter | Fault::SilentBefore | Fault::SilentAfter => {
                Self::new(&Err(broken()), request)
            }
            Fault::BusyBefore | Fault::BusyAfter => Self::new(&Err(busy()), request),
            Fault::TooMany => Self { limited: Some("global-rate"), ..Self::new(&Err(too_many()), request) },
            Fault::GatewayBefore | Fault::GatewayAfter => {
                Self { status: 502, body: BAD_GATEWAY.into(), kind: "text/html", ..Self::new(&Err(broken()), request) }
            }
        }
    }

    fn new(answer: &Answer, request: String) -> Self {
        let (status, body) = match answer {
            Ok(value) => (200, format!("{value:#}")),
            Err(error) => (error.status, format!("{:#}", error.body(&request))),
        };
        let limited = answer.as_ref().err().and_then(|error| error.limited);
        Self { status, body, request, original: None, kind: "application/json", limited }
    }
}

/// A key whose request is being answered; free again when this is dropped, also when the client went away.
struct InFlight {
    shared: Arc<Shared>,
    key: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.shared.lock().in_flight.remove(&self.key);
    }
}

/// Anything that is no page.
pub async fn answer(
    State(shared): State<Arc<Shared>>,
    method: axum::http::Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let posted = method == axum::http::Method::POST;
    let key = header(&headers, "idempotency-key").filter(|_| posted).map(str::to_owned);
    let (outgoing, fault, version) = decide(&shared, &method, &uri, &headers, &body, key.as_deref());
    let flight = key.clone().filter(|_| version.is_some()).map(|key| InFlight { shared: shared.clone(), key });
    // Nobody is told of what might be forgotten.
    let kept = match version {
        Some(version) => shared.kept(version).await,
        None => Ok(()),
    };
    drop(flight);
    let outgoing = match (kept, fault) {
        (Err(error), _) => Outgoing::new(&Err(ApiError::new(500, "api_error", error.to_string())), outgoing.request),
        (Ok(()), Some(fault)) => Outgoing::spoilt(fault, outgoing.request),
        (Ok(()), None) => outgoing,
    };
    if matches!(fault, Some(Fault::SilentBefore | Fault::SilentAfter)) {
        tokio::time::sleep(SILENCE).await;
    }
    let path = uri.path();
    if let Some(recorder) = &shared.recorder {
        recorder.write(&Exchange {
            method: method.as_str(),
            path,
            query: uri.query(),
            form: &body,
            version: header(&headers, "stripe-version"),
            status: outgoing.status,
            body: &outgoing.body,
        });
    }
    tracing::debug!(%method, path, status = outgoing.status, request = outgoing.request, "api");
    respond(outgoing, posted, key.as_deref(), &headers)
}

/// The part under the lock: what the answer is, what fault it meets, and the version to wait for if the engine was
/// asked at all.
fn decide(
    shared: &Shared,
    method: &axum::http::Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    key: Option<&str>,
) -> (Outgoing, Option<Fault>, Option<u64>) {
    let mut inner = shared.lock();
    let request = inner.state.ids.next("req_", 14);
    let refuse = |error| (Outgoing::new(&Err(error), request.clone()), None, None);
    if let Err(error) = authorize(headers).and_then(|()| check_version(headers)) {
        return refuse(error);
    }
    let asked = match *method {
        axum::http::Method::GET | axum::http::Method::HEAD => Method::Get,
        axum::http::Method::POST => Method::Post,
        axum::http::Method::DELETE => Method::Delete,
        _ => return refuse(ApiError { status: 405, ..ApiError::bad(format!("{method} is not allowed here.")) }),
    };
    let fault = inner.faults.pop_front();
    if fault.is_some_and(Fault::is_before) {
        return (Outgoing::new(&Err(broken()), request.clone()), fault, None);
    }
    let params = {
        let form = if asked == Method::Get || body.is_empty() { uri.query().unwrap_or("").as_bytes() } else { body };
        match Params::parse(form) {
            Ok(params) => params,
            Err(error) => return refuse(error),
        }
    };
    // Clients may write the same parameters in another order.
    let mut fields: Vec<&[u8]> = body.split(|byte| *byte == b'&').collect();
    fields.sort_unstable();
    let digest = signature::digest(&[&[method.as_str().as_bytes(), uri.path().as_bytes()], fields.as_slice()].concat());
    if let Some(key) = key {
        match remembered(&inner, key, &digest) {
            Ok(None) => {}
            Ok(Some(reply)) => {
                let reply = reply.clone();
                let outgoing = Outgoing {
                    status: reply.status,
                    body: reply.body,
                    request,
                    original: Some(reply.request),
                    kind: "application/json",
                    limited: None,
                };
                return (outgoing, fault, None);
            }
            Err(error) => return refuse(error),
        }
    }
    let caller = Caller { request: Some(request.clone()), idempotency_key: key.map(str::to_owned) };
    let answer =
        shared.act_locked(&mut inner, caller, |engine| (route::serve(engine, asked, uri.path(), params), engine.now));
    let (answer, now) = answer;
    let outgoing = Outgoing::new(&answer, request.clone());
    if let Some(key) = key {
        inner.in_flight.insert(key.to_owned());
        // A refused request did nothing, so its key is still free; a declined card is an answer.
        if outgoing.status == 200 || outgoing.status == 402 {
            let reply =
                Reply { asked: digest, status: outgoing.status, body: outgoing.body.clone(), request, created: now };
            inner.state.replies.insert(key.to_owned(), reply);
        }
    }
    // Reading changes nothing worth waiting for.
    let version = (asked != Method::Get).then(|| shared.touch(&mut inner));
    (outgoing, fault, version)
}

fn remembered<'a>(inner: &'a Inner, key: &str, digest: &str) -> Result<Option<&'a Reply>, ApiError> {
    if key.len() > 255 {
        return Err(ApiError::bad("Idempotency keys can be up to 255 characters long."));
    }
    let known = inner.state.replies.get(key);
    if known.is_some_and(|reply| reply.asked != digest) {
        return Err(ApiError::new(
            400,
            "idempotency_error",
            format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                 using a key other than '{key}' if you meant to execute a different request."
            ),
        ));
    }
    if inner.in_flight.contains(key) {
        return Err(ApiError::new(
            409,
            "idempotency_error",
            "There is currently another in-progress request using this Idempotent Key (that probably means you \
             submitted twice, and the other request is still going through).",
        )
        .code("idempotency_key_in_use"));
    }
    Ok(known)
}

fn authorize(headers: &HeaderMap) -> Result<(), ApiError> {
    let unauthorized = |message: &str| Err(ApiError::new(401, "invalid_request_error", message));
    let Some(given) = header(headers, "authorization") else {
        return unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        );
    };
    let key = match given.split_once(' ') {
        Some(("Bearer" | "bearer", key)) => Some(key.trim().to_owned()),
        Some(("Basic" | "basic", pair)) => BASE64
            .decode(pair.trim().as_bytes())
            .ok()
            .and_then(|pair| String::from_utf8(pair).ok())
            .map(|pair| pair.split(':').next().unwrap_or_default().to_owned()),
        _ => None,
    };
    match key {
        Some(key) if key.starts_with("sk_test_") => Ok(()),
        Some(key) if key.starts_with("sk_live_") => {
            unauthorized("This is a sandbox, and the key is a live one. Use any key that begins with sk_test_.")
        }
        _ => unauthorized("Invalid API Key provided. The sandbox takes any key that begins with sk_test_."),
    }
}

fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    match header(headers, "stripe-version") {
        Some(version) if !VERSIONS.contains(&version) => {
            Err(ApiError::bad(format!("Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION}.")))
        }
        _ => Ok(()),
    }
}

fn broken() -> ApiError {
    ApiError::new(500, "api_error", "An unknown error occurred.")
}

fn busy() -> ApiError {
    ApiError::new(
        429,
        "invalid_request_error",
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing \
         it. If you see this error intermittently, retry the request.",
    )
    .code("lock_timeout")
}

fn too_many() -> ApiError {
    ApiError::new(
        429,
        "invalid_request_error",
        "Request rate limit exceeded. Learn more about rate limits here: https://stripe.com/docs/rate-limits.",
    )
    .code("rate_limit")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn respond(outgoing: Outgoing, posted: bool, key: Option<&str>, asked: &HeaderMap) -> Response {
    let Outgoing { status, body, request, original, kind, limited } = outgoing;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body).into_response();
    let version = header(asked, "stripe-version").unwrap_or(API_VERSION);
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set("content-type", kind);
    set("cache-control", "no-cache, no-store");
    set("request-id", &request);
    set("stripe-version", version);
    if posted {
        set("original-request", original.as_deref().unwrap_or(&request));
        // A conflict, too, is over soon: somebody else is busy with the same key or the same object.
        let passes = status.is_server_error() || matches!(status.as_u16(), 409 | 429);
        set("stripe-should-retry", if passes { "true" } else { "false" });
    }
    if let Some(reason) = limited {
        set("stripe-rate-limited-reason", reason);
    }
    if original.is_some() {
        set("idempotent-replayed", "true");
    }
    if let Some(key) = key {
        set("idempotency-key", key);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn only_test_keys_open_the_door() {
        let basic = format!("Basic {}", BASE64.encode(b"sk_test_1:"));
        assert!(authorize(&headers("authorization", "Bearer sk_test_abc")).is_ok());
        assert!(authorize(&headers("authorization", &basic)).is_ok());
        for wrong in ["Bearer sk_live_abc", "Bearer pk_test_abc", "Basic !", "sk_test_abc"] {
            assert_eq!(authorize(&headers("authorization", wrong)).unwrap_err().status, 401, "{wrong}");
        }
        assert_eq!(authorize(&HeaderMap::new()).unwrap_err().status, 401);
    }

    #[test]
    fn other_versions_are_refused_by_name() {
        assert!(check_version(&headers("stripe-version", API_VERSION)).is_ok());
        assert!(check_version(&HeaderMap::new()).is_ok());
        assert_eq!(check_version(&headers("stripe-version", "2020-08-27")).unwrap_err().status, 400);
    }

    #[test]
    fn a_key_in_flight_is_a_conflict() {
        let shared =
            Shared::new(crate::state::State::new(1), "http://sandbox/".into(), None, true, crate::clock::Clock::wall());
        let mut inner = shared.lock();
        inner.in_flight.insert("key".into());
        let error = remembered(&inner, "key", "digest").unwrap_err();
        assert_eq!((error.status, error.code), (409, Some("idempotency_key_in_use")));
        assert!(remembered(&inner, "other", "digest").unwrap().is_none());
    }
}
