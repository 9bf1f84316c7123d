//! Customers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, card, list, payment_method, subscription};

/// Who pays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub created: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub description: Option<String>,
    pub phone: Option<String>,
    pub address: Option<Value>,
    pub tax_exempt: String,
    pub metadata: Metadata,
    pub balance: i64,
    pub currency: Option<String>,
    pub default_payment_method: Option<String>,
    pub invoice_prefix: String,
    pub next_invoice_sequence: u64,
    pub deleted: bool,
    /// Whether the last attempt to charge an invoice failed.
    #[serde(default)]
    pub delinquent: bool,
    /// The clock it lives on.
    #[serde(default)]
    pub test_clock: Option<String>,
    /// What stands on invoices besides: names and values.
    #[serde(default)]
    pub custom_fields: Vec<(String, String)>,
}
row!(Customer);

impl Customer {
    pub fn render(&self) -> Value {
        let Self { id, .. } = self;
        if self.deleted {
            return json!({ "id": id, "object": "customer", "deleted": true });
        }
        json!({
            "id": id,
            "object": "customer",
            "address": self.address,
            "balance": self.balance,
            "created": self.created,
            "currency": self.currency,
            "customer_account": null,
            "default_source": null,
            "delinquent": self.delinquent,
            "description": self.description,
            "discount": null,
            "email": self.email,
            "invoice_prefix": self.invoice_prefix,
            "invoice_settings": {
                "custom_fields": self.custom_fields(),
                "default_payment_method": self.default_payment_method,
                "footer": null,
                "rendering_options": null,
            },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "next_invoice_sequence": self.next_invoice_sequence,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": self.tax_exempt,
            "test_clock": self.test_clock,
        })
    }

    fn custom_fields(&self) -> Option<Vec<Value>> {
        let fields = self.custom_fields.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        (!self.custom_fields.is_empty()).then(|| fields.collect())
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let clock = params.text("test_clock")?;
    let mut customer = blank(engine);
    if let Some(clock) = &clock {
        let known = engine.state.test_clocks.get(clock);
        customer.created = known.ok_or_else(|| ApiError::missing("test_clock", clock, "test_clock"))?.frozen_time;
    }
    customer.test_clock = clock;
    let (method, default) = (params.text("payment_method")?, take_settings(&mut params, &mut customer)?);
    read(&mut customer, &mut params)?;
    params.finish()?;
    let id = customer.id.clone();
    let method = method.map(|method| payment_method::named_for(engine, &method, &id, "payment_method")).transpose()?;
    if let Some(Some((given, param))) = default {
        // The same name for a test card twice is one card.
        customer.default_payment_method = Some(match &method {
            Some(method) if card::named(&given).is_some() || *method == given => method.clone(),
            _ => payment_method::named_for(engine, &given, &id, &param)?,
        });
    }
    Ok(add(engine, customer))
}

/// `invoice_settings`: its fields are written into the customer; its payment method is given with the parameter's name,
/// and `Some(None)` takes it away.
#[expect(clippy::option_option, reason = "not given, given empty, given: three answers")]
fn take_settings(params: &mut Params, customer: &mut Customer) -> Result<Option<Option<(String, String)>>, ApiError> {
    let Some(mut given) = params.hash("invoice_settings")? else { return Ok(None) };
    let method = given.patch("default_payment_method")?;
    let param = given.name("default_payment_method");
    if given.is_blank("custom_fields") {
        customer.custom_fields = Vec::new();
    }
    if let Some(fields) = given.hashes("custom_fields")? {
        if fields.len() > 4 {
            return Err(given.invalid("custom_fields", "You can have up to 4 custom fields."));
        }
        let mut read = Vec::new();
        for mut field in fields {
            let (name, value) = (field.required("name")?, field.required("value")?);
            for (param, text, most) in [("name", &name, 40), ("value", &value, 140)] {
                if text.chars().count() > most {
                    return Err(field.invalid(param, format!("Invalid string; must be at most {most} characters")));
                }
            }
            field.finish()?;
            read.push((name, value));
        }
        customer.custom_fields = read;
    }
    given.finish()?;
    Ok(method.map(|method| method.map(|method| (method, param))))
}

/// A customer of whom nothing is known yet; not kept until [`add`].
pub fn blank(engine: &mut Engine) -> Customer {
    Customer {
        id: engine.state.ids.next("cus_", 14),
        created: engine.now,
        name: None,
        email: None,
        description: None,
        phone: None,
        address: None,
        tax_exempt: "none".into(),
        metadata: Metadata::new(),
        balance: 0,
        currency: None,
        default_payment_method: None,
        invoice_prefix: engine.state.ids.next("", 8).to_uppercase(),
        next_invoice_sequence: 1,
        deleted: false,
        delinquent: false,
        test_clock: None,
        custom_fields: Vec::new(),
    }
}

/// Keeps a new customer and says so.
pub fn add(engine: &mut Engine, customer: Customer) -> Value {
    let value = customer.render();
    engine.state.customers.insert(customer);
    engine.emit("customer.created", value.clone(), None);
    value
}

/// Changes one and says so, when something came of it.
pub fn change(engine: &mut Engine, id: &str, change: impl FnOnce(&mut Customer)) {
    let Some(customer) = engine.state.customers.get_mut(id) else { return };
    let before = customer.render();
    change(customer);
    let after = customer.render();
    engine.emit_update("customer.updated", &before, after);
}

fn read(customer: &mut Customer, params: &mut Params) -> Result<(), ApiError> {
    for (name, field) in [
        ("name", &mut customer.name),
        ("description", &mut customer.description),
        ("phone", &mut customer.phone),
        ("email", &mut customer.email),
    ] {
        if let Some(given) = params.patch(name)? {
            *field = given;
        }
    }
    if let Some(email) = &customer.email {
        check_email(email, "email")?;
    }
    if params.is_blank("address") {
        customer.address = None;
    }
    if let Some(mut given) = params.hash("address")? {
        let mut address = serde_json::Map::new();
        for part in ["city", "country", "line1", "line2", "postal_code", "state"] {
            address.insert(part.into(), json!(given.text(part)?));
        }
        given.finish()?;
        customer.address = Some(Value::Object(address));
    }
    if let Some(word) = params.word("tax_exempt", &["none", "exempt", "reverse"])? {
        customer.tax_exempt = word.into();
    }
    if let Some(balance) = params.integer("balance")? {
        customer.balance = balance;
    }
    customer.metadata = params.metadata("metadata", &customer.metadata)?;
    Ok(())
}

/// Refuses what cannot be an address.
pub fn check_email(email: &str, param: &str) -> Result<(), ApiError> {
    let good = email
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !email.contains(char::is_whitespace));
    if good && email.len() <= 512 {
        Ok(())
    } else {
        Err(ApiError::bad(format!("Invalid email address: {email}")).code("email_invalid").param(param))
    }
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.customers.get(id).map(Customer::render).ok_or_else(|| ApiError::no_such("customer", id))
}

