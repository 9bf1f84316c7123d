//! Checkout sessions: a page on which somebody subscribes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::money;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, balance, customer, list};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Complete,
    Expired,
}

/// One line of the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LineItem {
    pub id: String,
    pub price: String,
    /// 0 for what is metered.
    pub quantity: u64,
}

/// A page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub created: i64,
    pub expires_at: i64,
    pub status: Status,
    pub customer: Option<String>,
    pub customer_email: Option<String>,
    pub client_reference_id: Option<String>,
    pub currency: String,
    pub lines: Vec<LineItem>,
    pub metadata: Metadata,
    pub subscription_metadata: Metadata,
    pub subscription_description: Option<String>,
    pub trial_period_days: Option<u32>,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub locale: Option<String>,
    /// What came of it.
    pub subscription: Option<String>,
    pub invoice: Option<String>,
    /// The payment that is tried on the page.
    pub payment_intent: Option<String>,
    /// A card that waits for its owner on the 3-D Secure page: the name of the attempt and the card.
    pub waiting: Option<Waiting>,
    /// `checkout.session.completed`, for which the page waits before it lets the buyer go.
    pub completed_event: Option<String>,
}
row!(Session);

/// A card that waits for its owner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// `pi_…`, or `seti_…` when nothing is paid today.
    pub attempt: String,
    pub number: String,
    pub exp_month: u8,
    pub exp_year: u16,
}

impl Session {
    /// What the lines cost for a first period.
    pub fn full_price(&self, engine: &Engine) -> i64 {
        self.lines.iter().map(|line| line.amount(engine)).sum()
    }

    /// What it costs today.
    pub fn due_today(&self, engine: &Engine) -> i64 {
        if self.trial_period_days.is_some() { 0 } else { self.full_price(engine) }
    }

    /// What is paid of it by card: the customer's balance gives or takes the rest, as on the invoice to come.
    pub fn by_card(&self, engine: &Engine) -> i64 {
        let customer = self.customer.as_ref().and_then(|id| engine.state.customers.get(id));
        match self.due_today(engine) {
            0 => 0,
            due => balance::split(due, customer.map_or(0, |customer| customer.balance), &self.currency).due,
        }
    }

    /// The page's address, while it is open.
    pub fn url(&self, base: &str) -> Option<String> {
        (self.status == Status::Open).then(|| format!("{base}_checkout/{}", self.id))
    }

    /// Where the buyer goes after paying.
    pub fn success(&self) -> String {
        self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id)
    }

    pub fn render(&self, engine: &Engine) -> Value {
        let due = self.due_today(engine);
        let email = self
            .customer
            .as_ref()
            .and_then(|id| engine.state.customers.get(id)?.email.clone())
            .or_else(|| self.customer_email.clone());
        let payment_status = match self.status {
            _ if due == 0 => "no_payment_required",
            Status::Complete => "paid",
            _ => "unpaid",
        };
        json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": null,
            "amount_subtotal": due,
            "amount_total": due,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null,
                "shipping_address": null,
                "submit": null,
                "terms_of_service_acceptance": null,
            },
            "customer": self.customer,
            "customer_account": null,
            "customer_creation": if self.customer_email.is_some() { Some("always") } else { None },
            "customer_details": email.map(|email| json!({
                "address": null,
                "business_name": null,
                "email": email,
                "individual_name": null,
                "name": null,
                "phone": null,
                "tax_exempt": "none",
                "tax_ids": null,
            })),
            "customer_email": self.customer_email,
            "discounts": null,
            "expires_at": self.expires_at,
            "integration_identifier": null,
            "invoice": self.invoice,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "managed_payments": { "enabled": false },
            "metadata": self.metadata,
            "mode": "subscription",
            "optional_items": null,
            "origin_context": null,
            "payment_intent": null,
            "payment_link": null,
            "payment_method_collection": "always",
            "payment_method_configuration_details": null,
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": payment_status,
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.status,
            "submit_type": null,
            "subscription": self.subscription,
            "success_url": self.success_url,
            "tax_id_collection": { "enabled": false, "required": "never" },
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": self.url(engine.base),
            "wallet_options": null,
        })
    }
}

