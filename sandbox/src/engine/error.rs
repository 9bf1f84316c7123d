//! Refusals in Stripe's words and shapes.

use serde_json::{Map, Value, json};

/// A refusal: HTTP status and the `error` object.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// `invalid_request_error`, `card_error`, `idempotency_error`, `api_error`, `rate_limit_error`.
    pub kind: &'static str,
    /// `resource_missing` and the like.
    pub code: Option<&'static str>,
    /// For a developer.
    pub message: String,
    /// Which parameter.
    pub param: Option<String>,
    /// Why a bank said no.
    pub decline_code: Option<&'static str>,
    /// Which limit was met: the header `Stripe-Rate-Limited-Reason`.
    pub limited: Option<&'static str>,
}

impl ApiError {
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, code: None, message: message.into(), param: None, decline_code: None, limited: None }
    }

    /// A 400 without a code.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// Names the limit that was met.
    pub fn because(mut self, limit: &'static str) -> Self {
        self.limited = Some(limit);
        self
    }

    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// An object named by the address is not there.
    pub fn no_such(noun: &str, id: &str) -> Self {
        Self { status: 404, ..Self::missing(noun, id, "id") }
    }

    /// An object named by a parameter is not there.
    pub fn missing(noun: &str, id: &str, param: impl Into<String>) -> Self {
        Self::bad(format!("No such {noun}: '{id}'")).code("resource_missing").param(param)
    }

    /// A parameter that must be there.
    pub fn required(param: impl Into<String>) -> Self {
        let param = param.into();
        Self::bad(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// The error as an object keeps it, without the request that met it.
    pub fn without_request(&self) -> Value {
        let mut body = self.body("");
        let mut error = body["error"].take();
        if let Value::Object(fields) = &mut error {
            fields.remove("request_log_url");
        }
        error
    }

    /// The body of the answer.
    pub fn body(&self, request: &str) -> Value {
        let mut error = Map::new();
        error.insert("type".into(), json!(self.kind));
        error.insert("message".into(), json!(self.message));
        if let Some(code) = self.code {
            error.insert("code".into(), json!(code));
            let page = code.replace('_', "-");
            error.insert("doc_url".into(), json!(format!("https://stripe.com/docs/error-codes/{page}")));
        }
        if let Some(param) = &self.param {
            error.insert("param".into(), json!(param));
        }
        if let Some(decline) = self.decline_code {
            error.insert("decline_code".into(), json!(decline));
        }
        error.insert("request_log_url".into(), json!(format!("https://dashboard.stripe.com/test/logs/{request}")));
        json!({ "error": error })
    }
}
