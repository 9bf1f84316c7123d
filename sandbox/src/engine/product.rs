//! Products.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::{Metadata, Params};
use super::table::row;
use super::{Answer, Engine, list};

/// What is sold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Product {
    pub id: String,
    pub created: i64,
    pub updated: i64,
    pub name: String,
    pub description: Option<String>,
    pub active: bool,
    pub images: Vec<String>,
    pub unit_label: Option<String>,
    pub statement_descriptor: Option<String>,
    pub tax_code: Option<String>,
    pub url: Option<String>,
    pub default_price: Option<String>,
    pub metadata: Metadata,
}
row!(Product);

impl Product {
    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "product",
            "active": self.active,
            "created": self.created,
            "default_price": self.default_price,
            "description": self.description,
            "images": self.images,
            "livemode": false,
            "marketing_features": [],
            "metadata": self.metadata,
            "name": self.name,
            "package_dimensions": null,
            "shippable": null,
            "statement_descriptor": self.statement_descriptor,
            "tax_code": self.tax_code,
            "type": "service",
            "unit_label": self.unit_label,
            "updated": self.updated,
            "url": self.url,
        })
    }
}

/// Reads a product that is to be made: the body of `POST /v1/products`, or `product_data` of a price. Not kept yet.
pub fn read_new(engine: &mut Engine, params: &mut Params) -> Result<Product, ApiError> {
    let id = match params.text("id")? {
        Some(id) if engine.state.products.get(&id).is_some() => {
            return Err(params.invalid("id", "Product already exists.").code("resource_already_exists"));
        }
        Some(id) => id,
        None => engine.state.ids.next("prod_", 14),
    };
    let mut product = Product {
        id,
        created: engine.now,
        updated: engine.now,
        name: params.required("name")?,
        description: None,
        active: true,
        images: Vec::new(),
        unit_label: None,
        statement_descriptor: None,
        tax_code: None,
        url: None,
        default_price: None,
        metadata: Metadata::new(),
    };
    read(&mut product, params)?;
    Ok(product)
}

fn read(product: &mut Product, params: &mut Params) -> Result<(), ApiError> {
    if let Some(name) = params.text("name")? {
        product.name = name;
    }
    for (name, field) in [
        ("description", &mut product.description),
        ("unit_label", &mut product.unit_label),
        ("statement_descriptor", &mut product.statement_descriptor),
        ("tax_code", &mut product.tax_code),
        ("url", &mut product.url),
    ] {
        if let Some(given) = params.patch(name)? {
            *field = given;
        }
    }
    if let Some(active) = params.boolean("active")? {
        product.active = active;
    }
    if let Some(images) = params.texts("images")? {
        product.images = images;
    }
    product.metadata = params.metadata("metadata", &product.metadata)?;
    Ok(())
}

pub fn add(engine: &mut Engine, product: Product) -> Value {
    let value = product.render();
    engine.state.products.insert(product);
    engine.emit("product.created", value.clone(), None);
    value
}

pub fn create(engine: &mut Engine, mut params: Params) -> Answer {
    let product = read_new(engine, &mut params)?;
    params.finish()?;
    Ok(add(engine, product))
}

pub fn get(engine: &Engine, id: &str) -> Answer {
    engine.state.products.get(id).map(Product::render).ok_or_else(|| ApiError::no_such("product", id))
}

pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = engine.state.products.get(id).ok_or_else(|| ApiError::no_such("product", id))?;
    let (before, mut product) = (old.render(), old.clone());
    if let Some(price) = params.patch("default_price")? {
        if let Some(price) = &price
            && engine.state.prices.get(price).is_none_or(|p| p.product != id)
        {
            return Err(ApiError::missing("price", price, "default_price"));
        }
        product.default_price = price;
    }
    read(&mut product, &mut params)?;
    params.finish()?;
    product.updated = engine.now;
    let value = product.render();
    engine.state.products.insert(product);
    engine.emit_update("product.updated", &before, value.clone());
    Ok(value)
}

pub fn delete(engine: &mut Engine, id: &str, params: Params) -> Answer {
    params.finish()?;
    let last = get(engine, id)?;
    if engine.state.prices.iter().any(|price| price.product == id) {
        return Err(ApiError::bad("This product cannot be deleted because it has one or more user-created prices."));
    }
    engine.state.products.remove(id);
    engine.emit("product.deleted", last, None);
    Ok(json!({ "id": id, "object": "product", "deleted": true }))
}

pub fn list(engine: &Engine, mut params: Params) -> Answer {
    let (active, ids) = (params.boolean("active")?, params.texts("ids")?);
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    page.of(
        &engine.state.products,
        "/v1/products",
        |p| active.is_none_or(|a| p.active == a) && ids.as_ref().is_none_or(|ids| ids.contains(&p.id)),
        Product::render,
    )
}