/// A customer named by a parameter, not deleted.
pub fn named<'a>(engine: &'a Engine, id: &str, param: &str) -> Result<&'a Customer, ApiError> {
    engine
        .state
        .customers
        .get(id)
        .filter(|customer| !customer.deleted)
        .ok_or_else(|| ApiError::missing("customer", id, param))
}

pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = engine.state.customers.get(id).filter(|c| !c.deleted).ok_or_else(|| ApiError::no_such("customer", id))?;
    let (before, mut customer) = (old.render(), old.clone());
    let default = take_settings(&mut params, &mut customer)?;
    read(&mut customer, &mut params)?;
    params.finish()?;
    match default {
        Some(Some((method, param))) => {
            customer.default_payment_method = Some(payment_method::named_for(engine, &method, id, &param)?);
        }
        Some(None) => customer.default_payment_method = None,
        None => {}
    }
    let value = customer.render();
    engine.state.customers.insert(customer);
    engine.emit_update("customer.updated", &before, value.clone());
    Ok(value)
}

/// Deletes: live subscriptions end at once.
pub fn delete(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let customer =
        engine.state.customers.get(id).filter(|c| !c.deleted).ok_or_else(|| ApiError::no_such("customer", id))?;
    let last = customer.render();
    let live: Vec<String> =
        engine.state.subscriptions.iter().filter(|s| s.customer == id && !s.is_ended()).map(|s| s.id.clone()).collect();
    for subscription in live {
        subscription::end(engine, &subscription, "cancellation_requested");
    }
    if let Some(customer) = engine.state.customers.get_mut(id) {
        customer.deleted = true;
        customer.default_payment_method = None;
    }
    payment_method::forget(engine, id);
    engine.emit("customer.deleted", last, None);
    Ok(json!({ "id": id, "object": "customer", "deleted": true }))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let email = params.text("email")?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.customers,
        "/v1/customers",
        |c| !c.deleted && email.as_ref().is_none_or(|email| c.email.as_ref() == Some(email)),
        Customer::render,
    )
}