impl LineItem {
    pub fn amount(&self, engine: &Engine) -> i64 {
        engine.state.prices.get(&self.price).map_or(0, |price| price.amount(self.quantity))
    }

    /// The name of what is sold.
    pub fn product_name(&self, engine: &Engine) -> String {
        let price = engine.state.prices.get(&self.price);
        price.and_then(|p| engine.state.products.get(&p.product)).map_or_else(String::new, |p| p.name.clone())
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    const HOUR: i64 = 3600;
    match params.word("mode", &["payment", "setup", "subscription"])? {
        Some("subscription") => {}
        Some(other) => {
            return Err(params.invalid("mode", format!("The sandbox simulates mode=subscription only, not {other}.")));
        }
        None => return Err(ApiError::required("mode")),
    }
    params.word("ui_mode", &["hosted_page"])?;
    params.word("payment_method_collection", &["always"])?;
    let customer = params.text("customer")?;
    let customer_email = params.text("customer_email")?;
    if let Some(id) = &customer {
        customer::named(engine, id, "customer")?;
    }
    if customer.is_some() && customer_email.is_some() {
        return Err(
            params.invalid("customer_email", "You may only specify one of these parameters: customer, customer_email.")
        );
    }
    if let Some(email) = &customer_email {
        customer::check_email(email, "customer_email")?;
    }
    let (lines, currency) = read_lines(engine, &mut params)?;
    let success_url = url(&mut params, "success_url")?.ok_or_else(|| ApiError::required("success_url"))?;
    let cancel_url = url(&mut params, "cancel_url")?;
    let expires_at = params.integer("expires_at")?.unwrap_or(engine.now + 24 * HOUR);
    // Stripe counts from its own clock; half a minute of difference to ours is forgiven.
    if !(engine.now + HOUR / 2 - 30..=engine.now + 24 * HOUR + 30).contains(&expires_at) {
        return Err(params.invalid(
            "expires_at",
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
        ));
    }
    let mut session = Session {
        id: engine.state.ids.next("cs_test_", 40),
        created: engine.now,
        expires_at,
        status: Status::Open,
        customer,
        customer_email,
        client_reference_id: params.text("client_reference_id")?,
        currency,
        lines,
        metadata: params.metadata("metadata", &Metadata::new())?,
        subscription_metadata: Metadata::new(),
        subscription_description: None,
        trial_period_days: None,
        success_url,
        cancel_url,
        locale: params.text("locale")?,
        subscription: None,
        invoice: None,
        payment_intent: None,
        waiting: None,
        completed_event: None,
    };
    if session.client_reference_id.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(params.invalid("client_reference_id", "Invalid string: must be at most 200 characters."));
    }
    if let Some(data) = params.hash("subscription_data")? {
        read_subscription_data(&mut session, data)?;
    }
    params.finish()?;
    let value = session.render(engine);
    engine.state.sessions.insert(session);
    Ok(value)
}

fn url(params: &mut Params, name: &str) -> Result<Option<String>, ApiError> {
    let url = params.text(name)?;
    match &url {
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
            Err(params.invalid(name, "Not a valid URL").code("url_invalid"))
        }
        _ => Ok(url),
    }
}

