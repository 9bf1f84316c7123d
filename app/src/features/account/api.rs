//! Talks to the server about one's own account. These forms are plain: their pages load no WebAssembly module.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::EmailAddress;
use domain::ids::SessionId;
use domain::view::{AccountView, SessionsView};
use leptos::prelude::*;

use crate::AppError;
use crate::guard;
use crate::guard::note::Note;
use crate::routes::Page;

/// Sets a new password, for who knows the old one.
#[server(prefix = "/api", endpoint = "change-password")]
pub async fn change_password(old: String, new: String) -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::change_password(&services, &caller, old, new).await?;
    done(&services, &Note::PasswordChanged, Page::Account);
    Ok(())
}

/// Asks for another address.
#[server(prefix = "/api", endpoint = "change-address")]
pub async fn change_address(email: String, password: String) -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::change_address(&services, &caller, &email, password).await?;
    if let Ok(email) = email.parse::<EmailAddress>() {
        Note::AddressWanted(email).leave(&services, Page::Account);
    }
    leptos_axum::redirect(Page::Account.path());
    Ok(())
}

/// Keeps the address after all.
#[server(prefix = "/api", endpoint = "cancel-address-change")]
pub async fn cancel_address_change() -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::cancel_address_change(&services, &caller).await?;
    done(&services, &Note::AddressKept(caller.email), Page::Account);
    Ok(())
}

/// Signs another browser out.
#[server(prefix = "/api", endpoint = "end-session")]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::end_session(&services, &caller, id).await?;
    if id == caller.session {
        guard::forget(&services);
        leptos_axum::redirect(Page::Login.path());
    } else {
        done(&services, &Note::SignedOut, Page::Sessions);
    }
    Ok(())
}

/// Signs all other browsers out.
#[server(prefix = "/api", endpoint = "end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::end_other_sessions(&services, &caller).await?;
    done(&services, &Note::OthersSignedOut, Page::Sessions);
    Ok(())
}

/// Signs all browsers out, this one too.
#[server(prefix = "/api", endpoint = "sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::sign_out_everywhere(&services, &caller).await?;
    guard::forget(&services);
    done(&services, &Note::AllSignedOut, Page::Login);
    Ok(())
}

/// Leaves all organizations and deletes the account.
#[server(prefix = "/api", endpoint = "delete-account")]
pub async fn delete_account(password: String) -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    service::delete_account(&services, &caller, password).await?;
    guard::forget(&services);
    done(&services, &Note::AccountDeleted, Page::Login);
    Ok(())
}

fn done(services: &service::Services, note: &Note, page: Page) {
    note.leave(services, page);
    leptos_axum::redirect(page.path());
}

/// One's own account, and what was done before.
pub async fn account() -> Result<(AccountView, Option<Note>), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    Ok((service::account(&services, &caller).await?, Note::take(&services, Page::Account)))
}

/// One's signed-in browsers, and what was done before.
pub async fn sessions() -> Result<(SessionsView, Option<Note>), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    Ok((service::sessions(&services, &caller).await?, Note::take(&services, Page::Sessions)))
}
