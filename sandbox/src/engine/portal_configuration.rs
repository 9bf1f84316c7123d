//! What the customer portal lets customers do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, list};

const FIELDS: &[&str] = &["address", "email", "name", "phone", "shipping", "tax_id"];
const PRORATION: &[&str] = &["always_invoice", "create_prorations", "none"];
const REASONS: &[&str] = &[
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
];

/// One set of settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Configuration {
    pub id: String,
    pub created: i64,
    pub updated: i64,
    pub active: bool,
    /// The one that sessions get which name none; there from the beginning.
    pub is_default: bool,
    pub name: Option<String>,
    pub default_return_url: Option<String>,
    pub headline: Option<String>,
    pub privacy_policy_url: Option<String>,
    pub terms_of_service_url: Option<String>,
    pub features: Features,
    pub metadata: Metadata,
}
row!(Configuration);

/// What is switched on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Features {
    pub customer_update: bool,
    pub customer_fields: Vec<String>,
    pub invoice_history: bool,
    pub payment_method_update: bool,
    pub cancel: Cancel,
    pub update: Update,
}

/// How subscriptions are cancelled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancel {
    pub enabled: bool,
    pub at_period_end: bool,
    pub proration_behavior: String,
    pub reason: bool,
    pub reasons: Vec<String>,
}

impl Default for Cancel {
    fn default() -> Self {
        let reasons = ["too_expensive", "missing_features", "switched_service", "unused", "other"];
        Self {
            enabled: false,
            at_period_end: true,
            proration_behavior: "none".into(),
            reason: false,
            reasons: reasons.map(Into::into).to_vec(),
        }
    }
}

/// How subscriptions are changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Update {
    pub enabled: bool,
    /// `price`, `quantity`, `promotion_code`.
    pub allowed: Vec<String>,
    pub products: Vec<Offer>,
    pub proration_behavior: String,
    /// Changes that wait for the end of the period: `decreasing_item_amount`, `shortening_interval`.
    pub at_period_end: Vec<String>,
    pub billing_cycle_anchor: Option<String>,
    pub trial_update_behavior: String,
}

impl Default for Update {
    fn default() -> Self {
        Self {
            enabled: false,
            allowed: Vec::new(),
            products: Vec::new(),
            proration_behavior: "none".into(),
            at_period_end: Vec::new(),
            billing_cycle_anchor: None,
            trial_update_behavior: "end_trial".into(),
        }
    }
}

/// A product that customers may change to, with its prices.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offer {
    pub product: String,
    pub prices: Vec<String>,
    pub adjustable: bool,
    pub minimum: u64,
    pub maximum: Option<u64>,
}

impl Configuration {
    pub fn render(&self) -> Value {
        let Features { cancel, update, .. } = &self.features;
        json!({
            "id": self.id,
            "object": "billing_portal.configuration",
            "active": self.active,
            "application": null,
            "business_profile": {
                "headline": self.headline,
                "privacy_policy_url": self.privacy_policy_url,
                "terms_of_service_url": self.terms_of_service_url,
            },
            "created": self.created,
            "default_return_url": self.default_return_url,
            "features": {
                "customer_update": {
                    "allowed_updates": self.features.customer_fields,
                    "enabled": self.features.customer_update,
                },
                "invoice_history": { "enabled": self.features.invoice_history },
                "payment_method_update": {
                    "enabled": self.features.payment_method_update,
                    "payment_method_configuration": null,
                },
                "subscription_cancel": {
                    "cancellation_reason": {
                        "enabled": cancel.reason,
                        "feedback_options": [],
                        "options": cancel.reasons,
                    },
                    "enabled": cancel.enabled,
                    "mode": if cancel.at_period_end { "at_period_end" } else { "immediately" },
                    "proration_behavior": cancel.proration_behavior,
                },
                "subscription_update": {
                    "billing_cycle_anchor": update.billing_cycle_anchor,
                    "default_allowed_updates": update.allowed,
                    "enabled": update.enabled,
                    "products": update.products.iter().map(Offer::render).collect::<Vec<_>>(),
                    "proration_behavior": update.proration_behavior,
                    "schedule_at_period_end": {
                        "conditions":
                            update.at_period_end.iter().map(|kind| json!({ "type": kind })).collect::<Vec<_>>(),
                    },
                    "trial_update_behavior": update.trial_update_behavior,
                },
            },
            "is_default": self.is_default,
            "livemode": false,
            "login_page": { "enabled": false, "url": null },
            "metadata": self.metadata,
            "name": self.name,
            "updated": self.updated,
        })
    }
}

