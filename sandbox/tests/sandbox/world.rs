//! A sandbox, a listener for its webhooks, and a client with a key.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use sandbox::{Clock, Sandbox, SandboxConfig};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const KEY: &str = "sk_test_world";

/// A webhook as it came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub signature: String,
    pub body: Vec<u8>,
}

impl Received {
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.event()["type"].as_str().unwrap().to_owned()
    }
}

/// Takes webhooks; answers 200 unless told otherwise.
#[derive(Clone, Default)]
pub struct Listener {
    pub received: Arc<Mutex<Vec<Received>>>,
    pub answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Listener {
    /// Listens; answers with its address.
    pub async fn start(self) -> String {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/stripe", socket.local_addr().unwrap());
        let router = axum::Router::new().route("/webhooks/stripe", axum::routing::post(take)).with_state(self);
        tokio::spawn(async move { axum::serve(socket, router).await });
        url
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.all().iter().map(Received::kind).collect()
    }
}

async fn take(State(listener): State<Listener>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    listener.received.lock().unwrap().push(Received { signature, body: body.to_vec() });
    let answer = listener.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The object, which must have been given.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }

    /// The error, which must have this status.
    pub fn error(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body["error"].clone()
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub listener: Listener,
    pub http: reqwest::Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with_state(None).await
    }

    pub async fn with_state(state: Option<PathBuf>) -> Self {
        let listener = Listener::default();
        let webhook_url = Some(listener.clone().start().await);
        let addr = "127.0.0.1:0".parse().unwrap();
        let sandbox = Sandbox::start(SandboxConfig {
            addr,
            state,
            webhook_url,
            fast: true,
            clock: Clock::wall(),
            record: sandbox::record_folder(),
        })
        .await
        .unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { sandbox, listener, http }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.sandbox.api_base(), path.trim_start_matches('/'))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).expect(&text) }
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.http.post(self.url(path)).bearer_auth(KEY).form(form)).await
    }

    pub async fn post_with_key(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url(path)).bearer_auth(KEY).header("idempotency-key", key);
        self.send(request.form(form)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.url(path)).bearer_auth(KEY)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.http.delete(self.url(path)).bearer_auth(KEY)).await
    }

    /// A customer.
    pub async fn customer(&self) -> String {
        let form = [("name", "Acme"), ("email", "owner@acme.test"), ("metadata[usher_org]", "org_1")];
        id(&self.post("v1/customers", &form).await.ok())
    }

    /// A recurring price with its own product.
    pub async fn price(&self, name: &str, minor: &str, interval: &str) -> String {
        let form = [
            ("currency", "usd"),
            ("unit_amount", minor),
            ("recurring[interval]", interval),
            ("product_data[name]", name),
        ];
        id(&self.post("v1/prices", &form).await.ok())
    }

    /// An open page for so many of a price.
    pub async fn session(&self, customer: &str, price: &str, quantity: &str, more: &[(&str, &str)]) -> Value {
        let form = [
            ("mode", "subscription"),
            ("customer", customer),
            ("client_reference_id", "org_1"),
            ("line_items[0][price]", price),
            ("line_items[0][quantity]", quantity),
            ("success_url", "https://app.test/done?checkout={CHECKOUT_SESSION_ID}"),
            ("cancel_url", "https://app.test/cancelled"),
            ("subscription_data[metadata][usher_org]", "org_1"),
        ];
        self.post("v1/checkout/sessions", &[form.as_slice(), more].concat()).await.ok()
    }

    /// Presses a button of a page: status, where to, text.
    pub async fn press(&self, url: &str, form: &[(&str, &str)]) -> (u16, Option<String>, String) {
        let response = self.http.post(url).form(form).send().await.unwrap();
        let to = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), to, response.text().await.unwrap())
    }

    /// A paid subscription to so many seats at 20.00 a month: subscription, item.
    pub async fn subscription(&self, quantity: &str) -> (String, String) {
        let (customer, price) = (self.customer().await, self.price("Team", "2000", "month").await);
        let session = self.session(&customer, &price, quantity, &[]).await;
        let (status, ..) = self.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
        assert_eq!(status, 303);
        let session = self.get(&format!("v1/checkout/sessions/{}", id(&session))).await.ok();
        let subscription = session["subscription"].as_str().unwrap().to_owned();
        let item = self.get(&format!("v1/subscriptions/{subscription}")).await.ok();
        (subscription, id(&item["items"]["data"][0]))
    }
}

pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// Checks a signature by the definition of HMAC, with nothing of the sandbox's. Answers with its age in seconds.
pub fn check_signature(received: &Received, secret: &str) -> i64 {
    let field = |name: &str| received.signature.split(',').find_map(|part| part.strip_prefix(name)).unwrap();
    let (at, given) = (field("t="), field("v1="));
    let mut block = [0_u8; 64];
    block[..secret.len()].copy_from_slice(secret.as_bytes());
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(at).chain_update(".").chain_update(&received.body);
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner.finalize()).finalize();
    let wanted = outer.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(given, wanted);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    i64::try_from(now).unwrap() - at.parse::<i64>().unwrap()
}
