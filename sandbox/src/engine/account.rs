//! The account behind the key, and the bank that it is paid out to: no more than a look at whether money would flow.

use serde_json::{Value, json};

use super::Answer;
use super::error::ApiError;
use super::params::Params;

/// The one account of a sandbox.
const ID: &str = "acct_1UsherSandbox";

fn render() -> Value {
    json!({
        "id": ID,
        "object": "account",
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": null,
        "payouts_enabled": true,
        "settings": null,
        "type": "standard",
    })
}

pub fn get(params: Params) -> Answer {
    params.finish()?;
    Ok(render())
}

/// The bank account that it is paid out to.
pub fn banks(id: &str, mut params: Params) -> Answer {
    if id != ID {
        return Err(ApiError::no_such("account", id));
    }
    params.text("object")?;
    params.natural("limit")?;
    params.finish()?;
    let bank = json!({
        "id": "ba_1UsherSandbox",
        "object": "bank_account",
        "account": ID,
        "account_holder_name": null,
        "account_holder_type": null,
        "account_type": null,
        "available_payout_methods": ["standard"],
        "bank_name": "SANDBOX BANK",
        "country": "US",
        "currency": "usd",
        "default_for_currency": true,
        "fingerprint": null,
        "last4": "6789",
        "metadata": {},
        "routing_number": "110000000",
        "status": "new",
    });
    Ok(json!({
        "object": "list",
        "data": [bank],
        "has_more": false,
        "url": format!("/v1/accounts/{ID}/external_accounts"),
    }))
}
