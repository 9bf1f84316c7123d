//! Sessions of the customer portal: an address that opens it for one customer.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::portal_configuration::Configuration;
use super::table::row;
use super::{Answer, Engine, customer};

/// How long an address is good that nobody has opened.
const UNOPENED: i64 = 5 * 60;
/// How long it is good after it was last used.
const IDLE: i64 = 3600;

/// One opening of the portal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub configuration: String,
    pub return_url: Option<String>,
    pub locale: Option<String>,
    pub flow: Option<Flow>,
    /// When it was last used, in seconds since 1970.
    pub last_seen: Option<i64>,
}
row!(Session);

/// One thing to be done, without the rest of the portal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flow {
    pub kind: Kind,
    pub after: After,
    /// Done: the portal is whole again.
    pub done: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    PaymentMethodUpdate,
    Cancel { subscription: String },
    Update { subscription: String },
    Confirm { subscription: String, items: Vec<ConfirmItem> },
}

/// A change that is only to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmItem {
    pub id: String,
    pub price: Option<String>,
    pub quantity: Option<u64>,
}

/// What comes after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum After {
    Homepage,
    Redirect(String),
    Confirmation(Option<String>),
}

impl Session {
    pub fn url(&self, base: &str) -> String {
        format!("{base}_portal/{}", self.id)
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: i64) -> bool {
        match self.last_seen {
            Some(seen) => now > seen + IDLE,
            None => now > self.created + UNOPENED,
        }
    }

    /// What is to be done before anything else.
    pub fn open_flow(&self) -> Option<&Flow> {
        self.flow.as_ref().filter(|flow| !flow.done)
    }

    pub fn render(&self, base: &str) -> Value {
        json!({
            "id": self.id,
            "object": "billing_portal.session",
            "configuration": self.configuration,
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "flow": self.flow.as_ref().map(Flow::render),
            "livemode": false,
            "locale": self.locale,
            "on_behalf_of": null,
            "return_url": self.return_url,
            "url": self.url(base),
        })
    }
}

impl Flow {
    fn render(&self) -> Value {
        let [mut cancel, mut update, mut confirm] = [Value::Null, Value::Null, Value::Null];
        let kind = match &self.kind {
            Kind::PaymentMethodUpdate => "payment_method_update",
            Kind::Cancel { subscription } => {
                cancel = json!({ "retention": null, "subscription": subscription });
                "subscription_cancel"
            }
            Kind::Update { subscription } => {
                update = json!({ "subscription": subscription });
                "subscription_update"
            }
            Kind::Confirm { subscription, items } => {
                let items: Vec<Value> =
                    items.iter().map(|i| json!({ "id": i.id, "price": i.price, "quantity": i.quantity })).collect();
                confirm = json!({ "discounts": null, "items": items, "subscription": subscription });
                "subscription_update_confirm"
            }
        };
        let (after, confirmation, redirect) = match &self.after {
            After::Homepage => ("portal_homepage", Value::Null, Value::Null),
            After::Redirect(url) => ("redirect", Value::Null, json!({ "return_url": url })),
            After::Confirmation(text) => ("hosted_confirmation", json!({ "custom_message": text }), Value::Null),
        };
        json!({
            "after_completion": { "hosted_confirmation": confirmation, "redirect": redirect, "type": after },
            "customer_update": null,
            "subscription_cancel": cancel,
            "subscription_update": update,
            "subscription_update_confirm": confirm,
            "type": kind,
        })
    }
}

/// The settings of a session.
pub fn settings<'a>(engine: &'a Engine, session: &Session) -> Option<&'a Configuration> {
    engine.state.portal_configurations.get(&session.configuration)
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let customer = params.required("customer")?;
    customer::named(engine, &customer, "customer")?;
    let configuration = match params.text("configuration")? {
        Some(id) => {
            let known = engine.state.portal_configurations.get(&id);
            let known = known.ok_or_else(|| ApiError::missing("configuration", &id, "configuration"))?;
            if !known.active {
                return Err(params.invalid("configuration", "This portal configuration is inactive."));
            }
            known.clone()
        }
        None => engine
            .state
            .portal_configurations
            .iter()
            .find(|known| known.is_default)
            .cloned()
            .ok_or_else(|| ApiError::required("configuration"))?,
    };
    let return_url = url(&mut params, "return_url")?.or_else(|| configuration.default_return_url.clone());
    let locale = params.text("locale")?;
    let flow = match params.hash("flow_data")? {
        Some(given) => Some(read_flow(engine, &customer, &configuration, given)?),
        None => None,
    };
    params.finish()?;
    let session = Session {
        id: engine.state.ids.next("bps_", 24),
        created: engine.now,
        customer,
        configuration: configuration.id,
        return_url,
        locale,
        flow,
        last_seen: None,
    };
    let value = session.render(engine.base);
    engine.state.portal_sessions.insert(session);
    engine.emit("billing_portal.session.created", value.clone(), None);
    Ok(value)
}

