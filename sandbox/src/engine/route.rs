//! Which address means what.

use serde_json::Value;

use super::error::ApiError;
use super::params::Params;
use super::{
    Answer, Engine, account, balance_transaction, charge, checkout, credit_note, customer, dispute, event, expand,
    invoice, invoice_change, invoice_item, invoice_payment, meter, meter_event, pause, payment_intent, payment_method,
    portal_configuration, portal_session, preview, price, product, refund, schedule, schedule_change, setup_intent,
    subscription, subscription_change, subscription_create, subscription_item, tax_id, test_clock, webhook_endpoint,
};

/// How something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// Answers one request. `path` begins with `/v1/`.
pub fn serve(engine: &mut Engine, method: Method, path: &str, mut params: Params) -> Answer {
    let expanded = params.texts("expand")?.unwrap_or_default();
    expand::check(&expanded)?;
    let mut answer = dispatch(engine, method, path, params)?;
    expand::apply(engine, &mut answer, &expanded);
    Ok(answer)
}

/// Does over the engine what a client would do with `POST`, for pages.
pub fn post(engine: &mut Engine, path: &str, pairs: &[(&str, &str)]) -> Answer {
    serve(engine, Method::Post, path, Params::of(pairs)?)
}

/// The same with `DELETE`.
pub fn delete(engine: &mut Engine, path: &str, pairs: &[(&str, &str)]) -> Answer {
    serve(engine, Method::Delete, path, Params::of(pairs)?)
}

fn dispatch(engine: &mut Engine, method: Method, path: &str, params: Params) -> Answer {
    let parts: Vec<&str> = path.strip_prefix("/v1/").unwrap_or_default().split('/').collect();
    // Whoever lives on a test clock is asked at its time.
    let customer = test_clock::customer_of(engine, &parts, &params);
    engine.now = test_clock::now(engine, customer.as_deref());
    match method {
        Method::Get => read(engine, path, &parts, params),
        Method::Post => write(engine, path, &parts, params),
        Method::Delete => match parts.as_slice() {
            ["customers", id] => customer::delete(engine, id, params),
            ["customers", customer, "tax_ids", id] => tax_id::delete(engine, customer, id, params),
            ["products", id] => product::delete(engine, id, params),
            ["invoices", id] => invoice_change::delete(engine, id, params),
            ["test_helpers", "test_clocks", id] => test_clock::delete(engine, id, params),
            ["subscriptions", id] => subscription::cancel(engine, id, params),
            ["webhook_endpoints", id] => webhook_endpoint::delete(engine, id, params),
            _ => Err(unrecognized("DELETE", path)),
        },
    }
}

fn read(engine: &Engine, path: &str, parts: &[&str], params: Params) -> Answer {
    match parts {
        ["account"] => account::get(params),
        ["accounts", id, "external_accounts"] => account::banks(id, params),
        ["customers"] => customer::list(engine, params),
        ["customers", id, "payment_methods"] => payment_method::list_of_customer(engine, id, params),
        ["products"] => product::list(engine, params),
        ["prices"] => price::list(engine, params),
        ["checkout", "sessions"] => checkout::list(engine, params),
        ["checkout", "sessions", id, "line_items"] => {
            let mut params = params;
            params.natural("limit")?;
            nothing(params, || checkout::line_items(engine, id))
        }
        ["subscriptions"] => subscription::list(engine, params),
        ["subscription_items"] => subscription_item::list(engine, params),
        ["invoices"] => invoice::list(engine, params),
        ["invoices", id, "lines"] => invoice::lines(engine, id, params),
        ["invoiceitems"] => invoice_item::list(engine, params),
        ["invoice_payments"] => invoice_payment::list(engine, params),
        ["payment_methods"] => payment_method::list(engine, params),
        ["payment_intents"] => payment_intent::list(engine, params),
        ["setup_intents"] => setup_intent::list(engine, params),
        ["billing_portal", "configurations"] => portal_configuration::list(engine, params),
        ["charges"] => charge::list(engine, params),
        ["customers", id, "tax_ids"] => tax_id::list(engine, id, params),
        ["customers", id, "balance_transactions"] => balance_transaction::list(engine, id, params),
        ["refunds"] => refund::list(engine, params),
        ["disputes"] => dispute::list(engine, params),
        ["credit_notes"] => credit_note::list(engine, params),
        ["credit_notes", id, "lines"] => credit_note::lines(engine, id, params),
        ["subscription_schedules"] => schedule::list(engine, params),
        ["billing", "meters"] => meter::list(engine, params),
        ["billing", "meters", id, "event_summaries"] => meter_event::summaries(engine, id, params),
        ["events"] => event::list(engine, params),
        ["webhook_endpoints"] => webhook_endpoint::list(engine, params),
        ["customers", id] => nothing(params, || customer::get(engine, id)),
        ["products", id] => nothing(params, || product::get(engine, id)),
        ["prices", id] => nothing(params, || price::get(engine, id)),
        ["checkout", "sessions", id] => nothing(params, || checkout::get(engine, id)),
        ["subscriptions", id] => nothing(params, || subscription::get(engine, id)),
        ["subscription_items", id] => nothing(params, || subscription_item::get(engine, id)),
        ["invoices", id] => nothing(params, || invoice::get(engine, id)),
        ["invoiceitems", id] => nothing(params, || invoice_item::get(engine, id)),
        ["payment_methods", id] => nothing(params, || payment_method::get(engine, id)),
        ["setup_intents", id] => nothing(params, || setup_intent::get(engine, id)),
        ["billing_portal", "configurations", id] => nothing(params, || portal_configuration::get(engine, id)),
        ["payment_intents", id] => nothing(params, || payment_intent::get(engine, id)),
        ["charges", id] => nothing(params, || charge::get(engine, id)),
        ["customers", customer, "tax_ids", id] => nothing(params, || tax_id::get(engine, customer, id)),
        ["customers", customer, "balance_transactions", id] => {
            nothing(params, || balance_transaction::get(engine, customer, id))
        }
        ["customers", customer, "payment_methods", id] => {
            nothing(params, || payment_method::get_of_customer(engine, customer, id))
        }
        ["refunds", id] => nothing(params, || refund::get(engine, id)),
        ["disputes", id] => nothing(params, || dispute::get(engine, id)),
        ["credit_notes", id] => nothing(params, || credit_note::get(engine, id)),
        ["subscription_schedules", id] => nothing(params, || schedule::get(engine, id)),
        ["billing", "meters", id] => nothing(params, || meter::get(engine, id)),
        ["events", id] => nothing(params, || event::get(engine, id)),
        ["test_helpers", "test_clocks"] => test_clock::list(engine, params),
        ["test_helpers", "test_clocks", id] => nothing(params, || test_clock::get(engine, id)),
        ["webhook_endpoints", id] => nothing(params, || webhook_endpoint::get(engine, id)),
        _ => Err(unrecognized("GET", path)),
    }
}

