//! Talks to the server about the company's domains.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::email::proof::Standing;
use domain::ids::DomainId;
use domain::view::DomainsView;
use leptos::prelude::*;

use crate::AppError;

/// The company's domains, and how far each is proved.
#[server(prefix = "/api", endpoint = "domains")]
pub async fn domains(slug: String) -> Result<DomainsView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::domains(&crate::guard::services()?, &caller, &slug).await?)
}

/// Adds a domain, to be proved.
#[server(prefix = "/api", endpoint = "add-domain")]
pub async fn add_domain(slug: String, domain: String) -> Result<DomainId, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::add_domain(&crate::guard::services()?, &caller, &slug, &domain).await?)
}

/// Looks for the record of a domain now.
#[server(prefix = "/api", endpoint = "verify-domain")]
pub async fn verify_domain(slug: String, id: DomainId) -> Result<Standing, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::verify_domain(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Says whether people of a domain's subdomains count as its people; without an id, of the company's own domain.
#[server(prefix = "/api", endpoint = "set-subdomains")]
pub async fn set_subdomains(slug: String, id: Option<DomainId>, open: bool) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::set_subdomains(&crate::guard::services()?, &caller, &slug, id, open).await?)
}

/// Takes a domain away.
#[server(prefix = "/api", endpoint = "remove-domain")]
pub async fn remove_domain(slug: String, id: DomainId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::remove_domain(&crate::guard::services()?, &caller, &slug, id).await?)
}
