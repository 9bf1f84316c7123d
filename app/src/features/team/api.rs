//! Talks to the server about people and seats.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::ids::{InvitationId, MemberId};
use domain::view::{Invited, TeamView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What the team page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// People and seats.
    pub view: TeamView,
    /// The invitation that was just sent by a plain form: its link is shown this once.
    pub invited: Option<Invited>,
}

/// The team page.
#[server(prefix = "/api", endpoint = "team")]
pub async fn team(slug: String) -> Result<Sheet, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let view = service::team(&services, &caller, &slug, domain::view::TeamQuery::default()).await?;
    let invited = crate::guard::flash::take(&services, &crate::routes::Page::Team.at(&view.desk.slug));
    Ok(Sheet { view, invited })
}

/// Invites somebody. The link is in the answer; a plain form finds it on the page that it comes back to.
#[server(prefix = "/api", endpoint = "invite")]
pub async fn invite(slug: String, email: String, role: String) -> Result<Invited, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let invited = service::invite(&services, &caller, &slug, service::Invite { email, role }).await?;
    // The slug led to an organization, so it is one and fits into a path.
    if let (true, Ok(slug)) = (crate::guard::wants_html(), slug.parse()) {
        let page = crate::routes::Page::Team.at(&slug);
        crate::guard::flash::leave(&services, &page, &invited);
        leptos_axum::redirect(&page);
    }
    Ok(invited)
}

/// Takes an invitation back.
#[server(prefix = "/api", endpoint = "cancel-invitation")]
pub async fn cancel_invitation(slug: String, id: InvitationId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::cancel_invitation(&crate::guard::services()?, &caller, &slug, id, None).await?)
}

/// Takes a member's seat.
#[server(prefix = "/api", endpoint = "remove-member")]
pub async fn remove_member(slug: String, id: MemberId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::remove_member(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Gives one's own seat back.
#[server(prefix = "/api", endpoint = "leave")]
pub async fn leave(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::leave(&crate::guard::services()?, &caller, &slug).await?;
    leptos_axum::redirect(crate::routes::Page::Organizations.path());
    Ok(())
}
