//! Talks to the server about links in letters about accounts.
//!
//! Opening a link does nothing yet: mail programs open links to look at them. The deed is a form.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::{AddressChangeView, AddressConfirmed, ConfirmView, ResetView};
use leptos::prelude::*;

use crate::AppError;
use crate::guard;
use crate::guard::note::Note;
use crate::policy::local_path;
use crate::routes::Page;

/// Makes the account whose address is proved by the link, signs in, and goes to where the person wanted.
#[server(prefix = "/api", endpoint = "confirm")]
pub async fn confirm(token: String, password: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    let browser = guard::sign_up_browser(&services);
    let done = service::confirm(&services, &token, browser.as_deref(), password, guard::visit()).await?;
    guard::welcome(&services, &done.signed_in);
    guard::end_sign_up(&services);
    leptos_axum::redirect(local_path(done.next.as_deref().unwrap_or_default()));
    Ok(())
}

/// Sets a new password with the link, and signs in.
#[server(prefix = "/api", endpoint = "reset")]
pub async fn reset(token: String, password: String) -> Result<(), AppError> {
    let services = guard::services()?;
    let signed_in = service::reset(&services, &token, password, guard::visit()).await?;
    guard::welcome(&services, &signed_in);
    Note::PasswordSet.leave(&services, Page::Account);
    leptos_axum::redirect(Page::Account.path());
    Ok(())
}

/// Says yes to a change of address, for the address that got the link.
#[server(prefix = "/api", endpoint = "confirm-address")]
pub async fn confirm_address(token: String) -> Result<(), AppError> {
    let services = guard::services()?;
    let note = match service::confirm_address(&services, &token, guard::visit()).await? {
        AddressConfirmed::Waiting { other } => Note::AddressWaits(other),
        AddressConfirmed::Changed { email } => Note::AddressChanged(email),
    };
    // The link may have been opened anywhere: at home in the new mailbox, signed in nowhere.
    let page = if guard::maybe_caller().await?.is_some() { Page::Account } else { Page::Login };
    note.leave(&services, page);
    leptos_axum::redirect(page.path());
    Ok(())
}

/// What the link of a sign-up shows.
pub async fn confirmation(token: String) -> Result<ConfirmView, AppError> {
    let services = guard::services()?;
    Ok(service::confirmation(&services, &token, guard::sign_up_browser(&services).as_deref()).await?)
}

/// What the link about a forgotten password shows.
pub async fn reset_view(token: String) -> Result<ResetView, AppError> {
    Ok(service::reset_view(&guard::services()?, &token).await?)
}

/// What a link of a change of address shows.
pub async fn address_change(token: String) -> Result<AddressChangeView, AppError> {
    Ok(service::address_change(&guard::services()?, &token).await?)
}
