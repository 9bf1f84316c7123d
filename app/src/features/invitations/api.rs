//! Talks to the server about an invitation, from the side of who was asked.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::InvitationView;
use leptos::prelude::*;

use crate::AppError;
use crate::guard;
use crate::routes::Page;

/// What the link shows.
#[server(prefix = "/api", endpoint = "invitation")]
pub async fn invitation(token: String) -> Result<InvitationView, AppError> {
    let caller = guard::maybe_caller().await?;
    Ok(service::invitation(&guard::services()?, caller.as_ref(), &token).await?)
}

/// Makes an account for the invited address, signs in, joins and goes there.
#[server(prefix = "/api", endpoint = "accept-invitation-as-new")]
pub async fn accept_invitation_as_new(token: String, password: String) -> Result<(), AppError> {
    let services = guard::services()?;
    let (session, slug) = service::accept_as_new(&services, &token, password, guard::visit()).await?;
    guard::remember(&services, &session);
    guard::lead_to(&services, Page::Dashboard, &slug);
    Ok(())
}

/// Joins and goes there.
#[server(prefix = "/api", endpoint = "accept-invitation")]
pub async fn accept_invitation(token: String) -> Result<(), AppError> {
    let caller = guard::caller().await?;
    let services = guard::services()?;
    let slug = service::accept(&services, &caller, &token).await?;
    guard::lead_to(&services, Page::Dashboard, &slug);
    Ok(())
}