impl Offer {
    fn render(&self) -> Value {
        json!({
            "adjustable_quantity": {
                "enabled": self.adjustable,
                "maximum": self.maximum,
                "minimum": self.minimum,
            },
            "prices": self.prices,
            "product": self.product,
        })
    }
}

/// Makes the default one, as somebody does in Stripe's dashboard by saving its settings once.
pub fn ensure_default(engine: &mut Engine) {
    if engine.state.portal_configurations.iter().any(|configuration| configuration.is_default) {
        return;
    }
    let mut configuration = blank(engine);
    configuration.is_default = true;
    configuration.features = Features {
        invoice_history: true,
        payment_method_update: true,
        cancel: Cancel { enabled: true, ..Cancel::default() },
        ..Features::default()
    };
    engine.state.portal_configurations.insert(configuration);
}

fn blank(engine: &mut Engine) -> Configuration {
    Configuration {
        id: engine.state.ids.next("bpc_", 24),
        created: engine.now,
        updated: engine.now,
        active: true,
        is_default: false,
        name: None,
        default_return_url: None,
        headline: None,
        privacy_policy_url: None,
        terms_of_service_url: None,
        features: Features::default(),
        metadata: Metadata::new(),
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let mut configuration = blank(engine);
    if !params.has("features") {
        return Err(ApiError::required("features"));
    }
    read(&mut configuration, engine, &mut params)?;
    params.finish()?;
    let value = configuration.render();
    engine.state.portal_configurations.insert(configuration);
    engine.emit("billing_portal.configuration.created", value.clone(), None);
    Ok(value)
}

pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let mut configuration = find(engine, id)?.clone();
    let before = configuration.render();
    if let Some(active) = params.boolean("active")? {
        if configuration.is_default && !active {
            return Err(params.invalid("active", "The default configuration cannot be deactivated."));
        }
        configuration.active = active;
    }
    read(&mut configuration, engine, &mut params)?;
    params.finish()?;
    configuration.updated = engine.now;
    let value = configuration.render();
    engine.state.portal_configurations.insert(configuration);
    engine.emit_update("billing_portal.configuration.updated", &before, value.clone());
    Ok(value)
}

fn find<'a>(engine: &'a Engine, id: &str) -> Result<&'a Configuration, ApiError> {
    engine.state.portal_configurations.get(id).ok_or_else(|| ApiError::no_such("billing_portal.configuration", id))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    find(engine, id).map(Configuration::render)
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (active, is_default) = (params.boolean("active")?, params.boolean("is_default")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.portal_configurations,
        "/v1/billing_portal/configurations",
        |c| active.is_none_or(|a| c.active == a) && is_default.is_none_or(|d| c.is_default == d),
        Configuration::render,
    )
}

fn read(configuration: &mut Configuration, engine: &Engine, params: &mut Params) -> Result<(), ApiError> {
    if let Some(name) = params.patch("name")? {
        configuration.name = name;
    }
    if let Some(url) = params.patch("default_return_url")? {
        configuration.default_return_url = url;
    }
    if let Some(mut profile) = params.hash("business_profile")? {
        for (name, field) in [
            ("headline", &mut configuration.headline),
            ("privacy_policy_url", &mut configuration.privacy_policy_url),
            ("terms_of_service_url", &mut configuration.terms_of_service_url),
        ] {
            if let Some(given) = profile.patch(name)? {
                *field = given;
            }
        }
        profile.finish()?;
    }
    if let Some(mut login) = params.hash("login_page")? {
        if login.boolean("enabled")? == Some(true) {
            return Err(login.invalid("enabled", "The sandbox has no login page for its portal."));
        }
        login.finish()?;
    }
    configuration.metadata = params.metadata("metadata", &configuration.metadata)?;
    let Some(mut given) = params.hash("features")? else { return Ok(()) };
    let features = &mut configuration.features;
    if let Some(mut update) = given.hash("customer_update")? {
        set(&mut update, "enabled", &mut features.customer_update)?;
        words(&mut update, "allowed_updates", FIELDS, &mut features.customer_fields)?;
        update.finish()?;
    }
    for (name, field) in [
        ("invoice_history", &mut features.invoice_history),
        ("payment_method_update", &mut features.payment_method_update),
    ] {
        if let Some(mut hash) = given.hash(name)? {
            set(&mut hash, "enabled", field)?;
            hash.finish()?;
        }
    }
    if let Some(cancel) = given.hash("subscription_cancel")? {
        read_cancel(&mut features.cancel, cancel)?;
    }
    if let Some(update) = given.hash("subscription_update")? {
        read_update(&mut features.update, engine, update)?;
    }
    given.finish()
}