fn write(engine: &mut Engine, path: &str, parts: &[&str], params: Params) -> Answer {
    match parts {
        ["customers"] => customer::create(engine, params),
        ["customers", id] => customer::update(engine, id, params),
        ["products"] => product::create(engine, params),
        ["products", id] => product::update(engine, id, params),
        ["prices"] => price::create(engine, params),
        ["prices", id] => price::update(engine, id, params),
        ["checkout", "sessions"] => checkout::create(engine, params),
        ["checkout", "sessions", id, "expire"] => checkout::expire(engine, id, params),
        ["subscriptions"] => subscription_create::create(engine, params),
        ["subscriptions", id] => subscription_change::update(engine, id, params),
        ["subscriptions", id, "pause"] => pause::pause(engine, id, params),
        ["subscriptions", id, "resume"] => pause::resume(engine, id, params),
        ["subscription_items", id] => subscription_item::update(engine, id, params),
        ["test_helpers", "test_clocks"] => test_clock::create(engine, params),
        ["test_helpers", "test_clocks", id, "advance"] => test_clock::advance(engine, id, params),
        ["invoices", "create_preview"] => preview::create(engine, params),
        ["invoices", id] => invoice_change::update(engine, id, params),
        ["invoices", id, "finalize"] => invoice_change::finalize(engine, id, params),
        ["invoices", id, "pay"] => invoice_change::pay(engine, id, params),
        ["invoices", id, "void"] => invoice_change::void(engine, id, params),
        ["invoices", id, "mark_uncollectible"] => invoice_change::mark_uncollectible(engine, id, params),
        ["customers", id, "tax_ids"] => tax_id::create(engine, id, params),
        ["customers", id, "balance_transactions"] => balance_transaction::create(engine, id, params),
        ["refunds"] => refund::create(engine, params),
        ["refunds", id] => refund::update(engine, id, params),
        ["disputes", id] => dispute::update(engine, id, params),
        ["disputes", id, "close"] => dispute::close(engine, id, params),
        ["credit_notes"] => credit_note::create(engine, params),
        ["subscription_schedules"] => schedule::create(engine, params),
        ["subscription_schedules", id] => schedule_change::update(engine, id, params),
        ["subscription_schedules", id, "release"] => schedule::release(engine, id, params),
        ["subscription_schedules", id, "cancel"] => schedule::cancel(engine, id, params),
        ["billing", "meters"] => meter::create(engine, params),
        ["billing", "meters", id] => meter::update(engine, id, params),
        ["billing", "meters", id, "deactivate"] => meter::deactivate(engine, id, params),
        ["billing", "meters", id, "reactivate"] => meter::reactivate(engine, id, params),
        ["billing", "meter_events"] => meter_event::create(engine, params),
        ["billing", "meter_event_adjustments"] => meter_event::adjust(engine, params),
        ["payment_methods"] => payment_method::create(engine, params),
        ["payment_methods", id] => payment_method::update(engine, id, params),
        ["payment_methods", id, "attach"] => payment_method::attach(engine, id, params),
        ["payment_methods", id, "detach"] => payment_method::detach(engine, id, params),
        ["setup_intents"] => setup_intent::create(engine, params),
        ["setup_intents", id, "confirm"] => setup_intent::confirm(engine, id, params),
        ["setup_intents", id, "cancel"] => setup_intent::cancel(engine, id, params),
        ["billing_portal", "configurations"] => portal_configuration::create(engine, params),
        ["billing_portal", "configurations", id] => portal_configuration::update(engine, id, params),
        ["billing_portal", "sessions"] => portal_session::create(engine, params),
        ["webhook_endpoints"] => webhook_endpoint::create(engine, params),
        ["webhook_endpoints", id] => webhook_endpoint::update(engine, id, params),
        _ => Err(unrecognized("POST", path)),
    }
}

/// For addresses without parameters.
fn nothing(params: Params, then: impl FnOnce() -> Result<Value, ApiError>) -> Answer {
    params.finish()?;
    then()
}

fn unrecognized(method: &str, path: &str) -> ApiError {
    let message = format!(
        "Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing slash. If \
         you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code."
    );
    ApiError { status: 404, ..ApiError::bad(message) }
}
