//! About invitations.

use domain::ids::InvitationId;
use domain::view::InvitationsView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Handed;
#[cfg(feature = "ssr")]
use super::How;
use crate::AppError;

/// What the page of invitations shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationsSheet {
    /// The list.
    pub view: InvitationsView,
    /// What a plain form has just handed out: its link is shown this once.
    pub handed: Option<Handed>,
}

/// All invitations, a page at a time.
#[server(prefix = "/api", endpoint = "invitations")]
pub async fn invitations(slug: String, page: Option<u32>) -> Result<InvitationsSheet, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let view = service::invitations(&services, &caller, &slug, page.unwrap_or(1)).await?;
    let handed = super::handed::take(&services, crate::routes::Page::TeamInvitations, &view.desk.slug);
    Ok(InvitationsSheet { view, handed })
}

/// Invites somebody. The link is in the answer; a plain form finds it on the page that it comes back to.
#[server(prefix = "/api", endpoint = "invite")]
pub async fn invite(slug: String, email: String, role: String) -> Result<Handed, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let invited = service::invite(&services, &caller, &slug, service::Invite { email, role }).await?;
    Ok(super::handed::give(&services, &slug, invited, How::Invited))
}

/// Sends an invitation again. The link is in the answer.
#[server(prefix = "/api", endpoint = "resend-invitation")]
pub async fn resend_invitation(slug: String, id: InvitationId) -> Result<Handed, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let invited = service::resend_invitation(&services, &caller, &slug, id).await?;
    Ok(super::handed::give(&services, &slug, invited, How::Again))
}

/// Makes one more link to an invitation, and sends nothing.
#[server(prefix = "/api", endpoint = "invitation-link")]
pub async fn invitation_link(slug: String, id: InvitationId) -> Result<Handed, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let invited = service::invitation_link(&services, &caller, &slug, id).await?;
    Ok(super::handed::give(&services, &slug, invited, How::Link))
}

/// Makes a pending invitation one for another role.
#[server(prefix = "/api", endpoint = "change-invitation-role")]
pub async fn change_invitation_role(slug: String, id: InvitationId, role: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::change_invitation_role(&crate::guard::services()?, &caller, &slug, id, role).await?)
}

/// Takes an invitation back.
#[server(prefix = "/api", endpoint = "cancel-invitation")]
pub async fn cancel_invitation(slug: String, id: InvitationId, reason: Option<String>) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::cancel_invitation(&crate::guard::services()?, &caller, &slug, id, super::said(reason)).await?)
}