fn set(params: &mut Params, name: &str, field: &mut bool) -> Result<(), ApiError> {
    if let Some(given) = params.boolean(name)? {
        *field = given;
    }
    Ok(())
}

/// A list of known words; an empty text empties it.
fn words(params: &mut Params, name: &str, known: &[&str], field: &mut Vec<String>) -> Result<(), ApiError> {
    if params.is_blank(name) {
        params.text(name)?;
        field.clear();
    } else if let Some(given) = params.texts(name)? {
        if let Some(strange) = given.iter().find(|word| !known.contains(&word.as_str())) {
            let list = known.join(", ");
            return Err(params.invalid(name, format!("Invalid {name}: must be one of {list}, not {strange}")));
        }
        *field = given;
    }
    Ok(())
}

fn read_cancel(cancel: &mut Cancel, mut given: Params) -> Result<(), ApiError> {
    set(&mut given, "enabled", &mut cancel.enabled)?;
    if let Some(mode) = given.word("mode", &["at_period_end", "immediately"])? {
        cancel.at_period_end = mode == "at_period_end";
    }
    if let Some(word) = given.word("proration_behavior", PRORATION)? {
        cancel.proration_behavior = word.into();
    }
    if let Some(mut reason) = given.hash("cancellation_reason")? {
        set(&mut reason, "enabled", &mut cancel.reason)?;
        words(&mut reason, "options", REASONS, &mut cancel.reasons)?;
        reason.finish()?;
    }
    given.finish()
}

fn read_update(update: &mut Update, engine: &Engine, mut given: Params) -> Result<(), ApiError> {
    set(&mut given, "enabled", &mut update.enabled)?;
    words(&mut given, "default_allowed_updates", &["price", "promotion_code", "quantity"], &mut update.allowed)?;
    if let Some(word) = given.word("proration_behavior", PRORATION)? {
        update.proration_behavior = word.into();
    }
    if let Some(word) = given.word("billing_cycle_anchor", &["now", "unchanged"])? {
        update.billing_cycle_anchor = Some(word.into());
    }
    if let Some(word) = given.word("trial_update_behavior", &["continue_trial", "end_trial"])? {
        update.trial_update_behavior = word.into();
    }
    if let Some(mut schedule) = given.hash("schedule_at_period_end")? {
        if schedule.is_blank("conditions") {
            schedule.text("conditions")?;
            update.at_period_end.clear();
        } else if let Some(conditions) = schedule.hashes("conditions")? {
            update.at_period_end.clear();
            for mut condition in conditions {
                let kind = condition.word("type", &["decreasing_item_amount", "shortening_interval"])?;
                update.at_period_end.push(kind.ok_or_else(|| ApiError::required(condition.name("type")))?.into());
                condition.finish()?;
            }
        }
        schedule.finish()?;
    }
    if given.is_blank("products") {
        given.text("products")?;
        update.products.clear();
    } else if let Some(products) = given.hashes("products")? {
        if products.len() > 10 {
            return Err(given.invalid("products", "You may only specify up to 10 products."));
        }
        update.products =
            products.into_iter().map(|product| read_product(engine, product)).collect::<Result<_, _>>()?;
    }
    if update.enabled && (update.products.is_empty() || update.allowed.is_empty()) {
        let missing = if update.products.is_empty() { "products" } else { "default_allowed_updates" };
        return Err(ApiError::required(given.name(missing)));
    }
    given.finish()
}

fn read_product(engine: &Engine, mut given: Params) -> Result<Offer, ApiError> {
    let product = given.required("product")?;
    if engine.state.products.get(&product).is_none() {
        return Err(ApiError::missing("product", &product, given.name("product")));
    }
    let prices = given.texts("prices")?.ok_or_else(|| ApiError::required(given.name("prices")))?;
    for price in &prices {
        let known = engine.state.prices.get(price);
        let known = known.ok_or_else(|| ApiError::missing("price", price, given.name("prices")))?;
        if known.product != product {
            return Err(given.invalid("prices", format!("The price {price} does not belong to {product}.")));
        }
    }
    let mut read = Offer { product, prices, adjustable: false, minimum: 1, maximum: None };
    if let Some(mut quantity) = given.hash("adjustable_quantity")? {
        set(&mut quantity, "enabled", &mut read.adjustable)?;
        read.minimum = quantity.natural("minimum")?.unwrap_or(read.minimum);
        read.maximum = quantity.natural("maximum")?;
        quantity.finish()?;
    }
    given.finish()?;
    Ok(read)
}
