//! Talks to the server about invoices.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::{InvoicesView, Upcoming};
use leptos::prelude::*;

use crate::AppError;

/// A page of the invoices.
#[server(prefix = "/api", endpoint = "invoices")]
pub async fn invoices(
    slug: String,
    status: String,
    from: String,
    to: String,
    page: u32,
) -> Result<InvoicesView, AppError> {
    let caller = crate::guard::caller().await?;
    let query = domain::view::InvoiceQuery { status, from, to };
    Ok(service::invoices(&crate::guard::services()?, &caller, &slug, &query, page).await?)
}

/// Asks the payment service for the invoices again.
#[server(prefix = "/api", endpoint = "refresh-invoices")]
pub async fn refresh_invoices(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::refresh_invoices(&crate::guard::services()?, &caller, &slug).await?)
}

/// The invoice to come.
#[server(prefix = "/api", endpoint = "next-invoice")]
pub async fn next_invoice(slug: String) -> Result<Upcoming, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::next_invoice(&crate::guard::services()?, &caller, &slug).await?)
}

/// Tries to take the money of an invoice once more.
#[server(prefix = "/api", endpoint = "pay-invoice")]
pub async fn pay_invoice(slug: String, id: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    match service::pay_invoice(&crate::guard::services()?, &caller, &slug, &id).await? {
        domain::view::PaidAgain::Paid => Ok(()),
        domain::view::PaidAgain::Not(why) => Err(service::Error::Refused(why).into()),
    }
}
