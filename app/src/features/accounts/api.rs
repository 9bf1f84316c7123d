//! Talks to the server about accounts. These forms are plain: their pages load no WebAssembly module.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::parts::MailWay;
use crate::AppError;
use crate::guard::note::Note;
use crate::guard::{self, flash};
use crate::policy::local_path;
use crate::routes::Page;
use domain::Refusal;

/// Asks for an account, which is there once the address is proved.
#[server(prefix = "/api", endpoint = "sign-up")]
pub async fn sign_up(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    let next = next.as_deref().map(local_path).map(str::to_owned);
    let input = service::SignUp { email: email.clone(), password, next };
    match service::sign_up(&services, input, guard::visit()).await {
        Ok(started) => guard::begin_sign_up(&services, &started.browser),
        Err(error) => {
            flash::leave(&services, Page::SignUp.path(), &email);
            return Err(error.into());
        }
    }
    flash::leave(&services, Page::SignUpSent.path(), &Sent { email, again: false });
    leptos_axum::redirect(Page::SignUpSent.path());
    Ok(())
}

/// Sends the letter of a sign-up again.
#[server(prefix = "/api", endpoint = "resend-confirmation")]
pub async fn resend_confirmation(email: String) -> Result<(), AppError> {
    let services = guard::services()?;
    let sent = service::resend_confirmation(&services, &email, guard::visit()).await;
    flash::leave(&services, Page::SignUpSent.path(), &Sent { email, again: sent.is_ok() });
    sent?;
    leptos_axum::redirect(Page::SignUpSent.path());
    Ok(())
}

/// Signs in and goes to `next`.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    let input = service::SignIn { email: email.clone(), password, device: guard::device(&services) };
    match service::sign_in(&services, input, guard::visit()).await {
        Ok(signed_in) => guard::welcome(&services, &signed_in),
        Err(error) => {
            flash::leave(&services, Page::Login.path(), &email);
            return Err(match error {
                service::Error::SignIn => {
                    if !guard::wants_html() {
                        guard::set_status(AppError::SignIn.status());
                    }
                    AppError::Refused(Refusal::new(
                        "wrong-password",
                        "This address and this password do not belong together.",
                        "Check both and try again.",
                    ))
                }
                other => other.into(),
            });
        }
    }
    leptos_axum::redirect(local_path(next.as_deref().unwrap_or_default()));
    Ok(())
}

/// Signs out and goes to `next`, or to the sign-in page.
#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out(next: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    if let Some(token) = guard::session_token(&services) {
        service::sign_out(&services, &token).await?;
    }
    guard::forget(&services);
    let next = next.as_deref().map(local_path).filter(|path| Page::of(path) == Some(Page::Invitation));
    leptos_axum::redirect(next.unwrap_or(Page::Login.path()));
    Ok(())
}

/// Asks for a link to set a new password. Answers the same whether the address has an account.
#[server(prefix = "/api", endpoint = "forgot")]
pub async fn forgot(email: String) -> Result<(), AppError> {
    let services = guard::services()?;
    let sent = service::forgot(&services, &email, guard::visit()).await;
    flash::leave(&services, Page::Forgot.path(), &Sent { email, again: sent.is_ok() });
    sent?;
    leptos_axum::redirect(Page::Forgot.path());
    Ok(())
}

/// What the sign-in and sign-up pages begin with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Somebody is signed in already.
    pub signed_in: bool,
    /// The address that was typed in the attempt before.
    pub email: String,
    /// What was done before.
    pub note: Option<Note>,
}

/// What the sign-in and sign-up pages begin with.
pub async fn start(page: Page) -> Result<Start, AppError> {
    let services = guard::services()?;
    Ok(Start {
        signed_in: guard::maybe_caller().await?.is_some(),
        email: flash::take(&services, page.path()).unwrap_or_default(),
        note: Note::take(&services, page),
    })
}

/// Where a letter went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// The address, as typed.
    pub email: String,
    /// On `/signup/sent`: a second time. On `/forgot`: at all.
    pub again: bool,
}

/// What the pages begin with that send to one's mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mailbox {
    /// Where a letter went, if that is not too long ago.
    pub sent: Option<Sent>,
    /// How letters travel here.
    pub way: MailWay,
}

/// What the pages begin with that send to one's mailbox.
pub async fn mailbox(page: Page) -> Result<Mailbox, AppError> {
    let services = guard::services()?;
    Ok(Mailbox { sent: flash::take(&services, page.path()), way: MailWay::of(services.settings()) })
}