fn url(params: &mut Params, name: &str) -> Result<Option<String>, ApiError> {
    match params.text(name)? {
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
            Err(params.invalid(name, "Not a valid URL").code("url_invalid"))
        }
        url => Ok(url),
    }
}

fn read_flow(
    engine: &Engine,
    customer: &str,
    configuration: &Configuration,
    mut given: Params,
) -> Result<Flow, ApiError> {
    const KINDS: &[&str] =
        &["payment_method_update", "subscription_cancel", "subscription_update", "subscription_update_confirm"];
    let word = given.word("type", KINDS)?.ok_or_else(|| ApiError::required(given.name("type")))?;
    let features = &configuration.features;
    let allowed = match word {
        "payment_method_update" => features.payment_method_update,
        "subscription_cancel" => features.cancel.enabled,
        _ => features.update.enabled,
    };
    if !allowed {
        let text = format!("The flow {word} needs a feature that the portal configuration has switched off.");
        return Err(given.invalid("type", text));
    }
    let kind = if word == "payment_method_update" {
        Kind::PaymentMethodUpdate
    } else {
        let mut about = given.hash(word)?.ok_or_else(|| ApiError::required(given.name(word)))?;
        let subscription = about.required("subscription")?;
        let known = engine.state.subscriptions.get(&subscription).filter(|known| known.customer == customer);
        let missing = || ApiError::missing("subscription", &subscription, about.name("subscription"));
        let known = known.ok_or_else(missing)?;
        if known.is_ended() || (word == "subscription_cancel" && known.cancel_at.is_some()) {
            return Err(about.invalid("subscription", "This subscription is canceled, or set to be."));
        }
        match word {
            "subscription_cancel" => {
                about.finish()?;
                Kind::Cancel { subscription }
            }
            "subscription_update" => {
                about.finish()?;
                Kind::Update { subscription }
            }
            _ => {
                let items = about.hashes("items")?.ok_or_else(|| ApiError::required(about.name("items")))?;
                let mut read = Vec::new();
                for mut item in items {
                    let id = item.required("id")?;
                    if !known.items.iter().any(|known| known.id == id) {
                        return Err(ApiError::missing("subscription item", &id, item.name("id")));
                    }
                    read.push(ConfirmItem { id, price: item.text("price")?, quantity: item.natural("quantity")? });
                    item.finish()?;
                }
                about.finish()?;
                Kind::Confirm { subscription, items: read }
            }
        }
    };
    let after = match given.hash("after_completion")? {
        Some(after) => read_after(after)?,
        None => After::Homepage,
    };
    given.finish()?;
    Ok(Flow { kind, after, done: false })
}

fn read_after(mut given: Params) -> Result<After, ApiError> {
    let word = given.word("type", &["hosted_confirmation", "portal_homepage", "redirect"])?;
    let after = match word.ok_or_else(|| ApiError::required(given.name("type")))? {
        "redirect" => {
            let mut redirect = given.hash("redirect")?.ok_or_else(|| ApiError::required(given.name("redirect")))?;
            let to = url(&mut redirect, "return_url")?;
            let to = to.ok_or_else(|| ApiError::required(redirect.name("return_url")))?;
            redirect.finish()?;
            After::Redirect(to)
        }
        "hosted_confirmation" => {
            let text = match given.hash("hosted_confirmation")? {
                Some(mut confirmation) => {
                    let text = confirmation.text("custom_message")?;
                    confirmation.finish()?;
                    text
                }
                None => None,
            };
            After::Confirmation(text)
        }
        _ => After::Homepage,
    };
    given.finish()?;
    Ok(after)
}
