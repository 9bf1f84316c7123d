//! Talks to the server about what stands on invoices and who gets them.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]
#![expect(clippy::too_many_arguments, reason = "the form of what stands on invoices has one for each field")]

use domain::ids::BillingContactId;
use domain::view::{ContactView, DetailsView};
use leptos::prelude::*;

use crate::AppError;

/// What stands on invoices, and who gets them.
#[server(prefix = "/api", endpoint = "billing-details")]
pub async fn billing_details(slug: String) -> Result<DetailsView, AppError> {
    let (caller, services) = (crate::guard::caller().await?, crate::guard::services()?);
    let mut view = service::billing_details(&services, &caller, &slug).await?;
    if let Some(sheet) = &mut view.sheet
        && let Some(typed) =
            crate::guard::flash::take(&services, &crate::routes::Page::BillingDetails.at(&view.desk.slug))
    {
        sheet.form = typed;
    }
    Ok(view)
}

/// Says what stands on invoices from now on.
#[server(prefix = "/api", endpoint = "set-billing-details")]
pub async fn set_billing_details(
    slug: String,
    company: String,
    line1: String,
    line2: String,
    city: String,
    postal_code: String,
    state: String,
    country: String,
    po_number: String,
    tax_kind: String,
    tax_number: String,
) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let address = domain::billing_details::Address { line1, line2, city, postal_code, state, country };
    let form = domain::billing_details::DetailsForm { company, address, po_number, tax_kind, tax_number };
    let services = crate::guard::services()?;
    let set = service::set_billing_details(&services, &caller, &slug, form.clone()).await;
    // Without scripts the form is drawn anew, and one wrong field must not cost the others.
    if let (Err(service::Error::Invalid { .. }), true, Ok(slug)) = (&set, crate::guard::wants_html(), slug.parse()) {
        crate::guard::flash::leave(&services, &crate::routes::Page::BillingDetails.at(&slug), &form);
    }
    Ok(set?)
}

/// Names somebody who gets invoices, and asks them.
#[server(prefix = "/api", endpoint = "add-billing-contact")]
pub async fn add_billing_contact(slug: String, email: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::add_billing_contact(&crate::guard::services()?, &caller, &slug, &email).await?)
}

/// From now on the payment service's own letters go to this contact.
#[server(prefix = "/api", endpoint = "prefer-billing-contact")]
pub async fn prefer_billing_contact(slug: String, id: BillingContactId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::prefer_billing_contact(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Takes a contact away.
#[server(prefix = "/api", endpoint = "remove-billing-contact")]
pub async fn remove_billing_contact(slug: String, id: BillingContactId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::remove_billing_contact(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Asks a contact again.
#[server(prefix = "/api", endpoint = "resend-billing-contact")]
pub async fn resend_billing_contact(slug: String, id: BillingContactId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::resend_billing_contact(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// What the link in the letter to a contact shows.
#[server(prefix = "/api", endpoint = "billing-contact")]
pub async fn billing_contact(token: String) -> Result<ContactView, AppError> {
    Ok(service::billing_contact(&crate::guard::services()?, &token).await?)
}

/// A contact says yes.
#[server(prefix = "/api", endpoint = "confirm-billing-contact")]
pub async fn confirm_billing_contact(token: String) -> Result<(), AppError> {
    service::confirm_billing_contact(&crate::guard::services()?, &token).await?;
    leptos_axum::redirect(&format!("/billing-contact/{token}"));
    Ok(())
}
