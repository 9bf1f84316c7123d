//! Payment methods: cards, kept without their number.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::card::{self, Card, Outcome};
use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, customer, list};

/// A card that was used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentMethod {
    pub id: String,
    pub created: i64,
    pub customer: Option<String>,
    pub email: Option<String>,
    pub brand: String,
    pub last4: String,
    pub exp_month: u8,
    pub exp_year: u16,
    /// The test number: what it does when it is charged again. Never shown; only test cards come here.
    pub number: String,
    #[serde(default)]
    pub metadata: Metadata,
}
row!(PaymentMethod);

impl PaymentMethod {
    pub fn new(engine: &mut Engine, card: &Card, email: Option<String>) -> Self {
        Self {
            id: engine.state.ids.next("pm_", 24),
            created: engine.now,
            customer: None,
            email,
            brand: card.brand().into(),
            last4: card.last4().into(),
            exp_month: card.exp_month,
            exp_year: card.exp_year,
            number: card.number.clone(),
            metadata: Metadata::new(),
        }
    }

    pub fn billing_details(&self) -> Value {
        json!({
            "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
            "email": self.email,
            "name": null,
            "phone": null,
            "tax_id": null,
        })
    }

    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": self.billing_details(),
            "card": {
                "brand": self.brand,
                "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
                "country": "US",
                "display_brand": self.brand,
                "exp_month": self.exp_month,
                "exp_year": self.exp_year,
                "fingerprint": format!("sandbox{}", self.last4),
                "funding": "credit",
                "generated_from": null,
                "last4": self.last4,
                "networks": { "available": [self.brand], "preferred": null },
                "regulated_status": "unregulated",
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            },
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "livemode": false,
            "metadata": self.metadata,
            "type": "card",
        })
    }
}

/// A card that a parameter names: one that is there, or a new one by Stripe's name for a test card.
pub fn named(engine: &mut Engine, id: &str, param: &str) -> Result<String, ApiError> {
    if let Some(number) = card::named(id) {
        let method = PaymentMethod::new(engine, &Card::test(number), None);
        let id = method.id.clone();
        engine.state.payment_methods.insert(method);
        return Ok(id);
    }
    match engine.state.payment_methods.get(id) {
        Some(method) => Ok(method.id.clone()),
        None => Err(ApiError::missing("PaymentMethod", id, param)),
    }
}

/// A card that a parameter names, which a customer has already, or gets now if its bank lets it be kept.
pub fn named_for(engine: &mut Engine, id: &str, customer: &str, param: &str) -> Result<String, ApiError> {
    let method = named(engine, id, param)?;
    let known = engine.state.payment_methods.get(&method);
    let (owner, number) = known.map(|m| (m.customer.clone(), m.number.clone())).unwrap_or_default();
    match owner {
        Some(owner) if owner == customer => Ok(method),
        Some(_) => Err(ApiError::missing("PaymentMethod", id, param)),
        None if card::named(id).is_none() => Err(ApiError::bad(format!(
            "The customer does not have a payment method with the ID {id}. The payment method must be attached to the \
             customer."
        ))
        .code("resource_missing")
        .param(param)),
        None => {
            if let Outcome::Declined(decline) = card::outcome_of_keeping(&number) {
                engine.state.payment_methods.remove(&method);
                return Err(decline.into());
            }
            keep(engine, &method, customer);
            Ok(method)
        }
    }
}

/// Gives a card to a customer and says so; nothing when it is theirs.
pub fn keep(engine: &mut Engine, id: &str, customer: &str) {
    let Some(method) = engine.state.payment_methods.get_mut(id).filter(|m| m.customer.is_none()) else { return };
    method.customer = Some(customer.to_owned());
    let value = method.render();
    engine.emit("payment_method.attached", value, None);
}

/// Takes the cards of a deleted customer away.
pub fn forget(engine: &mut Engine, customer: &str) {
    let theirs = engine.state.payment_methods.iter().filter(|m| m.customer.as_deref() == Some(customer));
    for id in theirs.map(|method| method.id.clone()).collect::<Vec<_>>() {
        if let Some(method) = engine.state.payment_methods.get_mut(&id) {
            method.customer = None;
        }
    }
}

/// `POST /v1/payment_methods`: a test card by its number or token.
pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    params.word("type", &["card"])?.ok_or_else(|| ApiError::required("type"))?;
    let mut given = params.hash("card")?.ok_or_else(|| ApiError::required("card"))?;
    let card = match given.text("token")? {
        Some(token) => {
            let name = token.replacen("tok_", "pm_card_", 1);
            let number = card::named(&name).ok_or_else(|| ApiError::missing("token", &token, "card[token]"))?;
            Card::test(number)
        }
        None => read_card(&mut given, engine.now)?,
    };
    given.finish()?;
    let mut email = None;
    if let Some(mut details) = params.hash("billing_details")? {
        email = details.text("email")?;
        for name in ["name", "phone"] {
            details.text(name)?;
        }
        details.finish()?;
    }
    let metadata = params.metadata("metadata", &Metadata::new())?;
    params.finish()?;
    let mut method = PaymentMethod::new(engine, &card, email);
    method.metadata = metadata;
    let value = method.render();
    engine.state.payment_methods.insert(method);
    Ok(value)
}

