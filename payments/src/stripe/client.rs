//! One HTTP client for Stripe: connections are kept, every call ends in time, and a call is repeated by itself only
//! when repeating it is safe.
//!
//! It takes the requests of async-stripe's typed builders. async-stripe's own client is not used: it opens a
//! connection for each call, does not repeat a call that has a key, and loses the status of an error that is not JSON.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use domain::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use stripe_client_core::{RequestBuilder, StripeClientErr, StripeMethod, VERSION};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::time::{Instant, sleep, timeout_at};

use super::{ConfigError, StripeConfig, backoff};
use crate::PaymentError;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("stripe-should-retry");
const LIMITED_BY: HeaderName = HeaderName::from_static("stripe-rate-limited-reason");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
/// How often one call is sent at most.
const ATTEMPTS: u32 = 4;
/// More than any answer that we ask for.
const LARGEST_ANSWER: usize = 8 << 20;

/// What the adapter sends its requests through.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    /// How long one call may take in all, repeats and pauses included.
    timeout: Duration,
    calls: AtomicU64,
    /// When the provider answered last, by its own clock, in seconds; 0: it never said.
    answered_at: AtomicI64,
}

/// How one attempt ended, unless with an answer.
enum Failure {
    /// Trying again cannot help.
    Final(PaymentError),
    /// Trying again may help.
    Passing(PaymentError),
}

impl Client {
    pub(super) fn new(config: &StripeConfig, base: Url, loopback: bool) -> Result<Self, ConfigError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", config.secret_key.expose()))
            .map_err(|_| ConfigError::SecretKey)?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, bearer),
            (ACCEPT, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(concat!("usher/", env!("CARGO_PKG_VERSION")))),
            (STRIPE_VERSION, HeaderValue::try_from(VERSION.as_str()).map_err(|_| ConfigError::SecretKey)?),
        ]);
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .connect_timeout(config.timeout.min(Duration::from_secs(5)))
            .pool_idle_timeout(Duration::from_secs(50))
            .tcp_keepalive(Duration::from_secs(30))
            .tcp_nodelay(true);
        if loopback {
            // A proxy named in the environment knows nothing of this machine's loopback.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| ConfigError::Http(words(error)))?;
        Ok(Self { http, base, timeout: config.timeout, calls: AtomicU64::new(0), answered_at: AtomicI64::new(0) })
    }

    /// How often the provider was called.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// When the provider answered last, by its own clock.
    pub(super) fn answered_at(&self) -> Option<Timestamp> {
        Some(self.answered_at.load(Ordering::Relaxed)).filter(|secs| *secs > 0).map(Timestamp::from_secs)
    }

    /// Sends a request and reads the answer.
    ///
    /// Without a `key` the request must be one that can be repeated as it is: a `GET`, or one whose second effect is
    /// the same as its first.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        key: Option<&str>,
    ) -> Result<T, PaymentError> {
        let path = request.path.clone();
        let answer = self.send(request, key).await?;
        serde_json::from_slice(&answer)
            .map_err(|error| PaymentError::Unknown(format!("{path}: the answer is not what it should be: {error}")))
    }

    /// Sends a request, again if need be, and gives the answer as it came.
    pub(super) async fn send(&self, request: RequestBuilder, key: Option<&str>) -> Result<Bytes, PaymentError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let end = Instant::now() + self.timeout;
        // What is known when time runs out between two attempts.
        let mut last = PaymentError::Unknown(format!("{}: no answer within {:?}", request.path, self.timeout));
        let mut attempt = 0;
        loop {
            match timeout_at(end, self.attempt(&request, key)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(Failure::Final(error))) => return Err(error),
                Ok(Err(Failure::Passing(error))) => last = error,
                Err(_) => return Err(last),
            }
            attempt += 1;
            let pause = backoff::pause(key.unwrap_or(&request.path), call, attempt);
            if attempt == ATTEMPTS || Instant::now() + pause >= end {
                return Err(last);
            }
            tracing::warn!(path = %request.path, attempt, error = %last, "asking the payment provider again");
            sleep(pause).await;
        }
    }

    async fn attempt(&self, request: &RequestBuilder, key: Option<&str>) -> Result<Bytes, Failure> {
        let path = &request.path;
        let no_answer =
            |error: reqwest::Error| Failure::Passing(PaymentError::Unknown(format!("{path}: {}", words(error))));
        let mut response = self.build(request, key)?.send().await.map_err(no_answer)?;
        let status = response.status();
        let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let id = header(REQUEST_ID).unwrap_or("-").to_owned();
        if let Some(date) = header(DATE).and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()) {
            self.answered_at.store(date.unix_timestamp(), Ordering::Relaxed);
        }
        let may_retry = header(SHOULD_RETRY) != Some("false");
        let too_often = status == StatusCode::TOO_MANY_REQUESTS && header(LIMITED_BY) == Some("resource-specific");
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                let text = format!("{path}: {status} with more than {LARGEST_ANSWER} bytes (request {id})");
                return Err(Failure::Final(PaymentError::Unknown(text)));
            }
            body.extend_from_slice(&chunk);
        }
        tracing::debug!(%path, status = status.as_u16(), request = %id, "the payment provider answered");
        if status.is_success() {
            return Ok(body.freeze());
        }
        let judged = judge(path, status, id, may_retry, &body);
        // The limit of one object: it ends after minutes or a day, so nothing is asked again here.
        match judged {
            Failure::Passing(PaymentError::Unknown(said)) | Failure::Final(PaymentError::Unknown(said))
                if too_often =>
            {
                Err(Failure::Final(PaymentError::TooOften(said)))
            }
            judged => Err(judged),
        }
    }

    fn build(&self, request: &RequestBuilder, key: Option<&str>) -> Result<reqwest::RequestBuilder, Failure> {
        let unfit = |what: &str| Failure::Final(refused("usher_request", what.to_owned(), "-".to_owned()));
        // Ids are part of the path, and some come from a browser: none may lead elsewhere.
        if !request.path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_')) {
            return Err(unfit("unfit id"));
        }
        let mut url = self.base.clone();
        url.set_path(&format!("{}v1{}", self.base.path(), request.path));
        url.set_query(request.query.as_deref().filter(|query| !query.is_empty()));
        let method = match request.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let mut http = self.http.request(method, url);
        if let Some(body) = &request.body {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            http = http.header(CONTENT_TYPE, form).body(canonical(body));
        }
        if let Some(key) = key {
            let fits = (1..=255).contains(&key.len());
            let value =
                HeaderValue::from_str(key).ok().filter(|_| fits).ok_or_else(|| unfit("unfit idempotency key"))?;
            http = http.header(IDEMPOTENCY_KEY, value);
        }
        Ok(http)
    }
}

