//! Charges: attempts to take money.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::card::Decline;
use super::error::ApiError;
use super::params::Params;
use super::payment_intent::PaymentIntent;
use super::payment_method::PaymentMethod;
use super::table::row;
use super::{Answer, Engine, list, refund};

/// One attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charge {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub currency: String,
    pub customer: Option<String>,
    pub payment_intent: String,
    pub description: String,
    /// The card as it was then; a declined one is kept nowhere else.
    pub method: PaymentMethod,
    pub failure: Option<(String, String)>,
    #[serde(default)]
    pub disputed: bool,
}
row!(Charge);

impl Charge {
    pub fn new(engine: &mut Engine, intent: &PaymentIntent, method: &PaymentMethod, decline: Option<Decline>) -> Self {
        Self {
            id: engine.state.ids.next("ch_", 24),
            created: engine.now,
            amount: intent.amount,
            currency: intent.currency.clone(),
            customer: intent.customer.clone(),
            payment_intent: intent.id.clone(),
            description: intent.description.clone(),
            method: method.clone(),
            failure: decline.map(|d| (d.reason.unwrap_or(d.code).to_owned(), d.message.to_owned())),
            disputed: false,
        }
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let refunded = refund::refunded(engine, &self.id);
        let paid = self.failure.is_none();
        let (code, message) = self.failure.clone().unzip();
        let method = self.method.render();
        let card = &method["card"];
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": if paid { self.amount } else { 0 },
            "amount_refunded": refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": null,
            "billing_details": self.method.billing_details(),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": paid,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "disputed": self.disputed,
            "failure_balance_transaction": null,
            "failure_code": if paid { None } else { Some("card_declined") },
            "failure_message": message,
            "fraud_details": {},
            "livemode": false,
            "metadata": {},
            "on_behalf_of": null,
            "outcome": {
                "advice_code": null,
                "network_advice_code": null,
                "network_decline_code": null,
                "network_status": if paid { "approved_by_network" } else { "declined_by_network" },
                "reason": code,
                "risk_level": "normal",
                "seller_message": if paid { "Payment complete." } else { "The bank did not return any further details with this decline." },
                "type": if paid { "authorized" } else { "issuer_declined" },
            },
            "paid": paid,
            "payment_intent": self.payment_intent,
            "payment_method": self.method.id,
            "payment_method_details": {
                "card": {
                    "amount_authorized": self.amount,
                    "brand": self.method.brand,
                    "checks": card["checks"],
                    "country": "US",
                    "exp_month": self.method.exp_month,
                    "exp_year": self.method.exp_year,
                    "fingerprint": card["fingerprint"],
                    "funding": "credit",
                    "installments": null,
                    "last4": self.method.last4,
                    "mandate": null,
                    "network": self.method.brand,
                    "three_d_secure": null,
                    "wallet": null,
                },
                "type": "card",
            },
            "radar_options": {},
            "receipt_email": null,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": paid && refunded == self.amount,
            "review": null,
            "shipping": null,
            "source": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": if paid { "succeeded" } else { "failed" },
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.charges.get(id).map(|charge| charge.render(engine)).ok_or_else(|| ApiError::no_such("charge", id))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, intent) = (params.text("customer")?, params.text("payment_intent")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.charges,
        "/v1/charges",
        |charge| {
            (customer.is_none() || charge.customer == customer)
                && intent.as_ref().is_none_or(|intent| charge.payment_intent == *intent)
        },
        |charge| charge.render(engine),
    )
}
