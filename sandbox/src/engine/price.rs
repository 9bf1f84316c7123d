//! Prices: so much for one, for a package or in tiers, once or every so often, for what is held or what is used.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::calendar::Interval;
use super::error::ApiError;
use super::money::{self, Exact, UnitAmount};
use super::params::{Metadata, Params};
use super::scheme::Scheme;
use super::table::row;
use super::{Answer, Engine, list, meter, product};

/// What one costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Price {
    pub id: String,
    pub created: i64,
    pub product: String,
    pub active: bool,
    pub currency: String,
    /// What one costs; nothing where there are tiers.
    pub unit: UnitAmount,
    #[serde(default)]
    pub scheme: Scheme,
    /// What the use of a metered price is counted by.
    #[serde(default)]
    pub meter: Option<String>,
    pub recurring: Option<Recurring>,
    pub lookup_key: Option<String>,
    pub nickname: Option<String>,
    pub tax_behavior: String,
    pub metadata: Metadata,
}
row!(Price);

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    pub interval: Interval,
    pub count: u32,
}

impl Price {
    /// What a whole period of so many costs, exactly.
    pub fn cost(&self, quantity: u64) -> Exact {
        self.scheme.cost(self.unit, quantity)
    }

    /// What a whole period of so many costs on an invoice.
    pub fn amount(&self, quantity: u64) -> i64 {
        self.cost(quantity).part(1, 1, &self.currency)
    }

    /// What one costs, where each costs the same.
    fn each(&self) -> Option<UnitAmount> {
        (!self.scheme.is_tiered()).then_some(self.unit)
    }

    /// `12.5`: what one costs, where each costs the same.
    pub fn unit_amount_decimal(&self) -> Option<String> {
        self.each().map(|unit| unit.to_string())
    }

    const fn billing_scheme(&self) -> &'static str {
        if self.scheme.is_tiered() { "tiered" } else { "per_unit" }
    }

    const fn usage_type(&self) -> &'static str {
        if self.meter.is_some() { "metered" } else { "licensed" }
    }

    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "price",
            "active": self.active,
            "billing_scheme": self.billing_scheme(),
            "created": self.created,
            "currency": self.currency,
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": self.lookup_key,
            "metadata": self.metadata,
            "nickname": self.nickname,
            "product": self.product,
            "recurring": self.recurring.map(|r| json!({
                "interval": r.interval,
                "interval_count": r.count,
                "meter": self.meter,
                "trial_period_days": null,
                "usage_type": self.usage_type(),
            })),
            "tax_behavior": self.tax_behavior,
            "tiers_mode": self.scheme.mode(),
            "transform_quantity": self.scheme.render_transform(),
            "type": if self.recurring.is_some() { "recurring" } else { "one_time" },
            "unit_amount": self.each().and_then(UnitAmount::minor),
            "unit_amount_decimal": self.unit_amount_decimal(),
        })
    }

    /// The older name of a recurring price, which subscription items still carry.
    pub fn render_plan(&self) -> Value {
        let recurring = self.recurring.unwrap_or(Recurring { interval: Interval::Month, count: 1 });
        json!({
            "id": self.id,
            "object": "plan",
            "active": self.active,
            "amount": self.each().and_then(UnitAmount::minor),
            "amount_decimal": self.unit_amount_decimal(),
            "billing_scheme": self.billing_scheme(),
            "created": self.created,
            "currency": self.currency,
            "interval": recurring.interval,
            "interval_count": recurring.count,
            "livemode": false,
            "metadata": self.metadata,
            "meter": self.meter,
            "nickname": self.nickname,
            "product": self.product,
            "tiers_mode": self.scheme.mode(),
            "transform_usage": self.scheme.render_transform(),
            "trial_period_days": null,
            "usage_type": self.usage_type(),
        })
    }

    /// The name of what is sold.
    pub fn product_name<'a>(&self, engine: &'a Engine) -> &'a str {
        engine.state.products.get(&self.product).map_or("", |product| product.name.as_str())
    }

    /// `2 × Team (at $10.00 / month)`.
    pub fn describe(&self, engine: &Engine, quantity: u64) -> String {
        format!("{quantity} × {} (at {})", self.product_name(engine), self.words())
    }

    /// `$10.00 / month`, `$10.00 / every 3 months`.
    pub fn words(&self) -> String {
        let amount = match self.unit.minor() {
            _ if self.scheme.is_tiered() => "in tiers".to_owned(),
            Some(minor) => money::show(minor, &self.currency),
            None => format!("{} minor units {}", self.unit, self.currency.to_uppercase()),
        };
        match self.recurring {
            None => amount,
            Some(Recurring { interval, count: 1 }) => format!("{amount} / {}", interval.as_str()),
            Some(Recurring { interval, count }) => format!("{amount} / every {count} {}s", interval.as_str()),
        }
    }
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let currency = params.required("currency")?.to_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(params.invalid("currency", format!("Invalid currency: {currency}.")));
    }
    let (scheme, unit) = Scheme::read(&mut params, &currency)?;
    let (recurring, meter) = recurring(&mut params)?.unzip();
    if let Some(Some(meter)) = &meter {
        meter::find(engine, meter).map_err(|_| ApiError::missing("meter", meter, "recurring[meter]"))?;
    }
    let new_product = match params.hash("product_data")? {
        Some(mut data) => {
            let product = product::read_new(engine, &mut data)?;
            data.finish()?;
            Some(product)
        }
        None => None,
    };
    let product = match (&new_product, params.text("product")?) {
        (Some(_), Some(_)) => {
            return Err(
                params.invalid("product", "You may only specify one of these parameters: product, product_data.")
            );
        }
        (Some(new), None) => new.id.clone(),
        (None, Some(id)) if engine.state.products.get(&id).is_some() => id,
        (None, Some(id)) => return Err(ApiError::missing("product", &id, "product")),
        (None, None) => return Err(ApiError::required("product")),
    };
    let mut price = Price {
        id: engine.state.ids.next("price_", 24),
        created: engine.now,
        product,
        active: true,
        currency,
        unit,
        scheme,
        meter: meter.flatten(),
        recurring,
        lookup_key: None,
        nickname: None,
        tax_behavior: "unspecified".into(),
        metadata: Metadata::new(),
    };
    let giver = read(engine, &mut price, &mut params)?;
    params.finish()?;
    if let Some(product) = new_product {
        product::add(engine, product);
    }
    take_key(engine, giver);
    let value = price.render();
    engine.state.prices.insert(price);
    engine.emit("price.created", value.clone(), None);
    Ok(value)
}

