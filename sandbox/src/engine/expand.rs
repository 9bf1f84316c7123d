//! `expand[]`: ids replaced by the objects they name.

use serde_json::Value;

use super::balance_transaction::Movement;
use super::customer::Customer;
use super::dispute::Dispute;
use super::error::ApiError;
use super::meter::Meter;
use super::payment_intent::PaymentIntent;
use super::payment_method::PaymentMethod;
use super::portal_configuration::Configuration;
use super::price::Price;
use super::product::Product;
use super::refund::Refund;
use super::tax_id::TaxId;
use super::{Engine, checkout, invoice, invoice_payment, list};

/// Fields that hold an id which can be replaced by its object, or that are left out unless asked for.
const EXPANDABLE: &[&str] = &[
    "charge",
    "configuration",
    "confirmation_secret",
    "credit_note",
    "customer",
    "customer_balance_transaction",
    "default_payment_method",
    "default_price",
    "default_source",
    "invoice",
    "latest_charge",
    "latest_invoice",
    "line_items",
    "payment_intent",
    "payment_method",
    "payments",
    "pending_setup_intent",
    "price",
    "product",
    "refund",
    "refunds",
    "released_subscription",
    "schedule",
    "setup_intent",
    "subscription",
    "subscriptions",
    "tax_ids",
    "test_clock",
    "tiers",
];

/// Refuses paths that no object has, before anything is done.
pub fn check(paths: &[String]) -> Result<(), ApiError> {
    for path in paths {
        let depth = path.split('.').count();
        if depth > 4 {
            return Err(ApiError::bad(format!("You cannot expand more than 4 levels of a property. Property: {path}"))
                .code("property_expansion_max_depth")
                .param("expand"));
        }
        let last = path.rsplit('.').next().unwrap_or_default();
        if !EXPANDABLE.contains(&last) && last != "data" && last != "items" {
            return Err(cannot(path));
        }
    }
    Ok(())
}

fn cannot(path: &str) -> ApiError {
    ApiError::bad(format!(
        "This property cannot be expanded ({path}). You may want to try expanding '{path}.data' if it is a list."
    ))
    .param("expand")
}

/// Expands an answer. Paths that lead nowhere (a null on the way) change nothing.
pub fn apply(engine: &Engine, value: &mut Value, paths: &[String]) {
    for path in paths {
        let parts: Vec<&str> = path.split('.').collect();
        descend(engine, value, &parts);
    }
}

fn descend(engine: &Engine, value: &mut Value, path: &[&str]) {
    if let Value::Array(all) = value {
        for one in all {
            descend(engine, one, path);
        }
        return;
    }
    let Some((head, rest)) = path.split_first() else { return };
    if let Some(added) = on_request(engine, value, head)
        && let Value::Object(fields) = value
    {
        fields.insert((*head).to_owned(), added);
    }
    let Some(inner) = value.get_mut(*head) else { return };
    if let Value::String(id) = inner
        && EXPANDABLE.contains(head)
        && let Some(object) = lookup(engine, id)
    {
        *inner = object;
    }
    descend(engine, inner, rest);
}

/// Parts of an object that are only there when asked for.
fn on_request(engine: &Engine, value: &Value, field: &str) -> Option<Value> {
    let id = value.get("id")?.as_str()?;
    if value.get(field).is_some() {
        return None;
    }
    match (value.get("object")?.as_str()?, field) {
        ("checkout.session", "line_items") => checkout::line_items(engine, id).ok(),
        ("invoice", "payments") => Some(invoice_payment::of_invoice(engine, id)),
        ("invoice", "confirmation_secret") => invoice::confirmation_secret(engine, id),
        ("price", "tiers") => engine.state.prices.get(id)?.scheme.render_tiers(),
        ("customer", "subscriptions") => {
            let live = engine.state.subscriptions.iter().rev().filter(|s| s.customer == id && !s.is_ended());
            let url = format!("/v1/customers/{id}/subscriptions");
            Some(list::envelope(live.map(|s| s.render(engine)).collect(), false, &url))
        }
        ("customer", "tax_ids") => {
            let theirs = engine.state.tax_ids.iter().rev().filter(|known| known.customer == id);
            let url = format!("/v1/customers/{id}/tax_ids");
            Some(list::envelope(theirs.map(TaxId::render).collect(), false, &url))
        }
        ("charge", "refunds") => {
            let back = engine.state.refunds.iter().rev().filter(|refund| refund.charge == id);
            Some(list::envelope(back.map(Refund::render).collect(), false, &format!("/v1/charges/{id}/refunds")))
        }
        _ => None,
    }
}

/// Any object by its id.
pub fn lookup(engine: &Engine, id: &str) -> Option<Value> {
    let state = &*engine.state;
    let (prefix, _) = id.split_once('_')?;
    match prefix {
        "cus" => state.customers.get(id).map(Customer::render),
        "price" => state.prices.get(id).map(Price::render),
        "sub" if id.starts_with("sub_sched_") => state.schedules.get(id).map(|x| x.render(engine)),
        "sub" => state.subscriptions.get(id).map(|x| x.render(engine)),
        "in" => state.invoices.get(id).map(|x| x.render(engine)),
        "ii" => state.invoice_items.get(id).map(|x| x.render(engine)),
        "pi" => state.payment_intents.get(id).map(PaymentIntent::render),
        "pm" => state.payment_methods.get(id).map(PaymentMethod::render),
        "seti" => state.setup_intents.get(id).map(|x| x.render(engine.base)),
        "bpc" => state.portal_configurations.get(id).map(Configuration::render),
        "bps" => state.portal_sessions.get(id).map(|x| x.render(engine.base)),
        "ch" => state.charges.get(id).map(|x| x.render(engine)),
        "re" => state.refunds.get(id).map(Refund::render),
        "du" => state.disputes.get(id).map(Dispute::render),
        "cn" => state.credit_notes.get(id).map(|x| x.render(engine.base)),
        "txi" => state.tax_ids.get(id).map(TaxId::render),
        "cbtxn" => state.balance_transactions.get(id).map(Movement::render),
        "mtr" => state.meters.get(id).map(Meter::render),
        "cs" => state.sessions.get(id).map(|x| x.render(engine)),
        "clock" => super::test_clock::get(engine, id).ok(),
        "evt" => state.events.get(id).map(|x| x.render(0)),
        _ => state.products.get(id).map(Product::render),
    }
}
