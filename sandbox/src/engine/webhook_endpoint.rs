//! Webhook endpoints: where events go.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{API_VERSION, Answer, Engine, event_kinds, list, version};

/// Asks for events of all kinds.
const ALL: &str = "*";

/// Where events go.
#[derive(Clone, Serialize, Deserialize)]
pub struct Endpoint {
    pub id: String,
    pub created: i64,
    pub url: String,
    pub description: Option<String>,
    pub enabled_events: Vec<String>,
    pub enabled: bool,
    pub secret: String,
    /// The secret from before and until when it still counts, in wall-clock seconds.
    #[serde(default)]
    pub rolled: Option<(String, i64)>,
    /// The version of the API in which it is told; ours when it names none.
    #[serde(default)]
    pub api_version: Option<String>,
    pub metadata: Metadata,
}
row!(Endpoint);

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Whether it is to be told of events of this kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.enabled && self.enabled_events.iter().any(|wanted| wanted == ALL || wanted == kind)
    }

    /// The version in which it is told.
    pub fn version(&self) -> &str {
        self.api_version.as_deref().unwrap_or(API_VERSION)
    }

    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": self.api_version,
            "application": null,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": if self.enabled { "enabled" } else { "disabled" },
            "url": self.url,
        })
    }
}

fn check(params: &Params, url: &str, events: &[String]) -> Result<(), ApiError> {
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Err(params.invalid("url", format!("Invalid URL: {url}")).code("url_invalid"));
    }
    let asked = params.name("enabled_events");
    if events.is_empty() {
        return Err(ApiError::required(asked));
    }
    // Everything, or kinds by their names. The real one names all that it knows here.
    if let Some(place) = events.iter().position(|kind| kind != ALL && !event_kinds::is_known(kind)) {
        let param = format!("{asked}[{place}]");
        let message =
            format!("Invalid {param}: must be one of {ALL}, account.updated, and so on; not {}", events[place]);
        return Err(ApiError::bad(message).param(param));
    }
    Ok(())
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let (url, events) = (params.required("url")?, params.texts("enabled_events")?.unwrap_or_default());
    check(&params, &url, &events)?;
    let api_version = params.text("api_version")?;
    if let Some(version) = &api_version
        && !version::KNOWN.contains(&version.as_str())
    {
        let known = version::KNOWN.join(", ");
        return Err(params.invalid("api_version", format!("The sandbox sends events as {known}, not as {version}.")));
    }
    params.boolean("connect")?;
    let (description, metadata) = (params.text("description")?, params.metadata("metadata", &Metadata::new())?);
    params.finish()?;
    let endpoint = Endpoint {
        id: engine.state.ids.next("we_", 24),
        created: engine.now,
        url,
        description,
        enabled_events: events,
        enabled: true,
        secret: engine.state.ids.next("whsec_", 32),
        rolled: None,
        api_version,
        metadata,
    };
    let mut value = endpoint.render();
    value["secret"] = json!(endpoint.secret);
    engine.state.endpoints.insert(endpoint);
    Ok(value)
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Endpoint, ApiError> {
    engine.state.endpoints.get(id).ok_or_else(|| ApiError::no_such("webhook endpoint", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(Endpoint::render)
}

pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut endpoint = find(engine, id)?.clone();
    if let Some(url) = params.text("url")? {
        endpoint.url = url;
    }
    if let Some(events) = params.texts("enabled_events")? {
        endpoint.enabled_events = events;
    }
    if let Some(disabled) = params.boolean("disabled")? {
        endpoint.enabled = !disabled;
    }
    if let Some(description) = params.patch("description")? {
        endpoint.description = description;
    }
    endpoint.metadata = params.metadata("metadata", &endpoint.metadata)?;
    check(&params, &endpoint.url, &endpoint.enabled_events)?;
    params.finish()?;
    let value = endpoint.render();
    engine.state.endpoints.insert(endpoint);
    Ok(value)
}

/// Deletes; what still waited for it is dropped.
pub fn delete(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    find(engine, id)?;
    engine.state.endpoints.remove(id);
    engine.state.deliveries.retain(|delivery| delivery.endpoint != id);
    Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(&engine.state.endpoints, "/v1/webhook_endpoints", |_| true, Endpoint::render)
}
