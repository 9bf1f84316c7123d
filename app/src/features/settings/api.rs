//! Talks to the server about an organization as a whole: its name, its address, its owner, its end.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::SettingsView;
use leptos::prelude::*;

use crate::AppError;

/// The general settings page.
#[server(prefix = "/api", endpoint = "settings")]
pub async fn settings(slug: String) -> Result<SettingsView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::general(&crate::guard::services()?, &caller, &slug).await?)
}

/// Gives the company another name.
#[server(prefix = "/api", endpoint = "rename-organization")]
pub async fn rename_organization(slug: String, name: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::rename(&crate::guard::services()?, &caller, &slug, &name).await?)
}

/// Moves the company to another address, and goes there.
#[server(prefix = "/api", endpoint = "change-slug")]
pub async fn change_slug(slug: String, to: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let home = service::change_slug(&crate::guard::services()?, &caller, &slug, &to).await?;
    leptos_axum::redirect(&format!("{home}/settings"));
    Ok(())
}

/// Hands the company over to a member, and shows the team.
#[server(prefix = "/api", endpoint = "transfer-ownership")]
pub async fn transfer_ownership(slug: String, to: String, password: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::transfer_ownership(&crate::guard::services()?, &caller, &slug, &to, password).await?;
    leptos_axum::redirect(&format!("/app/{slug}/team"));
    Ok(())
}

/// Deletes the company, and shows those that are left.
#[server(prefix = "/api", endpoint = "delete-organization")]
pub async fn delete_organization(slug: String, typed: String, password: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    service::delete_organization(&services, &caller, &slug, &typed, password).await?;
    leptos_axum::redirect(&services.settings().at_the_public_host(crate::routes::Page::Organizations.path()));
    Ok(())
}