fn read_card(given: &mut Params, now: i64) -> Result<Card, ApiError> {
    let number = given.required("number")?;
    let [month, year] = ["exp_month", "exp_year"].map(|name| given.natural(name));
    let cvc = given.text("cvc")?.unwrap_or_else(|| "123".into());
    let expiry = format!("{:02}/{}", month?.unwrap_or_default(), year?.unwrap_or_default());
    let today = time::OffsetDateTime::from_unix_timestamp(now);
    let today = today.map_or((1970, 1), |now| (now.year(), u8::from(now.month())));
    Card::read(&number, &expiry, &cvc, today).map_err(|mistakes| {
        let (field, text) = mistakes.first().copied().unwrap_or(("number", "Your card number is invalid."));
        let (code, param) = match field {
            "number" => ("incorrect_number", "number"),
            "expiry" => ("invalid_expiry_year", "exp_year"),
            _ => ("invalid_cvc", "cvc"),
        };
        ApiError::new(402, "card_error", text).code(code).param(given.name(param))
    })
}

/// `POST /v1/payment_methods/{id}`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut method = find(engine, id)?.clone();
    let before = method.render();
    if let Some(mut details) = params.hash("billing_details")? {
        if let Some(email) = details.patch("email")? {
            method.email = email;
        }
        details.finish()?;
    }
    if let Some(mut card) = params.hash("card")? {
        if let Some(month) = card.natural("exp_month")?.and_then(|month| u8::try_from(month).ok()) {
            method.exp_month = month;
        }
        if let Some(year) = card.natural("exp_year")?.and_then(|year| u16::try_from(year).ok()) {
            method.exp_year = year;
        }
        card.finish()?;
    }
    method.metadata = params.metadata("metadata", &method.metadata)?;
    params.finish()?;
    let value = method.render();
    engine.state.payment_methods.insert(method);
    engine.emit_update("payment_method.updated", &before, value.clone());
    Ok(value)
}

/// `POST /v1/payment_methods/{id}/attach`.
pub fn attach(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let customer = params.required("customer")?;
    params.finish()?;
    customer::named(engine, &customer, "customer")?;
    let method = named(engine, id, "id").map_err(|_| ApiError::no_such("PaymentMethod", id))?;
    let known = find(engine, &method)?;
    if known.customer.as_ref().is_some_and(|owner| *owner != customer) {
        return Err(ApiError::bad("The payment method you provided has already been attached to a customer."));
    }
    if let Outcome::Declined(decline) = card::outcome_of_keeping(&known.number) {
        if card::named(id).is_some() {
            engine.state.payment_methods.remove(&method);
        }
        return Err(decline.into());
    }
    keep(engine, &method, &customer);
    get(engine, &method)
}

/// `POST /v1/payment_methods/{id}/detach`: it can never be used again.
pub fn detach(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let Some(owner) = find(engine, id)?.customer.clone() else {
        return Err(ApiError::bad(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
        ));
    };
    if let Some(method) = engine.state.payment_methods.get_mut(id) {
        method.customer = None;
    }
    let subscriptions: Vec<String> = engine.state.subscriptions.iter().map(|s| s.id.clone()).collect();
    for subscription in subscriptions {
        if let Some(subscription) = engine.state.subscriptions.get_mut(&subscription)
            && subscription.default_payment_method.as_deref() == Some(id)
        {
            subscription.default_payment_method = None;
        }
    }
    if let Some(customer) = engine.state.customers.get_mut(&owner)
        && customer.default_payment_method.as_deref() == Some(id)
    {
        let before = customer.render();
        customer.default_payment_method = None;
        let after = customer.render();
        engine.emit_update("customer.updated", &before, after);
    }
    let value = get(engine, id)?;
    engine.emit("payment_method.detached", value.clone(), Some(json!({ "customer": owner })));
    Ok(value)
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a PaymentMethod, ApiError> {
    engine.state.payment_methods.get(id).ok_or_else(|| ApiError::no_such("PaymentMethod", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(PaymentMethod::render)
}

/// Those of a customer, which `/v1/payment_methods` takes as a parameter.
pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let customer = params.required("customer")?;
    super::customer::named(engine, &customer, "customer")?;
    params.word("type", &["card"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.payment_methods,
        "/v1/payment_methods",
        |method| method.customer.as_ref() == Some(&customer),
        PaymentMethod::render,
    )
}

pub fn get_of_customer(engine: &Engine, customer: &str, id: &str) -> Answer {
    let known = find(engine, id)?;
    if known.customer.as_deref() != Some(customer) {
        return Err(ApiError::no_such("PaymentMethod", id));
    }
    Ok(known.render())
}

pub fn list_of_customer(engine: &Engine, customer: &str, mut params: Params) -> Answer {
    if engine.state.customers.get(customer).is_none() {
        return Err(ApiError::no_such("customer", customer));
    }
    params.word("type", &["card"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.payment_methods,
        &format!("/v1/customers/{customer}/payment_methods"),
        |method| method.customer.as_deref() == Some(customer),
        PaymentMethod::render,
    )
}