fn read_lines(engine: &mut Engine, params: &mut Params) -> Result<(Vec<LineItem>, String), ApiError> {
    let given = params.hashes("line_items")?.unwrap_or_default();
    if given.is_empty() || given.len() > 20 {
        return Err(ApiError::required("line_items"));
    }
    let mut currency = None;
    let mut lines = Vec::new();
    for mut line in given {
        let id = line.required("price")?;
        let price = engine.state.prices.get(&id).ok_or_else(|| ApiError::missing("price", &id, line.name("price")))?;
        if !price.active {
            return Err(
                line.invalid("price", "The price specified is inactive. This field only accepts active prices.")
            );
        }
        if currency.get_or_insert_with(|| price.currency.clone()) != &price.currency {
            return Err(line.invalid("price", "All prices must have the same currency."));
        }
        if price.recurring.is_none() {
            return Err(line.invalid("price", "The sandbox takes recurring prices only on a Checkout page."));
        }
        let quantity = match (line.natural("quantity")?, price.meter.is_some()) {
            (None, true) => 0,
            (Some(_), true) => {
                return Err(
                    line.invalid("quantity", "A quantity cannot be set for a metered price: it is what is used.")
                );
            }
            (None, false) => return Err(ApiError::required(line.name("quantity"))),
            (Some(quantity), false) if (1..=999_999).contains(&quantity) => quantity,
            (Some(_), false) => {
                return Err(line.invalid("quantity", "This value must be greater than or equal to 1."));
            }
        };
        line.finish()?;
        lines.push(LineItem { id: engine.state.ids.next("li_", 24), price: id, quantity });
    }
    Ok((lines, currency.unwrap_or_default()))
}

fn read_subscription_data(session: &mut Session, mut data: Params) -> Result<(), ApiError> {
    session.subscription_metadata = data.metadata("metadata", &Metadata::new())?;
    session.subscription_description = data.text("description")?;
    if let Some(days) = data.integer("trial_period_days")? {
        let days = u32::try_from(days).ok().filter(|days| (1..=730).contains(days));
        session.trial_period_days =
            Some(days.ok_or_else(|| {
                data.invalid("trial_period_days", "The number of trial days must be between 1 and 730.")
            })?);
    }
    if let Some(mut mode) = data.hash("billing_mode")? {
        mode.word("type", &["flexible"])?;
        mode.finish()?;
    }
    data.finish()
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.sessions.get(id).map(|s| s.render(engine)).ok_or_else(|| ApiError::no_such("checkout.session", id))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (customer, subscription) = (params.text("customer")?, params.text("subscription")?);
    let status = params.word("status", &["open", "complete", "expired"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.sessions,
        "/v1/checkout/sessions",
        |s| {
            let stands = match s.status {
                Status::Open => "open",
                Status::Complete => "complete",
                Status::Expired => "expired",
            };
            (customer.is_none() || s.customer == customer)
                && (subscription.is_none() || s.subscription == subscription)
                && status.is_none_or(|status| status == stands)
        },
        |s| s.render(engine),
    )
}

/// The lines, which `expand[]=line_items` and the `/line_items` address show.
pub fn line_items(engine: &Engine, id: &str) -> Answer {
    let session = engine.state.sessions.get(id).ok_or_else(|| ApiError::no_such("checkout.session", id))?;
    let data = session
        .lines
        .iter()
        .map(|line| {
            let full = line.amount(engine);
            let amount = if session.trial_period_days.is_some() { 0 } else { full };
            json!({
                "id": line.id,
                "object": "item",
                "adjustable_quantity": null,
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": session.currency,
                "description": line.product_name(engine),
                "metadata": {},
                "price": engine.state.prices.get(&line.price).map(super::price::Price::render),
                "quantity": (line.quantity > 0).then_some(line.quantity),
            })
        })
        .collect();
    Ok(list::envelope(data, false, &format!("/v1/checkout/sessions/{id}/line_items")))
}

/// Closes an open page by hand.
pub fn expire(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let session = engine.state.sessions.get(id).ok_or_else(|| ApiError::no_such("checkout.session", id))?;
    if session.status != Status::Open {
        return Err(ApiError::bad(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of \
             something else.",
        ));
    }
    close(engine, id);
    get(engine, id)
}

/// Closes an open page.
pub fn close(engine: &mut Engine, id: &str) {
    if let Some(session) = engine.state.sessions.get_mut(id) {
        session.status = Status::Expired;
        session.waiting = None;
    }
    if let Ok(value) = get(engine, id) {
        engine.emit("checkout.session.expired", value, None);
    }
}

/// What the button says.
pub fn button(engine: &Engine, session: &Session) -> String {
    if session.trial_period_days.is_some() {
        "Start trial".into()
    } else {
        format!("Pay {}", money::show(session.by_card(engine), &session.currency))
    }
}