/// The same fields in the same order, whatever the order of the hash map they come from: a key stands for one body.
fn canonical(form: &str) -> String {
    let mut fields: Vec<&str> = form.split('&').collect();
    fields.sort_unstable();
    fields.join("&")
}

/// Stripe's error body, as far as it is used.
#[derive(Debug, Deserialize)]
struct Body {
    error: Problem,
}

#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

/// What an answer that is no success means.
fn judge(path: &str, status: StatusCode, request: String, may_retry: bool, body: &[u8]) -> Failure {
    let problem = serde_json::from_slice::<Body>(body).ok().map(|body| body.error);
    let told = match &problem {
        Some(Problem { kind, code, message }) => {
            let code = code.as_deref().or(kind.as_deref()).unwrap_or("error");
            format!("{code}: {}", message.as_deref().unwrap_or("no message"))
        }
        // Not Stripe's words: something between us and it has answered.
        None => "an answer that is not Stripe's".to_owned(),
    };
    let unknown = || PaymentError::Unknown(format!("{path}: {status}: {told} (request {request})"));
    match (status.as_u16(), problem) {
        // The key is ours, so it is another node or an earlier try that is busy with this very call: its answer will be
        // ours, whatever is said about repeating.
        (409, Some(Problem { code: Some(code), .. })) if code == "idempotency_key_in_use" => {
            Failure::Passing(unknown())
        }
        // Locked, too fast, or broken on their side.
        (409 | 424 | 429 | 500.., _) if may_retry => Failure::Passing(unknown()),
        // 401 and 403 are no refusals: the key was rolled or lacks a right, and once somebody has corrected that, the
        // same request will do.
        (401 | 403 | 409 | 424 | 429, _) => Failure::Final(unknown()),
        (400..=499, Some(Problem { kind, code, message })) => {
            let code = code.or(kind).unwrap_or_else(|| status.as_str().to_owned());
            Failure::Final(refused(&code, message.unwrap_or_default(), request))
        }
        (_, _) => Failure::Final(unknown()),
    }
}

pub(super) fn refused(code: &str, message: String, request: String) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), message, request }
}

/// An error with its causes, without the address: that is in the log line already, and could hold a search.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// Mozilla's roots, compiled in: a bare machine needs no certificate store.
fn tls() -> Result<rustls::ClientConfig, ConfigError> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect::<rustls::RootCertStore>();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::Http(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl StripeClientErr for PaymentError {
    fn deserialize_err(msg: impl std::fmt::Display) -> Self {
        Self::Unknown(msg.to_string())
    }
}
