//! Payment methods: cards, kept without their number.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::card::Card;
use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, list};

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
            "metadata": {},
            "type": "card",
        })
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine
        .state
        .payment_methods
        .get(id)
        .map(PaymentMethod::render)
        .ok_or_else(|| ApiError::no_such("PaymentMethod", id))
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