/// Takes `interval` and `interval_count`, and nothing else.
pub fn read_interval(mut given: Params) -> Result<Recurring, ApiError> {
    let recurring = interval(&mut given)?;
    given.finish()?;
    Ok(recurring)
}

/// How often, and the meter of what is paid for after it was used.
fn recurring(params: &mut Params) -> Result<Option<(Recurring, Option<String>)>, ApiError> {
    let Some(mut given) = params.hash("recurring")? else { return Ok(None) };
    let recurring = interval(&mut given)?;
    let metered = given.word("usage_type", &["licensed", "metered"])? == Some("metered");
    let meter = given.text("meter")?;
    if metered != meter.is_some() {
        return Err(given.invalid("meter", "A price has a `meter` if, and only if, its `usage_type` is `metered`."));
    }
    given.finish()?;
    Ok(Some((recurring, meter)))
}

fn interval(given: &mut Params) -> Result<Recurring, ApiError> {
    let interval = match given.word("interval", &["day", "week", "month", "year"])? {
        Some("day") => Interval::Day,
        Some("week") => Interval::Week,
        Some("month") => Interval::Month,
        Some(_) => Interval::Year,
        None => return Err(ApiError::required(given.name("interval"))),
    };
    let count = given.natural("interval_count")?.unwrap_or(1);
    let most = match interval {
        Interval::Day => 1095,
        Interval::Week => 156,
        Interval::Month => 36,
        Interval::Year => 3,
    };
    let count = u32::try_from(count).ok().filter(|count| (1..=most).contains(count)).ok_or_else(|| {
        given.invalid("interval_count", "Subscription prices can have an interval of at most three years.")
    })?;
    Ok(Recurring { interval, count })
}

/// Reads what a price may change later. Answers with the price that gives its lookup key away.
fn read(engine: &Engine, price: &mut Price, params: &mut Params) -> Result<Option<String>, ApiError> {
    if let Some(active) = params.boolean("active")? {
        price.active = active;
    }
    if let Some(nickname) = params.patch("nickname")? {
        price.nickname = nickname;
    }
    if let Some(word) = params.word("tax_behavior", &["exclusive", "inclusive", "unspecified"])? {
        price.tax_behavior = word.into();
    }
    price.metadata = params.metadata("metadata", &price.metadata)?;
    let transfer = params.boolean("transfer_lookup_key")?.unwrap_or(false);
    let Some(key) = params.patch("lookup_key")? else { return Ok(None) };
    if key.as_ref().is_some_and(|key| key.chars().count() > 200) {
        return Err(params.invalid("lookup_key", "Invalid string: must be at most 200 characters."));
    }
    let holder = engine
        .state
        .prices
        .iter()
        .find(|other| other.id != price.id && key.is_some() && other.lookup_key == key)
        .map(|other| other.id.clone());
    price.lookup_key = key;
    match holder {
        Some(holder) if !transfer => Err(params
            .invalid("lookup_key", format!("A price (`{holder}`) already uses that lookup key."))
            .code("resource_already_exists")),
        holder => Ok(holder),
    }
}

fn take_key(engine: &mut Engine, giver: Option<String>) {
    let Some(price) = giver.and_then(|id| engine.state.prices.get_mut(&id)) else { return };
    let before = price.render();
    price.lookup_key = None;
    let after = price.render();
    engine.emit_update("price.updated", &before, after);
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.prices.get(id).map(Price::render).ok_or_else(|| ApiError::no_such("price", id))
}

pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = engine.state.prices.get(id).ok_or_else(|| ApiError::no_such("price", id))?;
    let (before, mut price) = (old.render(), old.clone());
    let giver = read(engine, &mut price, &mut params)?;
    params.finish()?;
    take_key(engine, giver);
    let value = price.render();
    engine.state.prices.insert(price);
    engine.emit_update("price.updated", &before, value.clone());
    Ok(value)
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let keys = params.texts("lookup_keys")?;
    if keys.as_ref().is_some_and(|keys| keys.len() > 10) {
        return Err(params.invalid("lookup_keys", "You may only specify up to 10 lookup keys."));
    }
    let (active, product, currency) = (params.boolean("active")?, params.text("product")?, params.text("currency")?);
    let kind = params.word("type", &["one_time", "recurring"])?;
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.prices,
        "/v1/prices",
        |p| {
            keys.as_ref().is_none_or(|keys| p.lookup_key.as_ref().is_some_and(|key| keys.contains(key)))
                && active.is_none_or(|a| p.active == a)
                && product.as_ref().is_none_or(|id| p.product == *id)
                && currency.as_ref().is_none_or(|c| p.currency == *c)
                && kind.is_none_or(|kind| p.recurring.is_some() == (kind == "recurring"))
        },
        Price::render,
    )
}
