//! Payment intents: one for each invoice that wants money.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::card::Decline;
use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, list};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    Succeeded,
    Canceled,
}

/// The wish to be paid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentIntent {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub currency: String,
    pub customer: Option<String>,
    pub payment_method: Option<String>,
    pub latest_charge: Option<String>,
    pub client_secret: String,
    pub description: String,
    pub status: Status,
    pub last_error: Option<Value>,
    /// Where the buyer proves who they are, while that is asked for.
    pub action_url: Option<String>,
    pub canceled_at: Option<i64>,
}
row!(PaymentIntent);

impl PaymentIntent {
    pub fn new(engine: &mut Engine, amount: i64, currency: &str, customer: Option<String>) -> Self {
        let id = engine.state.ids.next("pi_", 24);
        Self {
            client_secret: engine.state.ids.next(&format!("{id}_secret_"), 25),
            id,
            created: engine.now,
            amount,
            currency: currency.into(),
            customer,
            payment_method: None,
            latest_charge: None,
            description: "Subscription creation".into(),
            status: Status::RequiresPaymentMethod,
            last_error: None,
            action_url: None,
            canceled_at: None,
        }
    }

    pub fn refuse(&mut self, decline: Decline) {
        self.status = Status::RequiresPaymentMethod;
        self.action_url = None;
        let error = ApiError::from(decline);
        self.last_error = error.body("").get_mut("error").map(|error| {
            if let Value::Object(fields) = error {
                fields.remove("request_log_url");
            }
            error.take()
        });
    }

    pub fn render(&self) -> Value {
        let paid = self.status == Status::Succeeded;
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": if paid { self.amount } else { 0 },
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": self.canceled_at,
            "cancellation_reason": null,
            "capture_method": "automatic",
            "client_secret": self.client_secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "description": self.description,
            "excluded_payment_method_types": null,
            "last_payment_error": self.last_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": {},
            "next_action": self.action_url.as_ref().map(|url| json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "url": url, "return_url": null },
            })),
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": null,
            "review": null,
            "setup_future_usage": "off_session",
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": self.status,
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine
        .state
        .payment_intents
        .get(id)
        .map(PaymentIntent::render)
        .ok_or_else(|| ApiError::no_such("payment_intent", id))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let customer = params.text("customer")?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.payment_intents,
        "/v1/payment_intents",
        |intent| customer.is_none() || intent.customer == customer,
        PaymentIntent::render,
    )
}
