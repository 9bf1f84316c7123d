//! Setup intents: a card kept for later, without being charged now.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::card::{self, Card, Decline, NOT_AUTHENTICATED, Outcome};
use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, customer, list, payment_method, portal};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

/// The wish to keep a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetupIntent {
    pub id: String,
    pub created: i64,
    pub customer: Option<String>,
    pub payment_method: Option<String>,
    pub status: Status,
    pub usage: String,
    pub description: Option<String>,
    pub client_secret: String,
    pub last_error: Option<Value>,
    /// Where the owner goes after the 3-D Secure page.
    pub return_url: Option<String>,
    /// The portal session that asked, whose customer pays with this card from then on.
    pub portal: Option<String>,
    pub metadata: Metadata,
}
row!(SetupIntent);

impl SetupIntent {
    fn new(engine: &mut Engine, customer: Option<String>) -> Self {
        let id = engine.state.ids.next("seti_", 24);
        Self {
            client_secret: engine.state.ids.next(&format!("{id}_secret_"), 25),
            id,
            created: engine.now,
            customer,
            payment_method: None,
            status: Status::RequiresPaymentMethod,
            usage: "off_session".into(),
            description: None,
            last_error: None,
            return_url: None,
            portal: None,
            metadata: Metadata::new(),
        }
    }

    pub fn render(&self, base: &str) -> Value {
        let asks = self.status == Status::RequiresAction;
        json!({
            "id": self.id,
            "object": "setup_intent",
            "application": null,
            "automatic_payment_methods": null,
            "cancellation_reason": null,
            "client_secret": self.client_secret,
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "description": self.description,
            "excluded_payment_method_types": null,
            "flow_directions": null,
            "last_setup_error": self.last_error,
            "latest_attempt": null,
            "livemode": false,
            "mandate": null,
            "metadata": self.metadata,
            "next_action": asks.then(|| json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "url": format!("{base}_3ds/{}", self.id), "return_url": self.return_url },
            })),
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "single_use_mandate": null,
            "status": self.status,
            "usage": self.usage,
        })
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let customer = params.text("customer")?;
    if let Some(id) = &customer {
        customer::named(engine, id, "customer")?;
    }
    let mut intent = SetupIntent::new(engine, customer);
    read(&mut intent, &mut params)?;
    let method = params.text("payment_method")?;
    let confirm = params.boolean("confirm")?.unwrap_or(false);
    params.finish()?;
    if let Some(method) = method {
        intent.payment_method = Some(payment_method::named(engine, &method, "payment_method")?);
        intent.status = Status::RequiresConfirmation;
    } else if confirm {
        return Err(ApiError::required("payment_method"));
    }
    let id = intent.id.clone();
    let value = intent.render(engine.base);
    engine.state.setup_intents.insert(intent);
    engine.emit("setup_intent.created", value, None);
    if confirm {
        tried(engine, &id)?;
    }
    get(engine, &id)
}

fn read(intent: &mut SetupIntent, params: &mut Params) -> Result<(), ApiError> {
    if let Some(usage) = params.word("usage", &["off_session", "on_session"])? {
        intent.usage = usage.into();
    }
    if let Some(url) = params.text("return_url")? {
        intent.return_url = Some(url);
    }
    if let Some(description) = params.patch("description")? {
        intent.description = description;
    }
    if let Some(mut methods) = params.hash("automatic_payment_methods")? {
        methods.boolean("enabled")?;
        methods.word("allow_redirects", &["always", "never"])?;
        methods.finish()?;
    }
    intent.metadata = params.metadata("metadata", &intent.metadata)?;
    Ok(())
}

/// `POST /v1/setup_intents/{id}/confirm`.
pub fn confirm(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut intent = find(engine, id)?.clone();
    read(&mut intent, &mut params)?;
    if let Some(method) = params.text("payment_method")? {
        intent.payment_method = Some(payment_method::named(engine, &method, "payment_method")?);
    }
    params.finish()?;
    if matches!(intent.status, Status::Succeeded | Status::Canceled) {
        let text = "You cannot confirm this SetupIntent because it has already succeeded or been canceled.";
        return Err(ApiError::bad(text).code("setup_intent_unexpected_state"));
    }
    if intent.payment_method.is_none() {
        return Err(ApiError::required("payment_method"));
    }
    engine.state.setup_intents.insert(intent);
    tried(engine, id)?;
    get(engine, id)
}

