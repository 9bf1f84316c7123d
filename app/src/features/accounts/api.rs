//! Talks to the server about accounts. These forms are plain: their pages load no WebAssembly module.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use leptos::prelude::*;

use crate::AppError;
use crate::guard::{self, flash};
use crate::policy::local_path;
use crate::routes::Page;
use domain::Refusal;

/// Asks for an account, which is there once the address is proved.
#[server(prefix = "/api", endpoint = "sign-up")]
pub async fn sign_up(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    let input = service::SignUp { email: email.clone(), password, next };
    if let Err(error) = service::sign_up(&services, input, guard::visit()).await {
        flash::leave(&services, Page::SignUp.path(), &email);
        return Err(error.into());
    }
    leptos_axum::redirect(Page::SignUpSent.path());
    Ok(())
}

/// Signs in and goes to `next`.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let services = guard::services()?;
    let input = service::SignIn { email: email.clone(), password, device: None };
    match service::sign_in(&services, input, guard::visit()).await {
        Ok(signed_in) => guard::remember(&services, &signed_in.session),
        Err(error) => {
            flash::leave(&services, Page::Login.path(), &email);
            return Err(match error {
                service::Error::SignIn => guard::answer(AppError::Refused(Refusal::new(
                    "wrong-password",
                    "This address and this password do not belong together.",
                    "Check both and try again.",
                ))),
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

/// What the sign-in and sign-up pages begin with.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Start {
    /// Somebody is signed in already.
    pub signed_in: bool,
    /// The address that was typed in the attempt before.
    pub email: String,
}

/// What the sign-in and sign-up pages begin with.
pub async fn start(page: Page) -> Result<Start, AppError> {
    let signed_in = guard::maybe_caller().await?.is_some();
    let email = flash::take(&guard::services()?, page.path()).unwrap_or_default();
    Ok(Start { signed_in, email })
}