/// Tries the card; a refusal is kept on the intent and answered with 402.
fn tried(engine: &mut Engine, id: &str) -> Result<(), ApiError> {
    match attempt(engine, id) {
        Some(decline) => Err(decline.into()),
        None => Ok(()),
    }
}

/// Somebody types a card into the portal: an attempt that may ask for the owner. Answers with the intent and the
/// bank's no.
pub fn begin(engine: &mut Engine, portal: &str, customer: &str, card: &Card) -> (String, Option<Decline>) {
    let mut intent = SetupIntent::new(engine, Some(customer.to_owned()));
    let email = engine.state.customers.get(customer).and_then(|customer| customer.email.clone());
    let method = payment_method::PaymentMethod::new(engine, card, email);
    intent.payment_method = Some(method.id.clone());
    intent.portal = Some(portal.to_owned());
    engine.state.payment_methods.insert(method);
    let (id, value) = (intent.id.clone(), intent.render(engine.base));
    engine.state.setup_intents.insert(intent);
    engine.emit("setup_intent.created", value, None);
    let decline = attempt(engine, &id);
    (id, decline)
}

fn attempt(engine: &mut Engine, id: &str) -> Option<Decline> {
    let intent = engine.state.setup_intents.get(id)?;
    let number = engine.state.payment_methods.get(intent.payment_method.as_deref()?)?.number.clone();
    match card::outcome_of_keeping(&number) {
        Outcome::Paid => {
            succeed(engine, id);
            None
        }
        Outcome::Authenticate => {
            move_to(engine, id, Status::RequiresAction, None, "setup_intent.requires_action");
            None
        }
        Outcome::Declined(decline) => {
            fail(engine, id, decline);
            Some(decline)
        }
    }
}

/// The owner's answer on the 3-D Secure page.
pub fn authenticate(engine: &mut Engine, id: &str, is_owner: bool) {
    if is_owner {
        succeed(engine, id);
    } else {
        let no = Decline { code: "setup_intent_authentication_failure", ..NOT_AUTHENTICATED };
        fail(engine, id, no);
    }
}

fn succeed(engine: &mut Engine, id: &str) {
    let Some(intent) = engine.state.setup_intents.get(id).cloned() else { return };
    if let (Some(method), Some(customer)) = (&intent.payment_method, &intent.customer) {
        payment_method::keep(engine, method, customer);
        if let Some(session) = &intent.portal {
            portal::pay_with(engine, session, method);
        }
    }
    move_to(engine, id, Status::Succeeded, None, "setup_intent.succeeded");
}

fn fail(engine: &mut Engine, id: &str, decline: Decline) {
    let error = ApiError::from(decline).without_request();
    move_to(engine, id, Status::RequiresPaymentMethod, Some(error), "setup_intent.setup_failed");
    // A card that was typed in and refused is kept nowhere.
    if let Some(intent) = engine.state.setup_intents.get_mut(id)
        && let Some(method) = intent.payment_method.take()
        && engine.state.payment_methods.get(&method).is_some_and(|method| method.customer.is_none())
    {
        engine.state.payment_methods.remove(&method);
    }
}

fn move_to(engine: &mut Engine, id: &str, status: Status, error: Option<Value>, event: &str) {
    let base = engine.base;
    let Some(intent) = engine.state.setup_intents.get_mut(id) else { return };
    intent.status = status;
    intent.last_error = error;
    let value = intent.render(base);
    engine.emit(event, value, None);
}

/// `POST /v1/setup_intents/{id}/cancel`.
pub fn cancel(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    params.word("cancellation_reason", &["abandoned", "duplicate", "requested_by_customer"])?;
    params.finish()?;
    if matches!(find(engine, id)?.status, Status::Succeeded | Status::Canceled) {
        let text = "You cannot cancel this SetupIntent because it has already succeeded or been canceled.";
        return Err(ApiError::bad(text).code("setup_intent_unexpected_state"));
    }
    move_to(engine, id, Status::Canceled, None, "setup_intent.canceled");
    get(engine, id)
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a SetupIntent, ApiError> {
    engine.state.setup_intents.get(id).ok_or_else(|| ApiError::no_such("setupintent", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(|intent| intent.render(engine.base))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, method) = (params.text("customer")?, params.text("payment_method")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.setup_intents,
        "/v1/setup_intents",
        |intent| {
            (customer.is_none() || intent.customer == customer) && (method.is_none() || intent.payment_method == method)
        },
        |intent| intent.render(engine.base),
    )
}
